import PQueue from 'p-queue';
import { MAX_TIMER_MS } from '../time/durations.js';
import { type AdmissionDecision, type AdmissionRequest, decideAdmission, PRIORITY } from './admission.js';
import {
  createCancelledError,
  createRejectionError,
  getExceededLimit,
  type RejectionReason,
} from './errors.js';
import type { LimiterListener } from './events.js';
import { type LimitFeedback, parseFeedback } from './feedback.js';
import type { LimiterStore } from './store/memory.js';
import type { Lease, QuotaScope, QuotaStatus, RequestOutcome, RunOptions } from './types.js';
import type { WindowLog } from './window-log.js';

/** The longest delay a timer of the runtime can carry. */

interface Waiter extends AdmissionRequest {
  queuedAt: number;
  startedAt: number;
  emit: LimiterListener;
  isDiscarded: boolean;
  /** What the end of the call has taught and is still to be written. */
  feedback?: LimitFeedback;
  /** Takes the waiter out of the line and fails its call. */
  reject(error: Error): void;
}

/**
 * The way to Mixpanel for one project and API family. The ledger in the book says *whether* a call may start,
 * p-queue keeps those that wait in order and those that run in number: it stands still except for the moments
 * in which calls the ledger has admitted step out of it.
 */
export class Scheduler {
  readonly #scope: QuotaScope;
  readonly #store: LimiterStore;
  readonly #queue = new PQueue({ autoStart: false });
  readonly #waiting = new Map<string, Waiter>();
  readonly #running = new Set<string>();
  readonly #pendingWrites = new Set<Promise<void>>();
  #releasedCount = 0;
  #isScheduling = false;
  #needsReschedule = false;
  #timer: NodeJS.Timeout | undefined;
  #renewalTimer: NodeJS.Timeout | undefined;
  #lastUsedAt = Date.now();

  constructor(scope: QuotaScope, store: LimiterStore) {
    this.#scope = scope;
    this.#store = store;
    this.#queue.on('next', () => this.#schedule());
  }

  /** Since when nobody has used it, epoch milliseconds; now while somebody does. */
  get idleSince(): number {
    return this.#waiting.size + this.#running.size > 0 ? Date.now() : this.#lastUsedAt;
  }

