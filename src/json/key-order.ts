import { parseJson } from './large-integers.js';
import { isObject } from './object.js';
import { endOfString } from './string-scanner.js';

/** A key that JavaScript takes for an index and lists before all others, wherever it was written. */
const INDEX_KEY = /"(?:0|[1-9]\d{0,9})"\s*:/;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
const MAX_INDEX_CHARACTERS = 10;
const COLON = /\s*:/y;
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
  // Text that is not JSON throws here and is not looked at again.
  const parsed = parseJson(text);
  try {
    return unmarked(parseJson(markIndexKeys(text)));
  } catch (error) {
    // Nested too deep to walk.
    if (!(error instanceof RangeError)) throw error;
    return parsed;
  }
}

/** Expects valid JSON. */
function markIndexKeys(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let opening = text.indexOf('"'); opening >= 0; ) {
    const end = endOfString(text, opening);
    const start = opening + 1;
    COLON.lastIndex = end;
    if (
      end - 1 - start <= MAX_INDEX_CHARACTERS &&
      INDEX.test(text.slice(start, end - 1)) &&
      COLON.test(text)
    ) {
      parts.push(text.slice(copied, start), WRITTEN_MARK);
      copied = start;
    }
    opening = text.indexOf('"', end);
  }
  return parts.join('') + text.slice(copied);
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
