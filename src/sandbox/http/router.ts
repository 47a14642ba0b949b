import { LinearRouter } from 'hono/router/linear-router';
import type { Endpoint } from '../endpoint/definition.js';

/** Finds endpoints by method and path. */
export interface EndpointRouter {
  /** Returns the endpoint of a path; the variable parts of the path become parameters. */
  find(method: string, path: string): Endpoint | undefined;
}

/**
 * Creates a router. Paths below `/api/2.0/`, the old address of the Query API, lead to the same endpoints, and so does a
 * slash at the end, as in `/api/2.0/retention/`, which scripts in production send.
 */
export function createRouter(endpoints: readonly Endpoint[]): EndpointRouter {
  const router = new LinearRouter<Endpoint>();
  for (const endpoint of endpoints) router.add(endpoint.method, endpoint.path, endpoint);
  return {
    find(method, path) {
      const [matches] = router.match(method, normalizePath(path));
      const [match] = matches;
      return match && bindVariables(...(match as [Endpoint, Record<string, string>]));
    },
  };
}

function bindVariables(endpoint: Endpoint, variables: Record<string, string>): Endpoint {
  const decoded = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, decode(value)]));
  if (Object.keys(decoded).length === 0) return endpoint;
  return {
    ...endpoint,
    handle: (request, store) =>
      endpoint.handle({ ...request, params: { ...request.params, ...decoded } }, store),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function normalizePath(path: string): string {
  const bare = path.length > 1 ? path.replace(/\/$/, '') : path;
  return bare === '/api/2.0/export' ? bare : bare.replace(/^\/api\/2\.0\//, '/api/query/');
}