  run<T>(task: (lease: Lease) => Promise<T>, options: RunOptions, emit: LimiterListener): Promise<T> {
    this.#lastUsedAt = Date.now();
    const {
      signal,
      deadline = Number.POSITIVE_INFINITY,
      priority = 'interactive',
      uncounted = false,
    } = options;
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(createCancelledError());
      const waiter: Waiter = {
        id: this.#store.nextId(),
        counted: !uncounted,
        priority: PRIORITY[priority],
        queuedAt: Date.now(),
        startedAt: 0,
        deadline,
        emit,
        isDiscarded: false,
        reject: (error) => {
          signal?.removeEventListener('abort', cancel);
          this.#waiting.delete(waiter.id);
          waiter.isDiscarded = true;
          reject(error);
          this.#release([waiter]);
        },
      };
      const cancel = () => {
        // Once called up, the task itself hears the signal.
        if (!this.#waiting.has(waiter.id)) return;
        emit({ type: 'cancelled', scope: this.#scope });
        waiter.reject(createCancelledError());
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiting.set(waiter.id, waiter);
      const runTask = () => {
        signal?.removeEventListener('abort', cancel);
        return this.#runTask(waiter, task).then(resolve, reject);
      };
      const { id } = waiter;
      void this.#queue.add(() => this.#runReleased(waiter, runTask), { id, priority: waiter.priority });
      this.#schedule();
    });
  }

  /** Fails whoever waits with `emit` as its listener; resolves when the book knows of every call that has ended. */
  async cancelWaiters(emit: LimiterListener): Promise<void> {
    for (const waiter of [...this.#waiting.values()])
      if (waiter.emit === emit) waiter.reject(createCancelledError());
    await Promise.all(this.#pendingWrites);
  }

  async status(): Promise<QuotaStatus> {
    return this.#store.transact((windowLog, now) => {
      const clockSkewMs = now - Date.now();
      const status = windowLog.status();
      const forecast = windowLog.forecast();
      for (const { counted } of this.#waiting.values()) if (counted) forecast.take();
      return {
        ...status,
        nextSlotAt: forecast.peek() - clockSkewMs,
        resetAt: status.resetAt - clockSkewMs,
        waiting: this.#waiting.size,
      };
    });
  }

  /** Looks into the ledger for whom it admits; one look at a time, another after it when something changed. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) return;
    this.#needsReschedule = true;
    if (!this.#isScheduling) void this.#scheduleUntilStable();
  }

  async #scheduleUntilStable(): Promise<void> {
    this.#isScheduling = true;
    let recheckMs = Number.POSITIVE_INFINITY;
    while (this.#needsReschedule) {
      this.#needsReschedule = false;
      const decision = await this.#store.transact((windowLog, now) => this.#decideAdmission(windowLog, now));
      for (const { waiter, reason } of decision.rejected) this.#reject(waiter, reason);
      await this.#releaseAdmitted(decision.admitted);
      recheckMs = decision.recheckMs;
    }
    this.#isScheduling = false;
    if (this.#waiting.size > 0 && Number.isFinite(recheckMs)) {
      this.#timer = setTimeout(() => this.#schedule(), Math.min(recheckMs, MAX_TIMER_MS));
    }
  }

  #decideAdmission(windowLog: WindowLog, now: number): AdmissionDecision<Waiter> {
    this.#queue.concurrency = windowLog.maxConcurrent;
    return decideAdmission(this.#waiting.values(), {
      windowLog,
      now,
      clockSkewMs: now - Date.now(),
      freeSlots: windowLog.maxConcurrent - this.#queue.pending - this.#releasedCount,
      store: this.#store,
    });
  }

  #reject(waiter: Waiter, reason: RejectionReason): void {
    if (!this.#waiting.has(waiter.id)) return;
    const limit = getExceededLimit(reason);
    if (limit) waiter.emit({ type: 'limited', scope: this.#scope, by: 'us', limit });
    waiter.reject(createRejectionError(this.#scope, reason));
  }

  async #releaseAdmitted(waiters: Waiter[]): Promise<void> {
    // Who left while the book was being written has taken a slot along: it goes back, and the next may have it.
    const cancelledWaiters = waiters.filter(({ id }) => !this.#waiting.has(id));
    this.#release(waiters.filter((waiter) => this.#waiting.delete(waiter.id)));
    if (cancelledWaiters.length === 0) return;
    this.#needsReschedule = true;
    await this.#store.transact((windowLog) => {
      for (const { id } of cancelledWaiters) {
        windowLog.refund(id);
        windowLog.releaseLease(id);
      }
    });
  }

  /** Lets these step out of p-queue before all others: to run, or, having left the line, to be gone. */
  #release(waiters: readonly Waiter[]): void {
    for (const { id } of waiters) this.#queue.setPriority(id, PRIORITY.released);
    this.#releasedCount += waiters.length;
    if (this.#releasedCount > 0) this.#queue.start();
  }

  /** Runs as p-queue's task: whatever is awaited here keeps the place. */
  async #runReleased(waiter: Waiter, runTask: () => Promise<void>): Promise<void> {
    const { id } = waiter;
    this.#releasedCount -= 1;
    if (this.#releasedCount === 0) this.#queue.pause();
    if (waiter.isDiscarded) return;
    this.#running.add(id);
    this.#renewLeases();
    await runTask();
    this.#running.delete(id);
    await this.#write((windowLog, now) => {
      if (waiter.feedback) windowLog.applyFeedback(id, waiter.startedAt + now - Date.now(), waiter.feedback);
      windowLog.releaseLease(id);
    });
  }

  async #runTask<T>(waiter: Waiter, task: (lease: Lease) => Promise<T>): Promise<T> {
    const { emit } = waiter;
    waiter.startedAt = Date.now();
    const waitedMs = waiter.startedAt - waiter.queuedAt;
    emit({ type: 'started', scope: this.#scope, waitedMs });
    let isReported = false;
    const reportOutcome = (outcome: RequestOutcome) => {
      if (isReported) return;
      isReported = true;
      const feedback = parseFeedback(outcome);
      const { charged, limited } = feedback;
      if (!charged) emit({ type: 'refunded', scope: this.#scope });
      if (limited) emit({ type: 'limited', scope: this.#scope, by: 'mixpanel', limit: limited });
      // What opens or shuts the way for others cannot wait until the body is read; the rest is written then.
      if (charged) waiter.feedback = feedback;
      else void this.#applyFeedback(waiter, feedback);
    };
    return await task({ waitedMs, reportOutcome });
  }

  async #applyFeedback({ id, startedAt }: Waiter, feedback: LimitFeedback): Promise<void> {
    await this.#write((windowLog, now) =>
      windowLog.applyFeedback(id, startedAt + now - Date.now(), feedback),
    );
    this.#schedule();
  }

  /** Writes down how a call ended. Its caller does not wait for that, `close` does. */
  async #write(change: (windowLog: WindowLog, now: number) => void): Promise<void> {
    const write = this.#store.transact(change);
    this.#pendingWrites.add(write);
    await write;
    this.#pendingWrites.delete(write);
  }

  /** Tells the book from time to time that our calls are alive, where it would otherwise give their places away. */
  #renewLeases(): void {
    const { leaseMs } = this.#store;
    if (this.#renewalTimer || !Number.isFinite(leaseMs)) return;
    this.#renewalTimer = setInterval(() => {
      if (this.#running.size === 0) {
        clearInterval(this.#renewalTimer);
        this.#renewalTimer = undefined;
        return;
      }
      void this.#store.transact((windowLog) => {
        for (const id of this.#running) windowLog.renewLease(id, leaseMs);
      });
    }, leaseMs / 3).unref();
  }
}
