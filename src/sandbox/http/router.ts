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
    const parts = currentPath(path).split('/');
    for (const { endpoint, pattern } of patterns) {
      const variables = endpoint.method === method ? match(pattern, parts) : undefined;
      if (variables) return bind(endpoint, variables);
    }
    return undefined;
  };
}

function match(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const variables: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = parts[index] ?? '';
    if (part.startsWith(':') && given !== '') variables[part.slice(1)] = decode(given);
    else if (part !== given) return undefined;
  }
  return variables;
}

function bind(endpoint: Endpoint, variables: Record<string, string>): Endpoint {
  if (Object.keys(variables).length === 0) return endpoint;
  return {
    ...endpoint,
    handle: (exchange, world) =>
      endpoint.handle({ ...exchange, params: { ...exchange.params, ...variables } }, world),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function currentPath(path: string): string {
  return path === '/api/2.0/export' ? path : path.replace(/^\/api\/2\.0\//, '/api/query/');
}
