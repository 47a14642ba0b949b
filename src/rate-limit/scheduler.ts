import PQueue from 'p-queue';
import { createCancelledError, PluginError } from '../errors.js';
import type { RequestOutcome } from '../mixpanel/client.js';
import { MAX_TIMER_MS } from '../time/durations.js';
import { type AdmissionDecision, type AdmissionRequest, decideAdmission } from './admission.js';
import { createRejectionError, getExceededLimit, type RejectionReason } from './errors.js';
import type { LimiterListener } from './events.js';
import { parseFeedback } from './feedback.js';
import type { LimiterStore } from './store/store.js';
import type { Lease, QuotaScope, QuotaStatus, RunOptions } from './types.js';
import type { LimitFeedback, WindowLog } from './window/window-log.js';

/** A call in the queue. What takes it out of the queue either starts or rejects it. */
interface Waiter extends AdmissionRequest {
  queuedAt: number;
  startedAt: number;
  emit: LimiterListener;
  /** What the end of the call says about the limits, until it is saved. */
  feedback?: LimitFeedback;
  start(): void;
  reject(error: Error): void;
}

/**
 * Queues the calls of one project and API family. `#waiters` is the queue; admission decides by the window log who
 * may start; p-queue runs the admitted calls, never more than the concurrency limit.
 * See docs/decisions/0001-window-log.md.
 */
export class Scheduler {
  readonly #scope: QuotaScope;
  readonly #store: LimiterStore;
  /** In order of arrival. */
  readonly #waiters = new Map<string, Waiter>();
  readonly #running = new PQueue();
  readonly #runningIds = new Set<string>();
  readonly #pendingWrites = new Set<Promise<void>>();
  #isScheduling = false;
  #needsReschedule = false;
  #timer: NodeJS.Timeout | undefined;
  #lastUsedAt = Date.now();

  constructor(scope: QuotaScope, store: LimiterStore) {
    this.#scope = scope;
    this.#store = store;
    // A call has ended: its slot is free.
    this.#running.on('next', () => this.#schedule());
  }

  /** Since when it has been unused, in epoch milliseconds; now if it is in use. */
  get idleSince(): number {
    return this.#waiters.size + this.#runningIds.size > 0 ? Date.now() : this.#lastUsedAt;
  }

