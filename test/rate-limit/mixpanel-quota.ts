import { PluginError } from '../../src/errors.js';
import type { Outcome, Slot } from '../../src/rate-limit/limiter.js';
import { HOUR, sleep } from '../virtual-clock.js';

const UNCHARGED = new Set([401, 402, 429]);

/** Headers of a 429, as Mixpanel's own client knows them. */
export const HOURLY_TRIP = {
  'ratelimit-policy': '"project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests"',
  ratelimit: '"project";r=0;t=3600, "project-concurrency";r=3',
  'retry-after': '3600',
};
export const CONCURRENT_TRIP = {
  'ratelimit-policy': '"project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests"',
  ratelimit: '"project";r=12, "project-concurrency";r=0;t=10',
  'retry-after': '3600',
};

export interface Call {
  /** How Mixpanel answers, if it admits the call, or how the connection fails. */
  status?: number | 'unreachable' | 'timed out';
  /** A follow-up page, which Mixpanel does not count. */
  uncounted?: boolean;
  signal?: AbortSignal;
  /** How long the call is on its way before Mixpanel counts it. */
  travelMs?: number;
}

/**
 * Mixpanel's side of the quota in virtual time, written without our ledger: it counts what arrives, by us and by
 * others, and answers 429 when one is too many.
 */
export class MixpanelQuota {
  /** Times at which a counted call of ours arrived. */
  readonly ours: number[] = [];
  refusals = 0;
  mostAtOnce = 0;
  readonly #others: number[] = [];
  #running = 0;

  /** Somebody else's query. */
  serveOther(): void {
    if (this.used < 60) this.#others.push(Date.now());
  }

  /** Every counted start so far, ours and others'. */
  get everyone(): number[] {
    return [...this.ours, ...this.#others].sort((a, b) => a - b);
  }

  get used(): number {
    const since = Date.now() - HOUR;
    const recent = (at: number) => at > since;
    return this.ours.filter(recent).length + this.#others.filter(recent).length;
  }

  /** A call of ours, as the client makes it. */
  call(ms: number, { status = 200, uncounted = false, signal, travelMs = 0 }: Call = {}) {
    return async (slot: Slot): Promise<void> => {
      this.#running += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
      try {
        await sleep(travelMs);
        const outcome = this.#arrive(status, uncounted);
        await sleep(ms);
        slot.settle(outcome);
        if (signal?.aborted) throw new PluginError('CANCELLED', 'Cancelled.');
        if (outcome.kind === 'answered' && outcome.status === 429)
          throw new PluginError('RATE_LIMITED_HOURLY', '429');
      } finally {
        this.#running -= 1;
      }
    };
  }

  #arrive(status: number | 'unreachable' | 'timed out', uncounted: boolean): Outcome {
    if (status === 'unreachable') return { kind: 'failed', reached: false };
    if (this.used >= 60 && !uncounted) {
      this.refusals += 1;
      return { kind: 'answered', status: 429, headers: HOURLY_TRIP };
    }
    const charged = status === 'timed out' || !UNCHARGED.has(status);
    if (charged && !uncounted) this.ours.push(Date.now());
    return status === 'timed out'
      ? { kind: 'failed', reached: true }
      : { kind: 'answered', status, headers: {} };
  }
}

/** The most starts in any stretch of one hour. */
export function mostInAnHour(starts: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, at] of starts.entries()) {
    while (at - starts[first]! >= HOUR) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
