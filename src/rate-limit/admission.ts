import type { Obstacle } from './errors.js';
import type { Book } from './store/memory.js';
import type { Ledger } from './window-log.js';

/** p-queue starts the highest first. Who has been called up stands before all who wait. */
export const PRIORITY = { background: 0, interactive: 1, calledUp: 2 } as const;

/** One that waits for its turn, as far as the decision about it goes. */
export interface Candidate {
  id: string;
  /** Whether its call counts in the window. */
  counted: boolean;
  priority: number;
  /** Epoch milliseconds, by our own clock. */
  deadline: number;
}

/** What one look into the ledger decided. */
export interface Round<C extends Candidate> {
  admitted: C[];
  late: { waiter: C; obstacle: Obstacle }[];
  /** When to look again, in milliseconds from now. */
  againMs: number;
}

export interface Terms {
  ledger: Ledger;
  /** The ledger's clock, epoch milliseconds, and how far it is ahead of ours. */
  now: number;
  skew: number;
  /** Calls this process can start beside those that run. */
  places: number;
  book: Pick<Book, 'leaseMs' | 'pollMs'>;
}

/**
 * Goes through the line in order, the most urgent first and else as they came: who starts now, and whose turn
 * will come too late? Those admitted are written into the ledger.
 */
export function decide<C extends Candidate>(line: Iterable<C>, terms: Terms): Round<C> {
  const { ledger, now, skew, book } = terms;
  const upcoming = ledger.upcoming();
  const round: Round<C> = { admitted: [], late: [], againMs: book.pollMs };
  let places = Math.min(ledger.places, terms.places);
  for (const waiter of [...line].sort((a, b) => b.priority - a.priority)) {
    const { id, counted, priority } = waiter;
    const turnAt = counted ? upcoming.peek() : Math.max(now, ledger.pause.until);
    const deadline = waiter.deadline + skew;
    if (turnAt >= deadline) {
      round.late.push({ waiter, obstacle: obstacleOf(turnAt, terms) });
      continue;
    }
    if (counted) upcoming.take();
    const isOpen = turnAt <= now && places > 0;
    if (isOpen && (priority !== PRIORITY.background || !ledger.isWanted(counted))) {
      places -= 1;
      ledger.start(id, counted, book.leaseMs);
      round.admitted.push(waiter);
      continue;
    }
    if (priority === PRIORITY.interactive && Number.isFinite(book.pollMs)) {
      ledger.want(turnAt > now ? 'start' : 'place', 3 * book.pollMs);
    }
    const nextChangeAt = Math.min(turnAt > now ? turnAt : ledger.firstLeaseEndsAt, deadline);
    round.againMs = Math.min(round.againMs, Math.max(0, nextChangeAt - now));
  }
  return round;
}

/** Why a turn at `turnAt` is too late. */
function obstacleOf(turnAt: number, { ledger, now, skew }: Terms): Obstacle {
  if (turnAt <= now) return ledger.places > 0 ? { what: 'time' } : { what: 'places', of: ledger.concurrent };
  const { until, limit } = ledger.pause;
  if (turnAt <= until) return { what: 'pause', limit, until: until - skew };
  return { what: 'window', of: ledger.status().limit ?? 0, nextSlotAt: turnAt - skew };
}
