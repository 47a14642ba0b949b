import { hc } from 'hono/client';
import type { Issue } from '../../../errors.js';
import type { WorkbenchApi } from '../../api/routes.js';
import {
  type ConnectionView,
  type DatasourceValues,
  type FileRequest,
  type FileStreamRequest,
  type OptionsRequest,
  type ProblemResponse,
  type RunRequest,
  type RunResponse,
  type StartResponse,
  type TimeZoneResponse,
  type UploadedResponse,
  type UploadResponse,
  WORKBENCH_HEADER,
} from '../../wire.js';

/** An error response of the server, with its message. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** What is wrong with single fields. */
  readonly issues: readonly Issue[];

  constructor(message: string, issues: readonly Issue[] = []) {
    super(message);
    this.issues = issues;
  }
}

const client = hc<WorkbenchApi>('./workbench/api', {
  headers: { [WORKBENCH_HEADER]: '1' },
  fetch: fetchOrThrow,
});

async function fetchOrThrow(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init).catch((error: unknown) => {
    if (init?.signal?.aborted) throw error;
    throw new ApiError('Cannot reach the workbench’s server. Check that it is running, then try again.');
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as Partial<ProblemResponse>;
  throw new ApiError(
    problem.error ?? `The server returned status ${response.status}. Try again.`,
    problem.issues,
  );
}

/** Calls of the API. Each throws `ApiError` with the server's message when it fails. */
export const api = {
  start: async () => (await client.start.$get()).json() as Promise<StartResponse>,
  run: async (json: RunRequest, signal: AbortSignal) =>
    (await client.run.$post({ json }, { init: { signal } })).json() as Promise<RunResponse>,
  stream: (json: FileStreamRequest, signal: AbortSignal): Promise<Response> =>
    client.stream.$post({ json }, { init: { signal } }),
  stopStream: (id: string) => client.streams[':id'].stop.$post({ param: { id } }),
  options: async (json: OptionsRequest) => (await client.options.$post({ json })).json(),
  quota: async (connectionId: string, projectId: string) =>
    (await client.quota.$post({ json: { connectionId, projectId } })).json(),
  timeZone: async (connectionId: string, projectId: string) =>
    (
      await client['time-zone'].$post({ json: { connectionId, projectId } })
    ).json() as Promise<TimeZoneResponse>,
  snippets: async (json: RunRequest, signal: AbortSignal) =>
    (await client.snippets.$post({ json }, { init: { signal } })).json(),
  testValues: async (json: DatasourceValues) => (await client.datasources.test.$post({ json })).json(),
  test: async (id: string, json: DatasourceValues = {}) =>
    (await client.datasources[':id'].test.$post({ param: { id }, json })).json(),
  connect: async (json: DatasourceValues) =>
    (await client.datasources.$post({ json })).json() as Promise<ConnectionView>,
  change: async (id: string, json: DatasourceValues) =>
    (await client.datasources[':id'].$patch({ param: { id }, json })).json(),
  createFile: async (json: { name: string; bytes: number }) =>
    (await client.uploads.$post({ json })).json() as Promise<UploadResponse>,
  // The typed client has no bodies of bytes.
  sendPiece: async (id: string, offset: number, body: Blob, signal: AbortSignal) => {
    const url = `./workbench/api/uploads/${encodeURIComponent(id)}/bytes?offset=${offset}`;
    const headers = { [WORKBENCH_HEADER]: '1', 'Content-Type': 'application/octet-stream' };
    const response = await fetchOrThrow(url, { method: 'POST', headers, body, signal });
    return (await response.json()) as UploadedResponse;
  },
  checkFile: (id: string, json: FileRequest, signal: AbortSignal): Promise<Response> =>
    client.uploads[':id'].check.$post({ param: { id }, json }, { init: { signal } }),
  sendFile: (id: string, json: FileRequest, signal: AbortSignal): Promise<Response> =>
    client.uploads[':id'].send.$post({ param: { id }, json }, { init: { signal } }),
  cancelFile: (id: string) => client.uploads[':id'].cancel.$post({ param: { id } }),
  rejectedRecords: (id: string): Promise<Response> => client.uploads[':id'].rejected.$post({ param: { id } }),
  dropFile: (id: string) => client.uploads[':id'].$delete({ param: { id } }),
  forget: (id: string) => client.datasources[':id'].$delete({ param: { id } }),
};

/** Returns the message to show for anything a call threw. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
