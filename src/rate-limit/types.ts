import type { Family, Region } from '../mixpanel/regions.js';

/** What a limit is counted for: Mixpanel counts per project, and each API family apart. */
export interface QuotaScope {
  region: Region;
  projectId: string;
  family: Family;
}

/** Interactive queries (somebody is looking at a page) start before background work (exports, further pages). */
export type Priority = 'interactive' | 'background';

export interface RunOptions {
  /** Epoch milliseconds by which the whole call must have ended. A slot later than this fails at once. */
  deadline?: number;
  signal?: AbortSignal;
  priority?: Priority;
  /** Holds one of the places at a time, but is not counted in the hour (follow-up pages of `/engage`). */
  uncounted?: boolean;
}

/** How a call ended, as far as the quota is concerned. */
export type RequestOutcome =
  | { kind: 'answered'; status: number; headers: Readonly<Record<string, string>>; body?: string }
  /** `reached` is false when the connection was never made: Mixpanel cannot have counted it. */
  | { kind: 'failed'; reached: boolean };

/** The right to make one call, held until the task ends. */
export interface Lease {
  /** Milliseconds between asking and starting. */
  readonly waitedMs: number;
  /**
   * Tells the ledger how the call ended: 401, 402, 429 and connections never made give the start back, a 429 or
   * a `RateLimit-Policy` header teaches it. Call it once, as soon as status and headers are known.
   */
  reportOutcome(outcome: RequestOutcome): void;
}

/** What a person may know of a quota right now. */
export interface QuotaStatus {
  /** Starts allowed in the window; `null` where Mixpanel publishes none for this family. */
  limit: number | null;
  /** Starts left at this moment. */
  left: number | null;
  /** Epoch milliseconds at which a call asked for now would have its slot, after those that wait; now if at once. */
  nextSlotAt: number;
  /** Epoch milliseconds by which every start known today has left the window. */
  resetAt: number;
  running: number;
  waiting: number;
}

/** Admits calls to Mixpanel as its limits allow. */
export interface RateLimiter {
  /**
   * Runs `task` as soon as the limits of `scope` allow. The place is free again only when the task's promise has
   * settled. Rejects with `RATE_LIMITED_HOURLY` (and `retryAt`) when the next slot is later than the deadline,
   * with `CANCELLED` when the signal aborts first.
   */
  run<T>(scope: QuotaScope, task: (lease: Lease) => Promise<T>, options?: RunOptions): Promise<T>;
  status(scope: QuotaScope): Promise<QuotaStatus>;
  close(): Promise<void>;
}
