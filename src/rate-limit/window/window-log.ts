import type { ExceededLimit } from '../../mixpanel/rate-limit-headers.js';
import { SECOND_MS } from '../../time/durations.js';
import { getRetentionMs, StartForecast } from './forecast.js';
import type { FamilyLimits, RollingWindow } from './limits.js';
import { clampTimes, MAX_PAUSE_MS, type WindowLogState } from './state.js';

/** What the end of a call says about the limits. */
export interface LimitFeedback {
  /** Whether Mixpanel counts the call in the hour. */
  charged: boolean;
  /** Whether Mixpanel accepted the call, which proves that the quota had room for it. */
  accepted: boolean;
  exceededLimit?: ExceededLimit;
  /** The project's real limits, if the answer names them. */
  hourlyLimit?: number;
  concurrencyLimit?: number;
  /** Starts left in the hour, if the answer names them. */
  remaining?: number;
  /** Milliseconds Mixpanel asks us to wait; ignored for `hourly`, where it names the whole hour. */
  retryAfterMs?: number;
}

/** What limits a log that is shared with other processes, or cut off from them. */
export interface WindowLogOptions {
  /** Starts and slots set aside for other processes. */
  heldStarts?: number;
  heldSlots?: number;
  /** Nothing starts before this time, because other processes have yet to report what they started. */
  notBefore?: number;
  /** No call is refused before this time, because the shared log may be back soon. */
  firmFrom?: number;
  /** Whether this process goes on alone: the limits are what it may use by itself, whatever answers say. */
  isAlone?: boolean;
  /** Called with the id of each start given back. */
  onRefund?: (id: string) => void;
}

/** The quota of one project and API family at one moment. Times are epoch milliseconds. */
export interface WindowLogStatus {
  /** Starts allowed in the window; `null` if Mixpanel publishes no limit. */
  limit: number | null;
  left: number | null;
  /** When every start known now has left the window. */
  resetAt: number;
  running: number;
}

/** The first pause after a 429 that names none; each further one is twice as long, up to `MAX_PAUSE_MS`. */
const INITIAL_PAUSE_MS: Record<Exclude<ExceededLimit, 'hourly'>, number> = {
  concurrent: 5 * SECOND_MS,
  load: 2 * SECOND_MS,
};

/**
 * The rate-limit bookkeeping of one project and API family at one moment: which starts are in the rolling window,
 * which calls hold a slot, when the next call may start. Changes the state it is given; knows no clock but `now`.
 */
export class WindowLog {
  readonly #state: WindowLogState;
  readonly #limits: FamilyLimits;
  readonly #now: number;
  readonly #options: WindowLogOptions;

  constructor(state: WindowLogState, limits: FamilyLimits, now: number, options: WindowLogOptions = {}) {
    this.#state = state;
    this.#limits = limits;
    this.#now = now;
    this.#options = options;
    this.#prune();
  }

  /** Calls that may run at one time. */
  get maxConcurrent(): number {
    const observed = this.isAlone ? undefined : this.#state.observedLimits.concurrent;
    return observed ?? this.#limits.concurrent;
  }

  get isAlone(): boolean {
    return this.#options.isAlone ?? false;
  }

  /** Nothing starts before this time. */
  get notBefore(): number {
    return this.#options.notBefore ?? 0;
  }

  /** No call is refused before this time. */
  get firmFrom(): number {
    return this.#options.firmFrom ?? 0;
  }

  /** Counted calls that may start now; those set aside for other processes are not among them. */
  get freeStarts(): number {
    const [longestWindow] = this.#effectiveWindows();
    if (!longestWindow) return Number.POSITIVE_INFINITY;
    return longestWindow.limit - this.#startTimes().length - (this.#options.heldStarts ?? 0);
  }

