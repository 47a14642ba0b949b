import { MINUTE_MS, SECOND_MS } from '../../time/durations.js';
import type { FamilyLimits } from '../window/limits.js';
import { createWindowLogState, type SharedState, type WindowLogState } from '../window/state.js';
import { WindowLog } from '../window/window-log.js';

/** No call is refused for so long after Redis was lost, since it may be back: a restart takes a few seconds. */
const GRACE_MS = 10 * SECOND_MS;

/** After so long without Redis the calls that other processes had running have ended. */
const MAX_CALL_MS = 10 * MINUTE_MS;

/**
 * The window log of a process that has lost Redis. It may start what all processes had set aside for it: nobody else
 * can have started that. Its running calls keep their slots, and known starts that leave the window add its share of
 * them. A process that had nothing set aside, because it had not used the quota, waits for the grace period and then
 * uses its share of the limits.
 */
export class AloneLog {
  /** Starts given back since Redis was lost. */
  readonly refunded = new Set<string>();
  readonly #state: WindowLogState;
  readonly #limits: FamilyLimits;
  readonly #hasAllotment: boolean;
  readonly #knownIds: ReadonlySet<string>;
  /** By the monotonic clock, which nobody can set. */
  readonly #lostAt = performance.now();

  /** \`last\` is the state as this process last wrote it, by a clock that was \`clockSkewMs\` ahead of ours. */
  constructor(
    last: SharedState | undefined,
    ownerId: string,
    clockSkewMs: number,
    limits: FamilyLimits,
    share: number,
  ) {
    const allotment = last?.members[ownerId];
    const knownStarts = sample(last?.starts ?? [], share);
    const ownLeases = Object.keys(last?.leases ?? {}).filter((id) => id.startsWith(ownerId));
    const observed = last?.observedLimits;
    const [longestWindow, ...others] = limits.windows;
    const limit = observed?.hourly ?? longestWindow?.limit ?? 0;
    const concurrent = observed?.concurrent ?? limits.concurrent;
    this.#hasAllotment = allotment !== undefined;
    this.#knownIds = new Set(knownStarts.map(({ id }) => id));
    this.#limits = {
      windows: longestWindow
        ? [
            {
              ...longestWindow,
              limit: allotment ? allotment.starts + knownStarts.length : takeShare(limit, share),
            },
            ...others.map((window) => ({ ...window, limit: takeShare(window.limit, share) })),
          ]
        : [],
      concurrent: allotment ? allotment.slots + ownLeases.length : takeShare(concurrent, share),
    };
    this.#state = {
      ...createWindowLogState(),
      starts: knownStarts.map(({ id, at }) => ({ id, at: at - clockSkewMs })),
      leases: Object.fromEntries(ownLeases.map((id) => [id, Number.POSITIVE_INFINITY])),
    };
    if (last) {
      const { until, at } = last.pause;
      this.#state.pause = { ...last.pause, until: until - clockSkewMs, at: at - clockSkewMs };
    }
  }

  /** Calls of this process that run. */
  get leaseIds(): string[] {
    return Object.keys(this.#state.leases);
  }

  transact<T>(change: (log: WindowLog, now: number) => T): T {
    const now = Date.now();
    const lostMs = performance.now() - this.#lostAt;
    const graceEndsAt = lostMs < GRACE_MS ? now + GRACE_MS - lostMs : 0;
    const { windows, concurrent } = this.#limits;
    const isLongLost = lostMs > MAX_CALL_MS;
    const limits = { windows, concurrent: isLongLost ? Math.max(1, concurrent) : concurrent };
    const log = new WindowLog(this.#state, limits, now, {
      isAlone: true,
      notBefore: this.#hasAllotment ? 0 : graceEndsAt,
      firmFrom: graceEndsAt,
      onRefund: (id) => this.refunded.add(id),
    });
    const result = change(log, now);
    // Our own calls end by saying so, not by expiry.
    for (const id of this.leaseIds) this.#state.leases[id] = Number.POSITIVE_INFINITY;
    return result;
  }

  /** Returns the starts made since Redis was lost, by a clock that is `clockSkewMs` ahead of ours. */
  getStarts(clockSkewMs: number): { id: string; at: number }[] {
    return this.#state.starts
      .filter(({ id }) => !this.#knownIds.has(id))
      .map(({ id, at }) => ({ id, at: at + clockSkewMs }));
  }

  /** Adds what answers have said about the limits since Redis was lost. */
  mergeLimits(state: SharedState, clockSkewMs: number): void {
    const { observedLimits, pause } = this.#state;
    Object.assign(state.observedLimits, observedLimits);
    const until = pause.until + clockSkewMs;
    if (until > state.pause.until) state.pause = { ...pause, until, at: pause.at + clockSkewMs };
  }
}

function takeShare(limit: number, share: number): number {
  return Math.max(1, Math.floor(limit * share));
}

/** Returns evenly spread items, so that `share` of them remain. */
function sample<T>(items: readonly T[], share: number): T[] {
  return items.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));
}
