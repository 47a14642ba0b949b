import { parseJson } from './large-integers.js';
import { isObject } from './object.js';

/** A key that JavaScript takes for an index and lists before all others, wherever it was written. */
const INDEX_KEY = /"(?:0|[1-9]\d{0,9})"\s*:/;
/** Texts first, so that what looks like a key inside of one is passed over. */
const TEXT_OR_KEY = /"((?:[^"\\]|\\.)*)"(\s*:)?/g;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
const MARK = '\u0000';
const WRITTEN_MARK = '\\u0000';

/** Keys of the objects whose order would be lost, as they were written. */
const orders = new WeakMap<object, readonly string[]>();

/**
 * Parses JSON as `parseJson` does and remembers in which order the keys of its objects were written, for `keysOf`
 * and `entriesOf`. Mixpanel lists values by how often they occur; JavaScript would list `404` before `iOS`.
 */
export function parseJsonInOrder(text: string): unknown {
  if (!INDEX_KEY.test(text) || text.includes(WRITTEN_MARK)) return parseJson(text);
  const marked = text.replace(TEXT_OR_KEY, (written, key: string, colon: string | undefined) =>
    colon !== undefined && INDEX.test(key) ? `"${WRITTEN_MARK}${key}"${colon}` : written,
  );
  try {
    return unmarked(parseJson(marked));
  } catch {
    // No JSON, which parsing the text itself explains; or nested too deep to walk.
    return parseJson(text);
  }
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (!keys.some((key) => key.startsWith(MARK))) {
    for (const key of keys) setOwn(value, key, unmarked(value[key]));
    return value;
  }
  const restored: Record<string, unknown> = {};
  const order = keys.map((key) => {
    const written = key.startsWith(MARK) ? key.slice(MARK.length) : key;
    setOwn(restored, written, unmarked(value[key]));
    return written;
  });
  orders.set(restored, order);
  return restored;
}

function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  } else object[key] = value;
}

/** Returns an object's keys as they were written, if it came from `parseJsonInOrder`; else as JavaScript lists them. */
export function keysOf(object: object): readonly string[] {
  return orders.get(object) ?? Object.keys(object);
}

/** Returns keys and values in the order of `keysOf`. */
export function entriesOf<T>(object: Readonly<Record<string, T>>): [string, T][] {
  return keysOf(object).map((key) => [key, object[key] as T]);
}
