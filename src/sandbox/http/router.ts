import type { Endpoint } from '../endpoint/definition.js';

/**
 * Finds the endpoint of a path, the variable parts of the path among its parameters. The same paths below `/api/2.0/`
 * are the Query API's old address.
 */
export function createRouter(
  endpoints: readonly Endpoint[],
): (method: string, path: string) => Endpoint | undefined {
  const patterns = endpoints.map((endpoint) => ({ endpoint, pattern: endpoint.path.split('/') }));
  return (method, path) => {
    const segments = normalizePath(path).split('/');
    for (const { endpoint, pattern } of patterns) {
      const variables = endpoint.method === method ? matchPath(pattern, segments) : undefined;
      if (variables) return bindVariables(endpoint, variables);
    }
    return undefined;
  };
}

function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const variables: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (segment.startsWith(':') && actual !== '') variables[segment.slice(1)] = decode(actual);
    else if (segment !== actual) return undefined;
  }
  return variables;
}

function bindVariables(endpoint: Endpoint, variables: Record<string, string>): Endpoint {
  if (Object.keys(variables).length === 0) return endpoint;
  return {
    ...endpoint,
    handle: (request, store) =>
      endpoint.handle({ ...request, params: { ...request.params, ...variables } }, store),
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
  return path === '/api/2.0/export' ? path : path.replace(/^\/api\/2\.0\//, '/api/query/');
}
