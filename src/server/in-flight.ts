import type { Context, MiddlewareHandler } from 'hono';
import { PluginError } from '../errors.js';
import { SECOND_MS } from '../time/durations.js';
import { callerOf } from './caller.js';
import { type Release, SharedBudget } from './shared-budget.js';

export interface InFlightOptions {
  /** Concurrent queries per caller. Defaults to three quarters of the limit. */
  maxPerCaller?: number;
  now?: () => number;
}

/** Weight of the latest query in the moving average of query durations. */
const AVERAGE_WEIGHT = 0.2;
const MIN_RETRY_SECONDS = 1;
const MAX_RETRY_SECONDS = 30;

/** Counts and limits the queries under way, because excess queries would only wait in memory. */
export class InFlight {
  readonly #limit: number;
  readonly #maxPerCaller: number;
  readonly #slots: SharedBudget;
  readonly #abandon = new AbortController();
  readonly #waitingForIdle: (() => void)[] = [];
  readonly #now: () => number;
  #averageMs = SECOND_MS;
  #refused = 0;
  #draining = false;

  constructor(limit: number, { maxPerCaller, now = Date.now }: InFlightOptions = {}) {
    this.#limit = limit;
    this.#maxPerCaller = Math.min(limit, maxPerCaller ?? limit - Math.floor(limit / 4));
    this.#slots = new SharedBudget(limit, this.#maxPerCaller);
    this.#now = now;
  }

  get running(): number {
    return this.#slots.used;
  }

  /** Number of queries rejected so far. */
  get refused(): number {
    return this.#refused;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Aborted when the work under way is cancelled. */
  get signal(): AbortSignal {
    return this.#abandon.signal;
  }

  /**
   * Takes a slot for a caller.
   *
   * @throws `BUSY` if no slot is free. The error says when to try again.
   */
  enter(caller?: string): Release {
    if (this.#draining) throw this.busyError('is shutting down.');
    const release = this.#slots.take(1, caller);
    if (release === 'total') {
      throw this.busyError(
        `is busy: it runs at most ${this.#limit} queries at a time.`,
        'start the service with a higher --max-in-flight',
      );
    }
    if (release === 'caller') {
      throw this.busyError(
        `is busy: it runs at most ${this.#maxPerCaller} queries at a time for one address.`,
        'start the service with a higher --max-in-flight-per-caller if many people share the address, as behind a proxy',
      );
    }
    const startedAt = this.#now();
    return () => {
      const usedBefore = this.#slots.used;
      release();
      if (this.#slots.used === usedBefore) return;
      this.#averageMs += AVERAGE_WEIGHT * (this.#now() - startedAt - this.#averageMs);
      if (this.running === 0) for (const resolve of this.#waitingForIdle.splice(0)) resolve();
    };
  }

  /** Runs `work` in a slot. Rejects with `BUSY` if no slot is free. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, caller?: string): Promise<T> {
    const leave = this.enter(caller);
    try {
      return await work(this.signal);
    } finally {
      leave();
    }
  }

  /** Rejects all further queries. */
  stopEntry(): void {
    this.#draining = true;
  }

  /** Cancels what is still under way, through its signal. */
  abandon(): void {
    this.#abandon.abort();
  }

  /** Resolves when no query is under way. */
  idle(): Promise<void> {
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waitingForIdle.push(resolve));
  }

  /** Returns a `BUSY` error and counts it. `retryAt` is after the average duration of a query. */
  busyError(reason: string, remedy?: string): PluginError {
    this.#refused += 1;
    const seconds = Math.ceil(this.#averageMs / SECOND_MS);
    const retrySeconds = Math.min(Math.max(seconds, MIN_RETRY_SECONDS), MAX_RETRY_SECONDS);
    const when = retrySeconds === 1 ? 'in a second' : `in ${retrySeconds} seconds`;
    return new PluginError(
      'BUSY',
      `The Mixpanel host service ${reason} Run the query again ${when}${remedy ? `, or ${remedy}` : ''}.`,
      { retryAt: this.#now() + retrySeconds * SECOND_MS },
    );
  }
}

/** Creates middleware that holds a slot until the response is ready. `refuse` responds if no slot is free. */
export function withSlot(
  inFlight: InFlight,
  refuse: (c: Context, busy: PluginError) => Response,
): MiddlewareHandler {
  return async (c, next) => {
    let leave: Release;
    try {
      leave = inFlight.enter(callerOf(c));
    } catch (busy) {
      if (!PluginError.is(busy)) throw busy;
      return refuse(c, busy);
    }
    try {
      await next();
    } finally {
      leave();
    }
  };
}
