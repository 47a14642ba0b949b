import type { Lesson, Limit } from './feedback.js';
import { type FamilyLimits, type RollingWindow, SECOND_MS } from './limits.js';
import type { QuotaStatus } from './types.js';

/**
 * Mixpanel counts a call when it arrives, we count it when it leaves. A call that travelled slowly followed by a
 * quick one would bring 61 into Mixpanel's hour, so a start stays with us a little longer than with Mixpanel.
 */
const TRAVEL_MS = 1000;

/** Waits after a 429 that names none: the first, and the longest they double to. */
const FIRST_PAUSE_MS: Record<Exclude<Limit, 'hourly'>, number> = {
  concurrent: 5 * SECOND_MS,
  load: 2 * SECOND_MS,
};
const LONGEST_PAUSE_MS = 60 * SECOND_MS;

/** Everything the ledger knows, as plain JSON, so that it can live in a file or in Redis. Times are epoch ms. */
export interface LedgerState {
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
  pause: { until: number; at: number; repeats: number; limit: Limit };
  /** Until when somebody, here or in another process, waits with a person before the screen: for what. */
  wanted: { start: number; place: number };
}

export function emptyLedger(): LedgerState {
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
export class Ledger {
  readonly #state: LedgerState;
  readonly #published: FamilyLimits;
  readonly #now: number;
  readonly #share: number;

  /** `share` is the part of the project's limits this process may use, between 0 and 1. */
  constructor(state: LedgerState, published: FamilyLimits, now: number, share = 1) {
    this.#state = state;
    this.#published = published;
    this.#now = now;
    this.#share = share;
    this.#forget();
  }

  /** Calls that may run at one time. */
  get concurrent(): number {
    return this.#mine(this.#state.learnt.concurrent ?? this.#published.concurrent);
  }

  get running(): number {
    return Object.keys(this.#state.leases).length;
  }

  get places(): number {
    return Math.max(0, this.concurrent - this.running);
  }

  /** Until when nothing starts, because Mixpanel asked for a pause, and which limit it named. */
  get pause(): { until: number; limit: Limit } {
    return this.#state.pause;
  }

  /** When the first place is free again should its holder have died; `Infinity` without holders. */
  get firstLeaseEndsAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...Object.values(this.#state.leases));
  }

  /** Whether an interactive call waits for what a background call would take. */
  isWanted(counted: boolean): boolean {
    const { start, place } = this.#state.wanted;
    return place > this.#now || (counted && start > this.#now);
  }

  /** Makes known to other processes that an interactive call waits; forgotten after a while unless repeated. */
  want(what: 'start' | 'place', forMs: number): void {
    const { wanted } = this.#state;
    if (wanted[what] < this.#now + forMs / 2) wanted[what] = this.#now + forMs;
  }

  /** The times at which the next counted calls may start as far as the window is concerned, one after another. */
  upcoming(): Upcoming {
    return new Upcoming(this.#times(), this.#windows(), Math.max(this.#now, this.#state.pause.until));
  }

  start(id: string, counted: boolean, leaseMs: number): void {
    this.#state.leases[id] = this.#now + leaseMs;
    // Never before the last one, should the clock have been set back.
    if (counted) this.#state.starts.push({ id, at: Math.max(this.#now, this.#state.starts.at(-1)?.at ?? 0) });
  }

  /** Keeps the place of a call that runs, also when the book has lost it. */
  renew(id: string, leaseMs: number): void {
    this.#state.leases[id] = this.#now + leaseMs;
  }

  release(id: string): void {
    delete this.#state.leases[id];
  }

  /** Takes the start out of the window: Mixpanel has not counted it. */
  refund(id: string): void {
    this.#state.starts = this.#state.starts.filter((start) => start.id !== id);
  }

  /** Books what the end of the call `id`, begun at `startedAt`, has taught. */
  learn(id: string, startedAt: number, lesson: Lesson): void {
    if (lesson.hourly) this.#state.learnt.hourly = lesson.hourly;
    if (lesson.concurrent) this.#state.learnt.concurrent = lesson.concurrent;
    if (!lesson.charged) this.refund(id);
    if (lesson.admitted) this.#trustMore();
    if (lesson.limited === 'hourly') this.#tripHourly(startedAt);
    else if (lesson.limited) this.#tripPause(startedAt, lesson.limited, lesson.waitMs);
    if (lesson.left !== undefined) this.#resync(lesson.left);
  }

  status(): Omit<QuotaStatus, 'waiting' | 'nextSlotAt'> {
    const [hour] = this.#windows();
    const times = this.#times();
    const last = times.at(-1);
    return {
      limit: hour ? hour.limit : null,
      left: hour ? Math.max(0, hour.limit - times.length) : null,
      resetAt: hour && last !== undefined ? last + spanOf(hour) : this.#now,
      running: this.running,
    };
  }

  #windows(): RollingWindow[] {
    const { hourly } = this.#state.learnt;
    return this.#published.windows.map(({ limit, windowMs }, index) => ({
      limit: this.#mine(index === 0 && hourly !== undefined ? hourly : limit),
      windowMs,
    }));
  }

  #mine(limit: number): number {
    return Math.max(1, Math.floor(limit * this.#share));
  }

  #times(): number[] {
    const ours = this.#state.starts.map((start) => start.at);
    return this.#state.foreign.length === 0 ? ours : [...ours, ...this.#state.foreign].sort((a, b) => a - b);
  }

  /** Drops what has left the window, and the places of holders that have died. */
  #forget(): void {
    const [hour] = this.#windows();
    const since = hour ? this.#now - spanOf(hour) : this.#now;
    const { starts, foreign, leases } = this.#state;
    while (starts[0] && starts[0].at <= since) starts.shift();
    while (foreign[0] !== undefined && foreign[0] <= since) foreign.shift();
    for (const [id, until] of Object.entries(leases)) if (until <= this.#now) delete leases[id];
  }

  /**
   * The hour is full although our own starts leave room: others use the project. The room we thought free is
   * theirs, and will come back one start every window/limit, more slowly each time this proves too hopeful.
   */
  #tripHourly(startedAt: number): void {
    const trip = this.#state.hourlyTrip;
    // Calls that were under way when the first was refused tell nothing new.
    if (startedAt > trip.at) {
      const [hour] = this.#windows();
      const recent = hour !== undefined && this.#now - trip.at < 2 * spanOf(hour);
      trip.repeats = recent && trip.successes === 0 ? trip.repeats + 1 : 0;
      trip.at = this.#now;
      trip.successes = 0;
    }
    this.#resync(0);
  }

  /** Sets the starts of others to what the answer says is left; our own starts are known and stay. */
  #resync(left: number): void {
    const [hour] = this.#windows();
    if (!hour) return;
    const foreign = Math.max(0, hour.limit - left - this.#state.starts.length);
    const gap = (hour.windowMs / hour.limit) * 2 ** this.#state.hourlyTrip.repeats;
    const firstEnd = this.#now - spanOf(hour);
    this.#state.foreign = Array.from({ length: foreign }, (_, index) =>
      Math.min(this.#now, firstEnd + (index + 1) * gap),
    );
  }

  /** A call that got through shows that we think too much of the others: doubt one start, then two, then four. */
  #trustMore(): void {
    const trip = this.#state.hourlyTrip;
    this.#state.pause.repeats = 0;
    this.#state.foreign.splice(0, 2 ** trip.successes);
    trip.successes += 1;
  }

  #tripPause(startedAt: number, limit: Exclude<Limit, 'hourly'>, askedMs: number | undefined): void {
    const pause = this.#state.pause;
    if (startedAt <= pause.at) return;
    const ms = Math.min(LONGEST_PAUSE_MS, askedMs ?? FIRST_PAUSE_MS[limit] * 2 ** pause.repeats);
    this.#state.pause = { until: this.#now + ms, at: this.#now, repeats: pause.repeats + 1, limit };
  }
}

/** Walks through the coming free slots, each taken one filling the windows further. */
export class Upcoming {
  readonly #times: number[];
  readonly #windows: readonly RollingWindow[];
  readonly #earliest: number;

  constructor(times: number[], windows: readonly RollingWindow[], earliest: number) {
    this.#times = times;
    this.#windows = windows;
    this.#earliest = earliest;
  }

  /** When the next counted call may start, in epoch milliseconds. */
  peek(): number {
    let at = this.#earliest;
    for (const window of this.#windows) {
      const leaving = this.#times[this.#times.length - window.limit];
      if (leaving !== undefined) at = Math.max(at, leaving + spanOf(window));
    }
    return at;
  }

  take(): void {
    this.#times.push(this.peek());
  }
}

/** How long a start counts with us. */
function spanOf({ windowMs }: RollingWindow): number {
  return windowMs + Math.min(TRAVEL_MS, windowMs / 10);
}
