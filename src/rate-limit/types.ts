import type { RequestOutcome } from '../mixpanel/client.js';
import type { Family, Region } from '../mixpanel/regions.js';
import type { WindowLogStatus } from './window/window-log.js';

/** What a limit applies to: Mixpanel counts each project and API family separately. */
export interface QuotaScope {
  region: Region;
  projectId: string;
  family: Family;
}

/** Interactive queries (a person is waiting) start before background work (exports, further pages, refreshes). */
export type Priority = 'interactive' | 'background';

export interface RunOptions {
  /** Epoch milliseconds by which the whole call must have ended. A later start is refused at once. */
  deadline?: number;
  signal?: AbortSignal;
  priority?: Priority;
  /** Takes a slot while it runs, but does not count in the hour (follow-up pages of `/engage`). */
  uncounted?: boolean;
}

/** The right to make one call, held until the task ends. */
export interface Lease {
  /** Milliseconds between the request and its start. */
  readonly waitedMs: number;
  /**
   * Reports how the call ended: 401, 402, 429 and connections never made give the start back, a 429 or a
   * `RateLimit-Policy` header updates the limits. Call it once, as soon as status and headers are known.
   */
  reportOutcome(outcome: RequestOutcome): void;
}

/** The quota of a scope right now. Times are epoch milliseconds. */
export interface QuotaStatus extends WindowLogStatus {
  /** When a call submitted now would start, after those already waiting; now if at once. */
  nextSlotAt: number;
  waiting: number;
}

/** Admits calls to Mixpanel as its limits allow. */
export interface RateLimiter {
  /**
   * Runs `task` as soon as the limits of `scope` allow. The slot becomes free when the task's promise settles.
   * Rejects with `RATE_LIMITED_HOURLY` (and `retryAt`) if the next start is later than the deadline, and with
   * `CANCELLED` if the signal aborts first.
   */
  run<T>(scope: QuotaScope, task: (lease: Lease) => Promise<T>, options?: RunOptions): Promise<T>;
  status(scope: QuotaScope): Promise<QuotaStatus>;
  close(): Promise<void>;
}
