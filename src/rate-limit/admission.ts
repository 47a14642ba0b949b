import { SECOND_MS } from '../time/durations.js';
import type { RejectionReason } from './errors.js';
import type { LimiterStore } from './store/store.js';
import type { Priority } from './types.js';
import type { WindowLog } from './window/window-log.js';

/** When to try again while the shared log is unavailable and nobody knows for how long. */
const ALONE_RETRY_MS = 10 * SECOND_MS;

/** A call that waits for its turn, as far as admission is concerned. */
export interface AdmissionRequest {
  id: string;
  /** Whether the call counts in the window. */
  counted: boolean;
  priority: Priority;
  /** Epoch milliseconds, by this process's clock. */
  deadline: number;
}

/** What one pass over the queue decided. */
export interface AdmissionDecision<R extends AdmissionRequest> {
  admitted: R[];
  rejected: { waiter: R; reason: RejectionReason }[];
  /** When to check again, in milliseconds from now. */
  recheckMs: number;
}

export interface AdmissionContext {
  windowLog: WindowLog;
  /** The store's clock in epoch milliseconds, and how far it is ahead of this process's clock. */
  now: number;
  clockSkewMs: number;
  /** Calls this process can start beside those already running. */
  freeSlots: number;
  store: Pick<LimiterStore, 'leaseMs' | 'pollMs'>;
}

/**
 * Decides which waiters start now and which cannot start before their deadline. Interactive ones go first, each
 * kind in order of arrival. Records the admitted ones in the window log.
 */
export function decideAdmission<R extends AdmissionRequest>(
  waiters: Iterable<R>,
  context: AdmissionContext,
): AdmissionDecision<R> {
  const { windowLog, now, clockSkewMs, store } = context;
  const forecast = windowLog.forecast();
  const decision: AdmissionDecision<R> = { admitted: [], rejected: [], recheckMs: store.pollMs };
  let freeSlots = Math.min(windowLog.freeSlots, context.freeSlots);
  let freeStarts = windowLog.freeStarts;
  for (const waiter of inOrder(waiters)) {
    const { id, counted, priority } = waiter;
    const earliestStartAt = counted
      ? forecast.peek()
      : Math.max(now, windowLog.pause.until, windowLog.notBefore);
    const deadline = waiter.deadline + clockSkewMs;
    if (earliestStartAt >= deadline && (now >= windowLog.firmFrom || now >= deadline)) {
      decision.rejected.push({ waiter, reason: getRejectionReason(earliestStartAt, context) });
      continue;
    }
    if (counted) forecast.take();
    const hasStart = earliestStartAt <= now && (!counted || freeStarts > 0);
    const canStart = hasStart && freeSlots > 0;
    if (canStart && (priority === 'interactive' || !windowLog.isReserved(counted))) {
      freeSlots -= 1;
      if (counted) freeStarts -= 1;
      windowLog.recordStart(id, counted, store.leaseMs);
      decision.admitted.push(waiter);
      continue;
    }
    if (priority === 'interactive' && Number.isFinite(store.pollMs)) {
      windowLog.reserve(hasStart ? 'slot' : 'start', 3 * store.pollMs);
    }
    const nextChangeAt = Math.min(
      earliestStartAt > now ? earliestStartAt : windowLog.nextLeaseExpiryAt,
      deadline,
    );
    decision.recheckMs = Math.min(decision.recheckMs, Math.max(0, nextChangeAt - now));
  }
  return decision;
}

function inOrder<R extends AdmissionRequest>(waiters: Iterable<R>): R[] {
  const all = [...waiters];
  const having = (wanted: Priority) => all.filter(({ priority }) => priority === wanted);
  return [...having('interactive'), ...having('background')];
}

/** Returns why a start at `earliestStartAt` is too late. */
function getRejectionReason(
  earliestStartAt: number,
  { windowLog, now, clockSkewMs }: AdmissionContext,
): RejectionReason {
  if (earliestStartAt <= windowLog.notBefore) return { kind: 'deadline' };
  if (windowLog.isAlone && (earliestStartAt > now || windowLog.freeSlots === 0))
    return { kind: 'alone', nextSlotAt: Math.max(earliestStartAt, now + ALONE_RETRY_MS) - clockSkewMs };
  if (earliestStartAt <= now)
    return windowLog.freeSlots > 0
      ? { kind: 'deadline' }
      : { kind: 'concurrency', max: windowLog.maxConcurrent };
  const { until, limit } = windowLog.pause;
  if (earliestStartAt <= until) return { kind: 'pause', limit, until: until - clockSkewMs };
  return { kind: 'window', max: windowLog.status().limit ?? 0, nextSlotAt: earliestStartAt - clockSkewMs };
}
