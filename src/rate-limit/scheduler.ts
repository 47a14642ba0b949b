import PQueue from 'p-queue';
import { type Candidate, decide, PRIORITY, type Round } from './admission.js';
import { cancelled, limitOf, type Obstacle, refuse } from './errors.js';
import type { QuotaListener } from './events.js';
import { type Lesson, readLesson } from './feedback.js';
import type { Book } from './store/memory.js';
import type { Outcome, QuotaScope, QuotaStatus, RunOptions, Slot } from './types.js';
import type { Ledger } from './window-log.js';

/** The longest delay a timer of the runtime can carry. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Waiter extends Candidate {
  askedAt: number;
  startedAt: number;
  emit: QuotaListener;
  hasLeft: boolean;
  /** What the end of the call has taught and is still to be written. */
  lesson?: Lesson;
  /** Takes the waiter out of the line and fails its call. */
  leave(error: Error): void;
}

/**
 * The way to Mixpanel for one project and API family. The ledger in the book says *whether* a call may start,
 * p-queue keeps those that wait in order and those that run in number: it stands still except for the moments
 * in which calls the ledger has admitted step out of it.
 */
export class Lane {
  readonly #scope: QuotaScope;
  readonly #book: Book;
  readonly #queue = new PQueue({ autoStart: false });
  readonly #waiting = new Map<string, Waiter>();
  readonly #running = new Set<string>();
  readonly #writing = new Set<Promise<void>>();
  #calledUp = 0;
  #looking = false;
  #lookAgain = false;
  #alarm: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #usedAt = Date.now();

  constructor(scope: QuotaScope, book: Book) {
    this.#scope = scope;
    this.#book = book;
    this.#queue.on('next', () => this.#look());
  }

  /** Since when nobody has used it, epoch milliseconds; now while somebody does. */
  get unusedSince(): number {
    return this.#waiting.size + this.#running.size > 0 ? Date.now() : this.#usedAt;
  }

