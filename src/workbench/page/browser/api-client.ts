import type { TestResult } from '../../../query/connection-test.js';
import type {
  ApiProblem,
  ConnectionView,
  DatasourceValues,
  OptionsAnswer,
  OptionsQuestion,
  QueryCall,
  QuotaAnswer,
  RunAnswer,
  SnippetsAnswer,
  StartAnswer,
  StreamCall,
} from '../../wire.js';
import { WORKBENCH_HEADER } from '../../wire.js';

/** What the server said no to, in its own sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

const BASE = './workbench/api';

async function call(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(`${BASE}/${path}`, {
    method,
    signal,
    ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json', [WORKBENCH_HEADER]: '1' } }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError('The workbench’s server cannot be reached. Is it still running?');
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as Partial<ApiProblem>;
  throw new ApiError(problem.error ?? `The server answered with status ${response.status}.`);
}

async function ask<T>(...args: Parameters<typeof call>): Promise<T> {
  return (await call(...args)).json() as Promise<T>;
}

export const api = {
  start: () => ask<StartAnswer>('GET', 'start'),
  run: (query: QueryCall, signal: AbortSignal) => ask<RunAnswer>('POST', 'run', query, signal),
  stream: (query: StreamCall, signal: AbortSignal) => call('POST', 'stream', query, signal),
  options: (question: OptionsQuestion) => ask<OptionsAnswer>('POST', 'options', question),
  quota: (connectionId: string, projectId?: string) =>
    ask<QuotaAnswer>('POST', 'quota', { connectionId, projectId }),
  snippets: (query: QueryCall, signal: AbortSignal) => ask<SnippetsAnswer>('POST', 'snippets', query, signal),
  testValues: (values: DatasourceValues) => ask<TestResult>('POST', 'datasources/test', values),
  test: (id: string) => ask<TestResult>('POST', `datasources/${encodeURIComponent(id)}/test`),
  connect: (values: DatasourceValues) => ask<ConnectionView>('POST', 'datasources', values),
  change: (id: string, values: Pick<DatasourceValues, 'region' | 'projectId'>) =>
    ask<ConnectionView>('PATCH', `datasources/${encodeURIComponent(id)}`, values),
  forget: (id: string) => call('DELETE', `datasources/${encodeURIComponent(id)}`),
};

/** The sentence to show for whatever a call threw. */
export function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
