import type { TestResult } from '../../../query/connection-test.js';
import type {
  ConnectionView,
  DatasourceValues,
  FileStreamRequest,
  OptionsRequest,
  OptionsResponse,
  ProblemResponse,
  QuotaResponse,
  RunRequest,
  RunResponse,
  SnippetsResponse,
  StartResponse,
} from '../../wire.js';
import { WORKBENCH_HEADER } from '../../wire.js';

/** What the server said no to, in its own sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

const API_PATH = './workbench/api';

async function send(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(`${API_PATH}/${path}`, {
    method,
    signal,
    ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json', [WORKBENCH_HEADER]: '1' } }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError('The workbench’s server cannot be reached. Is it still running?');
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as Partial<ProblemResponse>;
  throw new ApiError(problem.error ?? `The server answered with status ${response.status}.`);
}

async function requestJson<T>(...args: Parameters<typeof send>): Promise<T> {
  return (await send(...args)).json() as Promise<T>;
}

export const api = {
  start: () => requestJson<StartResponse>('GET', 'start'),
  run: (query: RunRequest, signal: AbortSignal) => requestJson<RunResponse>('POST', 'run', query, signal),
  stream: (query: FileStreamRequest, signal: AbortSignal) => send('POST', 'stream', query, signal),
  options: (request: OptionsRequest) => requestJson<OptionsResponse>('POST', 'options', request),
  quota: (connectionId: string, projectId?: string) =>
    requestJson<QuotaResponse>('POST', 'quota', { connectionId, projectId }),
  snippets: (query: RunRequest, signal: AbortSignal) =>
    requestJson<SnippetsResponse>('POST', 'snippets', query, signal),
  testValues: (values: DatasourceValues) => requestJson<TestResult>('POST', 'datasources/test', values),
  test: (id: string) => requestJson<TestResult>('POST', `datasources/${encodeURIComponent(id)}/test`),
  connect: (values: DatasourceValues) => requestJson<ConnectionView>('POST', 'datasources', values),
  change: (id: string, values: Pick<DatasourceValues, 'region' | 'projectId'>) =>
    requestJson<ConnectionView>('PATCH', `datasources/${encodeURIComponent(id)}`, values),
  forget: (id: string) => send('DELETE', `datasources/${encodeURIComponent(id)}`),
};

/** The sentence to show for whatever a call threw. */
export function errorMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
