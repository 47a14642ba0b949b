/** How a result came to be. `SHARED` joined an identical request already in flight. */
export type CacheState = 'HIT' | 'MISS' | 'SHARED' | 'STALE' | 'BYPASS';

export interface CacheOptions {
  /** Milliseconds a result counts as fresh; 0 goes through and stores nothing. */
  freshMs: number;
  deadline?: number;
  signal?: AbortSignal;
}

export interface Cached<T> {
  value: T;
  state: CacheState;
  /** Milliseconds since Mixpanel gave this result. */
  ageMs: number;
  /** Why a stale result is served, in a sentence. */
  staleReason?: string;
}

/** Keeps results, and lets identical requests in flight share one. */
export interface ResultCache {
  /**
   * Gives the fresh result kept under `key`, or joins the identical request in flight, or calls `load`. When
   * `load` fails because the quota is gone or Mixpanel is down, an older result may serve, marked `STALE`.
   * `load` gets a signal of its own, aborted only when every caller that waits for it has gone.
   */
  through<T>(key: string, options: CacheOptions, load: (signal: AbortSignal) => Promise<T>): Promise<Cached<T>>;
  close(): Promise<void>;
}