  run<T>(task: (slot: Slot) => Promise<T>, options: RunOptions, emit: QuotaListener): Promise<T> {
    this.#usedAt = Date.now();
    const {
      signal,
      deadline = Number.POSITIVE_INFINITY,
      priority = 'interactive',
      uncounted = false,
    } = options;
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled());
      const waiter: Waiter = {
        id: this.#book.newId(),
        counted: !uncounted,
        priority: PRIORITY[priority],
        askedAt: Date.now(),
        startedAt: 0,
        deadline,
        emit,
        hasLeft: false,
        leave: (error) => {
          signal?.removeEventListener('abort', cancel);
          this.#waiting.delete(waiter.id);
          waiter.hasLeft = true;
          reject(error);
          this.#callUp([waiter]);
        },
      };
      const cancel = () => {
        // Once called up, the task itself hears the signal.
        if (!this.#waiting.has(waiter.id)) return;
        emit({ type: 'cancelled', scope: this.#scope });
        waiter.leave(cancelled());
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.set(waiter.id, waiter);
      const work = () => {
        signal?.removeEventListener('abort', cancel);
        return this.#work(waiter, task).then(resolve, reject);
      };
      const { id } = waiter;
      void this.#queue.add(() => this.#stepOut(waiter, work), { id, priority: waiter.priority });
      this.#look();
    });
  }

  /** Fails whoever waits with `emit` as its listener; resolves when the book knows of every call that has ended. */
  async dismiss(emit: QuotaListener): Promise<void> {
    for (const waiter of [...this.#waiting.values()]) if (waiter.emit === emit) waiter.leave(cancelled());
    await Promise.all(this.#writing);
  }

  async status(): Promise<QuotaStatus> {
    return this.#book.transact((ledger, now) => {
      const skew = now - Date.now();
      const status = ledger.status();
      const upcoming = ledger.upcoming();
      for (const { counted } of this.#waiting.values()) if (counted) upcoming.take();
      return {
        ...status,
        nextSlotAt: upcoming.peek() - skew,
        resetAt: status.resetAt - skew,
        waiting: this.#waiting.size,
      };
    });
  }

  /** Looks into the ledger for whom it admits; one look at a time, another after it when something changed. */
  #look(): void {
    clearTimeout(this.#alarm);
    if (this.#waiting.size === 0) return;
    this.#lookAgain = true;
    if (!this.#looking) void this.#lookUntilSettled();
  }

  async #lookUntilSettled(): Promise<void> {
    this.#looking = true;
    let againMs = Number.POSITIVE_INFINITY;
    while (this.#lookAgain) {
      this.#lookAgain = false;
      const round = await this.#book.transact((ledger, now) => this.#decide(ledger, now));
      for (const { waiter, obstacle } of round.late) this.#turnAway(waiter, obstacle);
      await this.#admit(round.admitted);
      againMs = round.againMs;
    }
    this.#looking = false;
    if (this.#waiting.size > 0 && Number.isFinite(againMs)) {
      this.#alarm = setTimeout(() => this.#look(), Math.min(againMs, LONGEST_TIMER_MS));
    }
  }

  #decide(ledger: Ledger, now: number): Round<Waiter> {
    this.#queue.concurrency = ledger.concurrent;
    return decide(this.#waiting.values(), {
      ledger,
      now,
      skew: now - Date.now(),
      places: ledger.concurrent - this.#queue.pending - this.#calledUp,
      book: this.#book,
    });
  }

  #turnAway(waiter: Waiter, obstacle: Obstacle): void {
    if (!this.#waiting.has(waiter.id)) return;
    const limit = limitOf(obstacle);
    if (limit) waiter.emit({ type: 'limited', scope: this.#scope, by: 'us', limit });
    waiter.leave(refuse(this.#scope, obstacle));
  }

  async #admit(waiters: Waiter[]): Promise<void> {
    // Who left while the book was being written has taken a slot along: it goes back, and the next may have it.
    const gone = waiters.filter(({ id }) => !this.#waiting.has(id));
    this.#callUp(waiters.filter((waiter) => this.#waiting.delete(waiter.id)));
    if (gone.length === 0) return;
    this.#lookAgain = true;
    await this.#book.transact((ledger) => {
      for (const { id } of gone) {
        ledger.refund(id);
        ledger.release(id);
      }
    });
  }

  /** Lets these step out of p-queue before all others: to run, or, having left the line, to be gone. */
  #callUp(waiters: readonly Waiter[]): void {
    for (const { id } of waiters) this.#queue.setPriority(id, PRIORITY.calledUp);
    this.#calledUp += waiters.length;
    if (this.#calledUp > 0) this.#queue.start();
  }

  /** Runs as p-queue's task: whatever is awaited here keeps the place. */
  async #stepOut(waiter: Waiter, work: () => Promise<void>): Promise<void> {
    const { id } = waiter;
    this.#calledUp -= 1;
    if (this.#calledUp === 0) this.#queue.pause();
    if (waiter.hasLeft) return;
    this.#running.add(id);
    this.#renewLeases();
    await work();
    this.#running.delete(id);
    await this.#write((ledger, now) => {
      if (waiter.lesson) ledger.learn(id, waiter.startedAt + now - Date.now(), waiter.lesson);
      ledger.release(id);
    });
  }

  async #work<T>(waiter: Waiter, task: (slot: Slot) => Promise<T>): Promise<T> {
    const { emit } = waiter;
    waiter.startedAt = Date.now();
    const waitedMs = waiter.startedAt - waiter.askedAt;
    emit({ type: 'started', scope: this.#scope, waitedMs });
    let settled = false;
    const settle = (outcome: Outcome) => {
      if (settled) return;
      settled = true;
      const lesson = readLesson(outcome);
      const { charged, limited } = lesson;
      if (!charged) emit({ type: 'refunded', scope: this.#scope });
      if (limited) emit({ type: 'limited', scope: this.#scope, by: 'mixpanel', limit: limited });
      // What opens or shuts the way for others cannot wait until the body is read; the rest is written then.
      if (charged) waiter.lesson = lesson;
      else void this.#learn(waiter, lesson);
    };
    return await task({ waitedMs, settle });
  }

  async #learn({ id, startedAt }: Waiter, lesson: Lesson): Promise<void> {
    await this.#write((ledger, now) => ledger.learn(id, startedAt + now - Date.now(), lesson));
    this.#look();
  }

  /** Writes down how a call ended. Its caller does not wait for that, `close` does. */
  async #write(change: (ledger: Ledger, now: number) => void): Promise<void> {
    const write = this.#book.transact(change);
    this.#writing.add(write);
    await write;
    this.#writing.delete(write);
  }

  /** Tells the book from time to time that our calls are alive, where it would otherwise give their places away. */
  #renewLeases(): void {
    const { leaseMs } = this.#book;
    if (this.#renewal || !Number.isFinite(leaseMs)) return;
    this.#renewal = setInterval(() => {
      if (this.#running.size === 0) {
        clearInterval(this.#renewal);
        this.#renewal = undefined;
        return;
      }
      void this.#book.transact((ledger) => {
        for (const id of this.#running) ledger.renew(id, leaseMs);
      });
    }, leaseMs / 3).unref();
  }
}
