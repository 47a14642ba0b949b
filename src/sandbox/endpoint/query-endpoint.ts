import type { DataStore } from '../data/data-store.js';
import { toJsonText } from '../records/large-integer.js';
import type { Endpoint, Reply, SandboxRequest } from './definition.js';
import { withEvaluationErrors } from './parameters.js';

/** An endpoint of the Query API that answers in JSON. */
export function queryEndpoint(
  method: 'GET' | 'POST',
  path: string,
  respond: (request: SandboxRequest, store: DataStore) => unknown,
): Endpoint {
  return rawQueryEndpoint(method, path, (request, store) => okJsonReply(respond(request, store)));
}

/** An endpoint of the Query API that makes its own reply. */
export function rawQueryEndpoint(
  method: 'GET' | 'POST',
  path: string,
  handle: (request: SandboxRequest, store: DataStore) => Reply,
): Endpoint {
  return {
    method,
    path: `/api/query${path}`,
    family: 'query',
    handle: (request, store) => withEvaluationErrors(() => handle(request, store)),
  };
}

/**
 * Returns the endpoints of a report, which answers GET and POST alike: scripts in production send its parameters as a
 * form.
 */
export function reportEndpoints(
  path: string,
  respond: (request: SandboxRequest, store: DataStore) => unknown,
): Endpoint[] {
  return rawReportEndpoints(path, (request, store) => okJsonReply(respond(request, store)));
}

/** Returns the endpoints of a report that makes its own reply. */
export function rawReportEndpoints(
  path: string,
  handle: (request: SandboxRequest, store: DataStore) => Reply,
): Endpoint[] {
  return (['GET', 'POST'] as const).map((method) => rawQueryEndpoint(method, path, handle));
}

export function okJsonReply(body: unknown): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: toJsonText(body) };
}

/** As Mixpanel writes the moment of an answer: `2019-10-07T23:02:11.666218+00:00`. */
export function formatComputedAt(now: number): string {
  return new Date(now).toISOString().replace('Z', '000+00:00');
}
