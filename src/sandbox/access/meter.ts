import { SECOND_MS } from '../../time/durations.js';

/** Answers that Mixpanel does not charge; a query that fails in any other way is. */
const UNCHARGED_STATUSES = new Set([401, 402, 429]);

export interface QuotaLimits {
  /** Starts allowed in any window. */
  starts: number;
  windowMs: number;
  concurrent: number;
  perSecond?: number;
}

/** One admitted call. Call `settle` when the status is known and `release` when the answer or the caller is gone. */
export interface QuotaTicket {
  settle(status: number): void;
  release(): void;
  /** Whether the call counts against the quota so far. */
  readonly charged: boolean;
}

export interface QuotaStatus {
  limit: number;
  used: number;
  left: number;
  concurrent: number;
  running: number;
  /** Epoch milliseconds by which every start known now has left the window; now where none has. */
  resetAt: number;
}

export interface QuotaChange {
  /** Pretends that this many calls have started a second ago. */
  used?: number;
  /** Another number of starts per window: Mixpanel raises it for some projects. */
  limit?: number;
  concurrent?: number;
  /** Forgets every start so far; applied before `used`. */
  reset?: boolean;
}

type LimitKind = 'starts' | 'concurrent' | 'perSecond';

/** Counts the calls of one project in one family. */
export class Meter {
  readonly limits: QuotaLimits;
  #starts: number[] = [];
  #running = 0;

  constructor(limits: QuotaLimits) {
    this.limits = { ...limits };
  }

  get running(): number {
    return this.#running;
  }

  /** Returns the limit that one more call would exceed. */
  exceededLimit(at: number, counted: boolean): LimitKind | undefined {
    if (counted && this.used(at) >= this.limits.starts) return 'starts';
    if (this.#running >= this.limits.concurrent) return 'concurrent';
    const { perSecond } = this.limits;
    if (perSecond !== undefined && this.#countSince(at - SECOND_MS) >= perSecond) return 'perSecond';
    return undefined;
  }

  start(at: number, counted: boolean): QuotaTicket {
    let charged = counted;
    let active = true;
    if (charged) this.#starts.push(at);
    this.#running += 1;
    const refund = () => {
      if (!charged) return;
      charged = false;
      const index = this.#starts.indexOf(at);
      if (index >= 0) this.#starts.splice(index, 1);
    };
    const release = () => {
      if (active) this.#running -= 1;
      active = false;
    };
    return {
      settle(status) {
        if (UNCHARGED_STATUSES.has(status)) refund();
      },
      release,
      get charged() {
        return charged;
      },
    };
  }

  used(at: number): number {
    const from = at - this.limits.windowMs;
    const first = this.#starts.findIndex((start) => start > from);
    this.#starts.splice(0, first < 0 ? this.#starts.length : first);
    return this.#starts.length;
  }

  status(at: number): QuotaStatus {
    const used = this.used(at);
    const last = this.#starts.at(-1);
    return {
      limit: this.limits.starts,
      used,
      left: Math.max(0, this.limits.starts - used),
      concurrent: this.limits.concurrent,
      running: this.#running,
      resetAt: last === undefined ? at : last + this.limits.windowMs,
    };
  }

  change({ used, limit, concurrent, reset }: QuotaChange, at: number): void {
    if (limit !== undefined) this.limits.starts = limit;
    if (concurrent !== undefined) this.limits.concurrent = concurrent;
    if (reset || used !== undefined) this.#starts = [];
    // A second ago, so that they do not count against the limit per second.
    if (used !== undefined) this.#starts = Array.from({ length: used }, () => at - SECOND_MS);
  }

  #countSince(from: number): number {
    return this.#starts.filter((start) => start > from).length;
  }
}
