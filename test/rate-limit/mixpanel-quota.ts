import { PluginError } from '../../src/errors.js';
import type { RequestOutcome } from '../../src/mixpanel/client.js';
import type { Lease } from '../../src/rate-limit/types.js';
import { HOUR, sleep } from '../virtual-clock.js';

const UNCHARGED = new Set([401, 402, 429]);

/** Headers of a 429, as Mixpanel's own client knows them. */
export const HOURLY_LIMIT_HEADERS = {
  'ratelimit-policy': '"project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests"',
  ratelimit: '"project";r=0;t=3600, "project-concurrency";r=3',
  'retry-after': '3600',
};
export const CONCURRENCY_LIMIT_HEADERS = {
  'ratelimit-policy': '"project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests"',
  ratelimit: '"project";r=12, "project-concurrency";r=0;t=10',
  'retry-after': '3600',
};

export interface SimulatedCall {
  /** How Mixpanel answers, if it admits the call, or how the connection fails. */
  status?: number | 'unreachable' | 'timed out';
  /** A follow-up page, which Mixpanel does not count. */
  uncounted?: boolean;
  signal?: AbortSignal;
  /** How long the call is on its way before Mixpanel counts it. */
  travelMs?: number;
}

/**
 * Mixpanel's side of the quota in virtual time, written without our window log: it counts what arrives, from us and from
 * others, and answers 429 when there is one too many.
 */
export class FakeMixpanelQuota {
  /** Times at which a counted call of ours arrived. */
  readonly ownStarts: number[] = [];
  rejections = 0;
  maxConcurrent = 0;
  readonly #externalStarts: number[] = [];
  #running = 0;

  /** A query of another client. */
  addExternalStart(): void {
    if (this.used < 60) this.#externalStarts.push(Date.now());
  }

  /** Every counted start so far, ours and others'. */
  get allStarts(): number[] {
    return [...this.ownStarts, ...this.#externalStarts].sort((a, b) => a - b);
  }

  get used(): number {
    const since = Date.now() - HOUR;
    const recent = (at: number) => at > since;
    return this.ownStarts.filter(recent).length + this.#externalStarts.filter(recent).length;
  }

  /** A call of ours, as the client makes it. */
  createTask(ms: number, { status = 200, uncounted = false, signal, travelMs = 0 }: SimulatedCall = {}) {
    return async (lease: Lease): Promise<void> => {
      this.#running += 1;
      this.maxConcurrent = Math.max(this.maxConcurrent, this.#running);
      try {
        await sleep(travelMs);
        const outcome = this.#recordArrival(status, uncounted);
        await sleep(ms);
        lease.reportOutcome(outcome);
        if (signal?.aborted) throw new PluginError('CANCELLED', 'Cancelled.');
        if (outcome.kind === 'answered' && outcome.status === 429)
          throw new PluginError('RATE_LIMITED_HOURLY', '429');
      } finally {
        this.#running -= 1;
      }
    };
  }

  #recordArrival(status: number | 'unreachable' | 'timed out', uncounted: boolean): RequestOutcome {
    if (status === 'unreachable') return { kind: 'failed', reached: false };
    if (this.used >= 60 && !uncounted) {
      this.rejections += 1;
      return { kind: 'answered', status: 429, headers: HOURLY_LIMIT_HEADERS };
    }
    const charged = status === 'timed out' || !UNCHARGED.has(status);
    if (charged && !uncounted) this.ownStarts.push(Date.now());
    return status === 'timed out'
      ? { kind: 'failed', reached: true }
      : { kind: 'answered', status, headers: {} };
  }
}

/** The most starts in any stretch of one hour. */
export function maxStartsPerHour(starts: readonly number[]): number {
  let max = 0;
  let first = 0;
  for (const [index, at] of starts.entries()) {
    while (at - starts[first]! >= HOUR) first += 1;
    max = Math.max(max, index - first + 1);
  }
  return max;
}
