import type { ExceededLimit } from '../mixpanel/rate-limit-headers.js';
import { MINUTE_MS, SECOND_MS } from '../time/durations.js';
import type { LimitFeedback } from './feedback.js';
import type { FamilyLimits, RollingWindow } from './limits.js';
import type { QuotaStatus } from './types.js';

/**
 * Mixpanel counts a call when it arrives, we count it when it leaves. A call that travelled slowly followed by a
 * quick one would bring 61 into Mixpanel's hour, so a start stays with us a little longer than with Mixpanel.
 */
const LATENCY_MARGIN_MS = 1000;

/** Waits after a 429 that names none: the first, and the longest they double to. */
const INITIAL_PAUSE_MS: Record<Exclude<ExceededLimit, 'hourly'>, number> = {
  concurrent: 5 * SECOND_MS,
  load: 2 * SECOND_MS,
};
const MAX_PAUSE_MS = MINUTE_MS;

/** Everything the ledger knows, as plain JSON, so that it can live in a file or in Redis. Times are epoch ms. */
export interface WindowLogState {
  /** Our own starts, oldest first. */
  starts: { id: string; at: number }[];
  /** Starts of others, as we imagine them after a 429: oldest first. */
  foreign: number[];
  /** Calls that hold a place, and when the place is free again should their holder die. */
  leases: Record<string, number>;
  /** The project's real limits, once an answer named them. */
  learnt: { hourly?: number; concurrent?: number };
  /** The last times Mixpanel refused us, and what has happened since. */
  hourlyTrip: { at: number; repeats: number; successes: number };
  pause: { until: number; at: number; repeats: number; limit: ExceededLimit };
  /** Until when somebody, here or in another process, waits with a person before the screen: for what. */
  wanted: { start: number; place: number };
}

export function createWindowLogState(): WindowLogState {
  return {
    starts: [],
    foreign: [],
    leases: {},
    learnt: {},
    hourlyTrip: { at: 0, repeats: 0, successes: 0 },
    pause: { until: 0, at: 0, repeats: 0, limit: 'load' },
    wanted: { start: 0, place: 0 },
  };
}

/**
 * The books of one project and API family at one moment: which starts are in the rolling window, who holds a
 * place, when the next call may start. It changes the state it was given and knows no clock but `now`.
 */
export class WindowLog {
  readonly #state: WindowLogState;
  readonly #publishedLimits: FamilyLimits;
  readonly #now: number;
  readonly #share: number;

  /** `share` is the part of the project's limits this process may use, between 0 and 1. */
  constructor(state: WindowLogState, publishedLimits: FamilyLimits, now: number, share = 1) {
    this.#state = state;
    this.#publishedLimits = publishedLimits;
    this.#now = now;
    this.#share = share;
    this.#prune();
  }

  /** Calls that may run at one time. */
  get maxConcurrent(): number {
    return this.#applyShare(this.#state.learnt.concurrent ?? this.#publishedLimits.concurrent);
  }

