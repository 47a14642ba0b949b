import type { DataStore } from '../data/data-store.js';
import { type Endpoint, jsonReply, type SandboxRequest } from './definition.js';
import { EndpointError } from './errors.js';

/**
 * Returns an endpoint of the App API below `/api/app/projects/{projectId}`. Its result comes in the envelope
 * `{status, results}`; `undefined` is answered with 404.
 */
export function appEndpoint(
  method: Endpoint['method'],
  path: string,
  respond: (request: SandboxRequest, store: DataStore) => unknown,
): Endpoint {
  return bareAppEndpoint(method, path, (request, store) => {
    const results = respond(request, store);
    return results === undefined ? undefined : { status: 'ok', results };
  });
}

/** Returns an endpoint of the App API whose result comes without the envelope. */
export function bareAppEndpoint(
  method: Endpoint['method'],
  path: string,
  respond: (request: SandboxRequest, store: DataStore) => unknown,
): Endpoint {
  return {
    method,
    path: `/api/app/projects/:projectId${path}`,
    family: 'app',
    handle(request, store) {
      const result = respond(request, store);
      // The words follow those for another resource: "Metric not found for id 5".
      if (result === undefined) throw new EndpointError(404, `Not found: ${request.path}`);
      return jsonReply(200, result);
    },
  };
}
