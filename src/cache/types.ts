import type { Priority } from '../rate-limit/types.js';

/** How a result came to be. `SHARED` joined an identical request already in flight. */
export type CacheState = 'HIT' | 'MISS' | 'SHARED' | 'STALE' | 'BYPASS';

export interface LoadOptions {
  /** Milliseconds a result counts as fresh; 0 goes through and stores nothing. */
  freshMs: number;
  /** Epoch milliseconds until which this caller waits; others that wait for the same request have their own. */
  deadline?: number;
  signal?: AbortSignal;
  /**
   * Asked when a hit is near the end of its life: whether the quota is plentiful enough to load it anew in the
   * background. Without it nothing is loaded ahead.
   */
  shouldRefresh?: () => boolean | Promise<boolean>;
}

export interface CacheResult<T> {
  /** Deeply frozen unless `BYPASS`: many callers share it, and none can spoil it for the others. */
  value: T;
  state: CacheState;
  /** Milliseconds since Mixpanel gave this result. */
  ageMs: number;
  /** Why a stale result is served, in a sentence. */
  staleReason?: string;
}

/**
 * Fetches a result. `signal` is the request's own, aborted only when every caller that waits for it has gone;
 * `priority` is `background` when nobody waits and the result is fetched ahead.
 */
export type Loader<T> = (signal: AbortSignal, priority: Priority) => Promise<T>;

/** Keeps results, and lets identical requests in flight share one. */
export interface ResultCache {
  /**
   * Gives the fresh result kept under `key`, or joins the identical request in flight, or calls `load`. When
   * `load` fails because the quota is gone or Mixpanel is down, an older result may serve, marked `STALE`.
   * Values are JSON data.
   */
  getOrLoad<T>(key: string, options: LoadOptions, load: Loader<T>): Promise<CacheResult<T>>;
  close(): Promise<void>;
}
