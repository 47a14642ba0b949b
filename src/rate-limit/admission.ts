import type { RejectionReason } from './errors.js';
import type { LimiterStore } from './store/memory.js';
import type { WindowLog } from './window-log.js';

/** p-queue starts the highest first. Who has been called up stands before all who wait. */
export const PRIORITY = { background: 0, interactive: 1, released: 2 } as const;

/** One that waits for its turn, as far as the decision about it goes. */
export interface AdmissionRequest {
  id: string;
  /** Whether its call counts in the window. */
  counted: boolean;
  priority: number;
  /** Epoch milliseconds, by our own clock. */
  deadline: number;
}

/** What one look into the ledger decided. */
export interface AdmissionDecision<C extends AdmissionRequest> {
  admitted: C[];
  rejected: { waiter: C; reason: RejectionReason }[];
  /** When to look again, in milliseconds from now. */
  recheckMs: number;
}

export interface AdmissionContext {
  windowLog: WindowLog;
  /** The ledger's clock, epoch milliseconds, and how far it is ahead of ours. */
  now: number;
  clockSkewMs: number;
  /** Calls this process can start beside those that run. */
  freeSlots: number;
  store: Pick<LimiterStore, 'leaseMs' | 'pollMs'>;
}

/**
 * Goes through the line in order, the most urgent first and else as they came: who starts now, and whose turn
 * will come too late? Those admitted are written into the ledger.
 */
export function decideAdmission<C extends AdmissionRequest>(
  waiters: Iterable<C>,
  context: AdmissionContext,
): AdmissionDecision<C> {
  const { windowLog, now, clockSkewMs, store } = context;
  const forecast = windowLog.forecast();
  const decision: AdmissionDecision<C> = { admitted: [], rejected: [], recheckMs: store.pollMs };
  let freeSlots = Math.min(windowLog.freeSlots, context.freeSlots);
  for (const waiter of [...waiters].sort((a, b) => b.priority - a.priority)) {
    const { id, counted, priority } = waiter;
    const earliestStartAt = counted ? forecast.peek() : Math.max(now, windowLog.pause.until);
    const deadline = waiter.deadline + clockSkewMs;
    if (earliestStartAt >= deadline) {
      decision.rejected.push({ waiter, reason: getRejectionReason(earliestStartAt, context) });
      continue;
    }
    if (counted) forecast.take();
    const canStart = earliestStartAt <= now && freeSlots > 0;
    if (canStart && (priority !== PRIORITY.background || !windowLog.isReserved(counted))) {
      freeSlots -= 1;
      windowLog.start(id, counted, store.leaseMs);
      decision.admitted.push(waiter);
      continue;
    }
    if (priority === PRIORITY.interactive && Number.isFinite(store.pollMs)) {
      windowLog.reserve(earliestStartAt > now ? 'start' : 'place', 3 * store.pollMs);
    }
    const nextChangeAt = Math.min(
      earliestStartAt > now ? earliestStartAt : windowLog.nextLeaseExpiryAt,
      deadline,
    );
    decision.recheckMs = Math.min(decision.recheckMs, Math.max(0, nextChangeAt - now));
  }
  return decision;
}

/** Why a turn at `turnAt` is too late. */
function getRejectionReason(
  earliestStartAt: number,
  { windowLog, now, clockSkewMs }: AdmissionContext,
): RejectionReason {
  if (earliestStartAt <= now)
    return windowLog.freeSlots > 0
      ? { kind: 'deadline' }
      : { kind: 'concurrency', max: windowLog.maxConcurrent };
  const { until, limit } = windowLog.pause;
  if (earliestStartAt <= until) return { kind: 'pause', limit, until: until - clockSkewMs };
  return { kind: 'window', max: windowLog.status().limit ?? 0, nextSlotAt: earliestStartAt - clockSkewMs };
}