  run<T>(task: (lease: Lease) => Promise<T>, options: RunOptions, emit: LimiterListener): Promise<T> {
    this.#lastUsedAt = Date.now();
    const { signal, deadline = Number.POSITIVE_INFINITY, priority = 'interactive' } = options;
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(createCancelledError('queued'));
      const cancel = () => {
        emit({ type: 'cancelled', scope: this.#scope });
        this.#reject(waiter, createCancelledError('queued'));
      };
      const waiter: Waiter = {
        id: this.#store.nextId(),
        counted: !options.uncounted,
        priority,
        deadline,
        queuedAt: Date.now(),
        startedAt: 0,
        emit,
        start: () => {
          // From here on the task itself listens to the signal.
          signal?.removeEventListener('abort', cancel);
          void this.#running.add(() => this.#runAdmitted(waiter, task, resolve, reject));
        },
        reject: (error) => {
          signal?.removeEventListener('abort', cancel);
          reject(error);
        },
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#waiters.set(waiter.id, waiter);
      this.#schedule();
    });
  }

  /** Rejects the waiters that report to `emit`. Resolves when the store knows of every call that has ended. */
  async cancelWaiters(emit: LimiterListener): Promise<void> {
    for (const waiter of [...this.#waiters.values()])
      if (waiter.emit === emit) this.#reject(waiter, createCancelledError('queued'));
    await Promise.all(this.#pendingWrites);
  }

  /** Releases what the store holds for this process. */
  close(): Promise<void> {
    return this.#store.close?.() ?? Promise.resolve();
  }

  async status(): Promise<QuotaStatus> {
    return this.#store.transact((windowLog, now) => {
      const clockSkewMs = now - Date.now();
      const status = windowLog.status();
      const forecast = windowLog.forecast();
      for (const { counted } of this.#waiters.values()) if (counted) forecast.take();
      return {
        ...status,
        nextSlotAt: forecast.peek() - clockSkewMs,
        resetAt: status.resetAt - clockSkewMs,
        waiting: this.#waiters.size,
      };
    });
  }

  /** Starts a pass over the queue; one at a time, and another one if something has changed meanwhile. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#waiters.size === 0) return;
    this.#needsReschedule = true;
    if (!this.#isScheduling) void this.#scheduleUntilStable();
  }

  async #scheduleUntilStable(): Promise<void> {
    this.#isScheduling = true;
    let recheckMs = Number.POSITIVE_INFINITY;
    try {
      while (this.#needsReschedule) {
        this.#needsReschedule = false;
        const decision = await this.#store.transact((windowLog, now) =>
          this.#decideAdmission(windowLog, now),
        );
        for (const { waiter, reason } of decision.rejected) this.#rejectForLimit(waiter, reason);
        await this.#startAdmitted(decision.admitted);
        recheckMs = decision.recheckMs;
      }
    } catch (thrown) {
      // A store does not reject; should one do so all the same, nobody is left waiting.
      const error = createStoreError(thrown);
      for (const waiter of [...this.#waiters.values()]) this.#reject(waiter, error);
    }
    this.#isScheduling = false;
    if (this.#waiters.size > 0 && Number.isFinite(recheckMs)) {
      this.#timer = setTimeout(() => this.#schedule(), Math.min(recheckMs, MAX_TIMER_MS));
    }
  }

  #decideAdmission(windowLog: WindowLog, now: number): AdmissionDecision<Waiter> {
    this.#running.concurrency = Math.max(1, windowLog.maxConcurrent);
    return decideAdmission(this.#waiters.values(), {
      windowLog,
      now,
      clockSkewMs: now - Date.now(),
      freeSlots: windowLog.maxConcurrent - this.#running.pending - this.#running.size,
      store: this.#store,
    });
  }

  #rejectForLimit(waiter: Waiter, reason: RejectionReason): void {
    if (!this.#waiters.has(waiter.id)) return;
    const limit = getExceededLimit(reason);
    if (limit) waiter.emit({ type: 'limited', scope: this.#scope, by: 'us', limit });
    this.#reject(waiter, createRejectionError(this.#scope, reason));
  }

  #reject(waiter: Waiter, error: Error): void {
    if (this.#waiters.delete(waiter.id)) waiter.reject(error);
  }

  async #startAdmitted(waiters: readonly Waiter[]): Promise<void> {
    const cancelledIds: string[] = [];
    for (const waiter of waiters) {
      if (this.#waiters.delete(waiter.id)) waiter.start();
      else cancelledIds.push(waiter.id);
    }
    if (cancelledIds.length === 0) return;
    // They were cancelled while the store saved their start: give it back, so that the next waiter can have it.
    this.#needsReschedule = true;
    await this.#store.transact((windowLog) => {
      for (const id of cancelledIds) {
        windowLog.refund(id);
        windowLog.releaseLease(id);
      }
    });
  }

  /** Runs as a task of p-queue: the slot is free again when the store knows that the call has ended. */
  async #runAdmitted<T>(
    waiter: Waiter,
    task: (lease: Lease) => Promise<T>,
    resolve: (result: T) => void,
    reject: (reason: unknown) => void,
  ): Promise<void> {
    const { id } = waiter;
    this.#runningIds.add(id);
    await this.#runTask(waiter, task).then(resolve, reject);
    this.#runningIds.delete(id);
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
      const { charged, exceededLimit } = feedback;
      if (!charged) emit({ type: 'refunded', scope: this.#scope });
      if (exceededLimit) emit({ type: 'limited', scope: this.#scope, by: 'mixpanel', limit: exceededLimit });
      // What admits or stops others cannot wait until the body is read; the rest is saved then.
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

  /** Saves how a call ended. Its caller does not wait for that; `close` does. Never rejects. */
  async #write(change: (windowLog: WindowLog, now: number) => void): Promise<void> {
    const write = this.#store.transact(change).catch((thrown) => {
      process.emitWarning(createStoreError(thrown));
    });
    this.#pendingWrites.add(write);
    await write;
    this.#pendingWrites.delete(write);
  }
}

function createStoreError(thrown: unknown): PluginError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new PluginError('INTERNAL', `The rate limiter could not save its state: ${reason}`);
}
