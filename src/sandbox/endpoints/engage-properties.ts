import type { Endpoint } from '../endpoint/definition.js';
import { readInteger, requireProject } from '../endpoint/parameters.js';
import { queryEndpoint } from '../endpoint/query-endpoint.js';
import type { Json } from '../records/write.js';

/**
 * The properties of profiles: `{"results": {"$browser": {"count": 124, "type": "string"}}}`. No page describes it; the
 * shape is that of Airbyte's source-mixpanel, `EngageSchema`. That 255 are listed by default is a guess.
 */
export const engagePropertyEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/engage/properties', (request, store) => {
    const limit = readInteger(request, 'limit', { min: 1 }) ?? DEFAULT_LIMIT;
    const found = new Map<string, { count: number; type: string }>();
    for (const { properties } of store.profiles(requireProject(request).id).users()) {
      for (const [name, value] of Object.entries(properties)) {
        if (value === null || value === undefined) continue;
        const { count } = found.get(name) ?? { count: 0 };
        found.set(name, { count: count + 1, type: typeOf(value) });
      }
    }
    const sorted = [...found].sort(([, one], [, other]) => other.count - one.count).slice(0, limit);
    return { results: Object.fromEntries(sorted), status: 'ok' };
  }),
];

const DEFAULT_LIMIT = 255;

function typeOf(value: Json): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value)) return 'datetime';
  return typeof value;
}