  get running(): number {
    return Object.keys(this.#state.leases).length;
  }

  get freeSlots(): number {
    return Math.max(0, this.maxConcurrent - this.running);
  }

  /** Until when nothing starts, because Mixpanel asked for a pause, and which limit it named. */
  get pause(): { until: number; limit: ExceededLimit } {
    return this.#state.pause;
  }

  /** When the first place is free again should its holder have died; `Infinity` without holders. */
  get nextLeaseExpiryAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...Object.values(this.#state.leases));
  }

  /** Whether an interactive call waits for what a background call would take. */
  isReserved(counted: boolean): boolean {
    const { start, place } = this.#state.wanted;
    return place > this.#now || (counted && start > this.#now);
  }

  /** Makes known to other processes that an interactive call waits; forgotten after a while unless repeated. */
  reserve(resource: 'start' | 'place', ttlMs: number): void {
    const { wanted } = this.#state;
    if (wanted[resource] < this.#now + ttlMs / 2) wanted[resource] = this.#now + ttlMs;
  }

  /** The times at which the next counted calls may start as far as the window is concerned, one after another. */
  forecast(): StartForecast {
    return new StartForecast(
      this.#startTimes(),
      this.#effectiveWindows(),
      Math.max(this.#now, this.#state.pause.until),
    );
  }

  start(id: string, counted: boolean, leaseMs: number): void {
    this.#state.leases[id] = this.#now + leaseMs;
    // Never before the last one, should the clock have been set back.
    if (counted) this.#state.starts.push({ id, at: Math.max(this.#now, this.#state.starts.at(-1)?.at ?? 0) });
  }

  /** Keeps the place of a call that runs, also when the book has lost it. */
  renewLease(id: string, leaseMs: number): void {
    this.#state.leases[id] = this.#now + leaseMs;
  }

  releaseLease(id: string): void {
    delete this.#state.leases[id];
  }

  /** Takes the start out of the window: Mixpanel has not counted it. */
  refund(id: string): void {
    this.#state.starts = this.#state.starts.filter((start) => start.id !== id);
  }

  /** Books what the end of the call `id`, begun at `startedAt`, has taught. */
  applyFeedback(id: string, startedAt: number, feedback: LimitFeedback): void {
    if (feedback.hourly) this.#state.learnt.hourly = feedback.hourly;
    if (feedback.concurrent) this.#state.learnt.concurrent = feedback.concurrent;
    if (!feedback.charged) this.refund(id);
    if (feedback.admitted) this.#reduceExternalStarts();
    if (feedback.limited === 'hourly') this.#recordHourlyHit(startedAt);
    else if (feedback.limited) this.#startPause(startedAt, feedback.limited, feedback.waitMs);
    if (feedback.left !== undefined) this.#syncExternalStarts(feedback.left);
  }

  status(): Omit<QuotaStatus, 'waiting' | 'nextSlotAt'> {
    const [longestWindow] = this.#effectiveWindows();
    const times = this.#startTimes();
    const lastStartAt = times.at(-1);
    return {
      limit: longestWindow ? longestWindow.limit : null,
      left: longestWindow ? Math.max(0, longestWindow.limit - times.length) : null,
      resetAt:
        longestWindow && lastStartAt !== undefined ? lastStartAt + getRetentionMs(longestWindow) : this.#now,
      running: this.running,
    };
  }

  #effectiveWindows(): RollingWindow[] {
    const { hourly } = this.#state.learnt;
    return this.#publishedLimits.windows.map(({ limit, windowMs }, index) => ({
      limit: this.#applyShare(index === 0 && hourly !== undefined ? hourly : limit),
      windowMs,
    }));
  }

  #applyShare(limit: number): number {
    return Math.max(1, Math.floor(limit * this.#share));
  }

  #startTimes(): number[] {
    const ownTimes = this.#state.starts.map((start) => start.at);
    return this.#state.foreign.length === 0
      ? ownTimes
      : [...ownTimes, ...this.#state.foreign].sort((a, b) => a - b);
  }

  /** Drops what has left the window, and the places of holders that have died. */
  #prune(): void {
    const [longestWindow] = this.#effectiveWindows();
    const since = longestWindow ? this.#now - getRetentionMs(longestWindow) : this.#now;
    const { starts, foreign, leases } = this.#state;
    while (starts[0] && starts[0].at <= since) starts.shift();
    while (foreign[0] !== undefined && foreign[0] <= since) foreign.shift();
    for (const [id, until] of Object.entries(leases)) if (until <= this.#now) delete leases[id];
  }

  /**
   * The hour is full although our own starts leave room: others use the project. The room we thought free is
   * theirs, and will come back one start every window/limit, more slowly each time this proves too hopeful.
   */
  #recordHourlyHit(startedAt: number): void {
    const hourlyHit = this.#state.hourlyTrip;
    // Calls that were under way when the first was refused tell nothing new.
    if (startedAt > hourlyHit.at) {
      const [longestWindow] = this.#effectiveWindows();
      const isRecent =
        longestWindow !== undefined && this.#now - hourlyHit.at < 2 * getRetentionMs(longestWindow);
      hourlyHit.repeats = isRecent && hourlyHit.successes === 0 ? hourlyHit.repeats + 1 : 0;
      hourlyHit.at = this.#now;
      hourlyHit.successes = 0;
    }
    this.#syncExternalStarts(0);
  }

  /** Sets the starts of others to what the answer says is left; our own starts are known and stay. */
  #syncExternalStarts(left: number): void {
    const [longestWindow] = this.#effectiveWindows();
    if (!longestWindow) return;
    const externalCount = Math.max(0, longestWindow.limit - left - this.#state.starts.length);
    const intervalMs = (longestWindow.windowMs / longestWindow.limit) * 2 ** this.#state.hourlyTrip.repeats;
    const windowStartedAt = this.#now - getRetentionMs(longestWindow);
    this.#state.foreign = Array.from({ length: externalCount }, (_, index) =>
      Math.min(this.#now, windowStartedAt + (index + 1) * intervalMs),
    );
  }

  /** A call that got through shows that we think too much of the others: doubt one start, then two, then four. */
  #reduceExternalStarts(): void {
    const hourlyHit = this.#state.hourlyTrip;
    this.#state.pause.repeats = 0;
    this.#state.foreign.splice(0, 2 ** hourlyHit.successes);
    hourlyHit.successes += 1;
  }

  #startPause(
    startedAt: number,
    limit: Exclude<ExceededLimit, 'hourly'>,
    requestedMs: number | undefined,
  ): void {
    const pause = this.#state.pause;
    if (startedAt <= pause.at) return;
    const ms = Math.min(MAX_PAUSE_MS, requestedMs ?? INITIAL_PAUSE_MS[limit] * 2 ** pause.repeats);
    this.#state.pause = { until: this.#now + ms, at: this.#now, repeats: pause.repeats + 1, limit };
  }
}

/** Walks through the coming free slots, each taken one filling the windows further. */
export class StartForecast {
  readonly #times: number[];
  readonly #windows: readonly RollingWindow[];
  readonly #earliestAt: number;

  constructor(times: number[], windows: readonly RollingWindow[], earliestAt: number) {
    this.#times = times;
    this.#windows = windows;
    this.#earliestAt = earliestAt;
  }

  /** When the next counted call may start, in epoch milliseconds. */
  peek(): number {
    let at = this.#earliestAt;
    for (const window of this.#windows) {
      const blockingStart = this.#times[this.#times.length - window.limit];
      if (blockingStart !== undefined) at = Math.max(at, blockingStart + getRetentionMs(window));
    }
    return at;
  }

  take(): void {
    this.#times.push(this.peek());
  }
}

/** How long a start counts with us. */
function getRetentionMs({ windowMs }: RollingWindow): number {
  return windowMs + Math.min(LATENCY_MARGIN_MS, windowMs / 10);
}
