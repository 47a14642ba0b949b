import type { CacheState } from './types.js';

/** What happens in the cache, for counters and logs. */
export type CacheEvent =
  /** A caller got its result. */
  | { type: 'served'; state: CacheState; ageMs: number }
  /** A result was reloaded before it expired. */
  | { type: 'refreshed' };

export type CacheListener = (event: CacheEvent) => void;
