import type { Reply, SandboxRequest } from '../endpoint/definition.js';
import type { EndpointRouter } from './router.js';

/**
 * Mixpanel takes data from browsers on any site. Its browser library sends credentials, which rules out `*`: the
 * origin is repeated instead (mixpanel-browser sets `withCredentials`).
 */
export function createCorsHeaders({ headers }: Pick<SandboxRequest, 'headers'>): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'origin',
  };
}

/** Returns the answer to a preflight request for a path that takes data, or `undefined` for other paths. */
export function createPreflightReply(request: SandboxRequest, router: EndpointRouter): Reply | undefined {
  const methods = ['GET', 'POST'].filter(
    (method) => router.find(method, request.path)?.family === 'ingestion',
  );
  if (methods.length === 0) return undefined;
  return {
    status: 204,
    headers: {
      ...createCorsHeaders(request),
      'access-control-allow-methods': [...methods, 'OPTIONS'].join(', '),
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? 'content-type',
      'access-control-max-age': '86400',
    },
    body: '',
  };
}
