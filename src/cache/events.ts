import type { CacheState } from './types.js';

/** What happens in the cache, for counters and logs. */
export type CacheEvent =
  /** A caller was served. */
  | { type: 'served'; state: CacheState; ageMs: number }
  /** A result near the end of its life was replaced before anybody had to wait for it. */
  | { type: 'refreshed' };

export type CacheListener = (event: CacheEvent) => void;
