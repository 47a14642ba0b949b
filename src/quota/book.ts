import { emptyLedger, Ledger } from './ledger.js';
import type { FamilyLimits } from './limits.js';

/** Where the ledger of one project and family is kept. */
export interface Book {
  /** How long a place stays taken when its holder says nothing more; `Infinity` where holders cannot die alone. */
  readonly leaseMs: number;
  /** How often waiters look at the book because somebody else may have changed it; `Infinity` for never. */
  readonly pollMs: number;
  /**
   * Shows the ledger to `change` and keeps what it made of it, as if nobody else existed. `change` may be called
   * more than once, so it must do nothing but read and change the ledger. `now` is the book's clock.
   */
  transact<T>(change: (ledger: Ledger, now: number) => T): Promise<T>;
}

/** A book in this process' memory. */
export function createMemoryBook(limits: FamilyLimits, state = emptyLedger()): Book {
  return {
    leaseMs: Number.POSITIVE_INFINITY,
    pollMs: Number.POSITIVE_INFINITY,
    async transact(change) {
      const now = Date.now();
      return change(new Ledger(state, limits, now), now);
    },
  };
}
