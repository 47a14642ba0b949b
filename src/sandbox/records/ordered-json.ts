import { toJsonText } from './large-integer.js';

/** A JSON value in which a map is an object that keeps the order of its keys, integers among them. */
export type OrderedJson =
  | null
  | boolean
  | number
  | string
  | ReadonlyMap<string, OrderedJson>
  | readonly OrderedJson[]
  | { readonly [name: string]: OrderedJson };

/** Returns JSON text. JavaScript puts `"404"` before `"Berlin"` in a plain object; a map stays as it is. */
export function toOrderedJsonText(value: OrderedJson): string {
  if (value instanceof Map) return formatObject(value);
  if (Array.isArray(value)) return `[${value.map(toOrderedJsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) return formatObject(Object.entries(value));
  return toJsonText(value);
}

function formatObject(entries: Iterable<readonly [string, OrderedJson]>): string {
  return `{${[...entries].map(([name, value]) => `${JSON.stringify(name)}:${toOrderedJsonText(value)}`).join(',')}}`;
}
