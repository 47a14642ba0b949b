import { isObject } from '../json/object.js';
import { HOUR_MS } from '../time/durations.js';

/** How far another process's clock may be ahead of ours. */
const MAX_SKEW_MS = HOUR_MS;

/** A cached result. */
export interface CacheEntry {
  /** JSON data. */
  value: unknown;
  /** When Mixpanel answered, in epoch milliseconds. */
  at: number;
}

/** Returns the age of an entry in milliseconds. */
export function getAgeMs({ at }: CacheEntry): number {
  // Another process's clock may be ahead of ours.
  return Math.max(0, Date.now() - at);
}

/** Returns the entry that JSON text holds; `undefined` if it holds something else. */
export function parseEntry(text: string): CacheEntry | undefined {
  try {
    const entry: unknown = JSON.parse(text);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(entry: unknown): entry is CacheEntry {
  // A result ahead of its time would stay fresh for as long.
  return (
    isObject(entry) &&
    'value' in entry &&
    typeof entry.at === 'number' &&
    entry.at <= Date.now() + MAX_SKEW_MS
  );
}