  get running(): number {
    return Object.keys(this.#state.leases).length;
  }

  get freeSlots(): number {
    return Math.max(0, this.maxConcurrent - this.running - (this.#options.heldSlots ?? 0));
  }

  /** Until when nothing starts, because Mixpanel asked for a pause, and which limit it named. */
  get pause(): { until: number; limit: ExceededLimit } {
    return this.#state.pause;
  }

  /** When the first lease expires if its holder does not renew it; `Infinity` if there are none. */
  get nextLeaseExpiryAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...Object.values(this.#state.leases));
  }

  /** Returns whether an interactive call waits for what a background call would take. */
  isReserved(counted: boolean): boolean {
    const { start, slot } = this.#state.reserved;
    return slot > this.#now || (counted && start > this.#now);
  }

  /** Tells other processes that an interactive call waits. Lapses after `ttlMs` unless repeated. */
  reserve(resource: 'start' | 'slot', ttlMs: number): void {
    const { reserved } = this.#state;
    if (reserved[resource] < this.#now + ttlMs / 2) reserved[resource] = this.#now + ttlMs;
  }

  /** Returns a forecast of the times at which the window lets the next counted calls start. */
  forecast(): StartForecast {
    return new StartForecast(
      this.#startTimes(),
      this.#effectiveWindows(),
      Math.max(this.#now, this.#state.pause.until, this.notBefore),
    );
  }

  /** Records that the call `id` starts now. */
  recordStart(id: string, counted: boolean, leaseMs: number): void {
    this.#state.leases[id] = this.#now + leaseMs;
    if (counted) this.#state.starts.push({ id, at: this.#now });
  }

  releaseLease(id: string): void {
    delete this.#state.leases[id];
  }

  /** Removes a start that Mixpanel has not counted from the window. */
  refund(id: string): void {
    this.#state.starts = this.#state.starts.filter((start) => start.id !== id);
    this.#options.onRefund?.(id);
  }

  /** Applies what the end of the call `id`, started at `startedAt`, says about the limits. */
  applyFeedback(id: string, startedAt: number, feedback: LimitFeedback): void {
    const { charged, accepted, exceededLimit, hourlyLimit, concurrencyLimit, remaining } = feedback;
    if (hourlyLimit) this.#state.observedLimits.hourly = hourlyLimit;
    if (concurrencyLimit) this.#state.observedLimits.concurrent = concurrencyLimit;
    if (!charged) this.refund(id);
    if (accepted) this.#reduceExternalStarts();
    if (exceededLimit === 'hourly') this.#recordHourlyHit(startedAt);
    else if (exceededLimit) this.#startPause(startedAt, exceededLimit, feedback.retryAfterMs);
    if (remaining !== undefined) this.#syncExternalStarts(remaining);
  }

  status(): WindowLogStatus {
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

  #effectiveWindows(): readonly RollingWindow[] {
    const { hourly } = this.#state.observedLimits;
    const [longestWindow, ...others] = this.#limits.windows;
    if (!longestWindow || hourly === undefined || this.isAlone) return this.#limits.windows;
    return [{ ...longestWindow, limit: hourly }, ...others];
  }

  #startTimes(): number[] {
    const ownTimes = this.#state.starts.map((start) => start.at);
    return this.#state.externalStarts.length === 0
      ? ownTimes
      : [...ownTimes, ...this.#state.externalStarts].sort((a, b) => a - b);
  }

  /** Drops what has left the window, and the leases that have expired. */
  #prune(): void {
    clampTimes(this.#state, this.#now);
    const [longestWindow] = this.#effectiveWindows();
    const since = longestWindow ? this.#now - getRetentionMs(longestWindow) : this.#now;
    const { starts, externalStarts, leases } = this.#state;
    while (starts[0] && starts[0].at <= since) starts.shift();
    while (externalStarts[0] !== undefined && externalStarts[0] <= since) externalStarts.shift();
    for (const [id, until] of Object.entries(leases)) if (until <= this.#now) delete leases[id];
  }

  /**
   * Handles a full hour although our own starts leave room: other clients use the project. What seemed free is
   * theirs, and is expected back one start every window/limit, more slowly each time that proves too early.
   */
  #recordHourlyHit(startedAt: number): void {
    const hourlyHit = this.#state.hourlyLimitHit;
    // Calls that were already running when the first was refused say nothing new.
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

  /** Sets the number of external starts from what the answer says is left; our own starts are known and stay. */
  #syncExternalStarts(left: number): void {
    const [longestWindow] = this.#effectiveWindows();
    if (!longestWindow) return;
    const externalCount = Math.max(0, longestWindow.limit - left - this.#state.starts.length);
    const intervalMs =
      (longestWindow.windowMs / longestWindow.limit) * 2 ** this.#state.hourlyLimitHit.repeats;
    const windowStartedAt = this.#now - getRetentionMs(longestWindow);
    this.#state.externalStarts = Array.from({ length: externalCount }, (_, index) =>
      Math.min(this.#now, windowStartedAt + (index + 1) * intervalMs),
    );
  }

  /** Drops one external start after a call got through, then two, then four: the estimate was too high. */
  #reduceExternalStarts(): void {
    const hourlyHit = this.#state.hourlyLimitHit;
    this.#state.pause.repeats = 0;
    this.#state.externalStarts.splice(0, 2 ** hourlyHit.successes);
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
