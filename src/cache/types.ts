/** How a result was obtained. `SHARED` joined an identical request already in flight. */
export type CacheState = 'HIT' | 'MISS' | 'SHARED' | 'STALE' | 'BYPASS';

export interface LoadOptions {
  /** Milliseconds for which a result is fresh; 0 bypasses the cache. */
  freshMs: number;
  /** Epoch milliseconds until which this caller waits. Other callers of the same request have their own. */
  deadline?: number;
  signal?: AbortSignal;
  /**
   * Called for a hit near the end of its life: whether to refresh it in the background. Without it nothing is
   * refreshed ahead.
   */
  shouldRefresh?: () => boolean | Promise<boolean>;
  /** Returns whether a value read from Redis has the shape `load` returns; another one is loaded anew. */
  isValue?: (value: unknown) => boolean;
}

export interface CacheResult<T> {
  /** Deeply frozen unless `BYPASS`, because many callers share it. */
  value: T;
  state: CacheState;
  /** Milliseconds since Mixpanel gave this result. */
  ageMs: number;
  /** Why a stale result is served, as a sentence. */
  staleReason?: string;
}

/** Why a result is loaded: a caller waits for it, or it is refreshed before it expires. */
export type LoadReason = 'demand' | 'refresh';

/** Loads a result. `signal` belongs to the request and aborts only when every caller that waits has left. */
export type Loader<T> = (signal: AbortSignal, reason: LoadReason) => Promise<T>;

/** Keeps results and joins identical requests in flight. */
export interface ResultCache {
  /**
   * Returns the fresh result kept under `key`, or joins the identical request in flight, or calls `load`. If
   * `load` fails because the quota is used up or Mixpanel is unavailable, an older result may serve, marked
   * `STALE`. Values are JSON data.
   */
  getOrLoad<T>(key: string, options: LoadOptions, load: Loader<T>): Promise<CacheResult<T>>;
  close(): Promise<void>;
}
