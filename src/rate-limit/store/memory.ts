import { randomUUID } from 'node:crypto';
import type { FamilyLimits } from '../limits.js';
import { createWindowLogState, WindowLog, type WindowLogState } from '../window-log.js';

/** Where the ledger of one project and family is kept. */
export interface LimiterStore {
  /** How long a place stays taken when its holder says nothing more; `Infinity` where holders cannot die alone. */
  readonly leaseMs: number;
  /** How often those that wait look whether somebody else has changed the book; `Infinity` where nobody can. */
  readonly pollMs: number;
  /** A name for a call, unlike any other in the book. */
  nextId(): string;
  /**
   * Shows the ledger to `change` and keeps what it made of it, as if nobody else existed. `change` may be called
   * more than once, so it must do nothing but read and change the ledger. `now` is the book's clock, epoch ms.
   */
  transact<T>(change: (ledger: WindowLog, now: number) => T): Promise<T>;
}

export interface MemoryStoreOptions {
  limits: FamilyLimits;
  state?: WindowLogState;
  /** The part of the limits to use, between 0 and 1. */
  share?: number;
  onChange?: (state: WindowLogState) => void;
}

/** A book in this process' memory. */
export function createMemoryStore(options: MemoryStoreOptions): LimiterStore {
  const { limits, state = createWindowLogState(), share, onChange } = options;
  return {
    leaseMs: Number.POSITIVE_INFINITY,
    pollMs: Number.POSITIVE_INFINITY,
    nextId: createIdGenerator(),
    async transact(change) {
      const now = Date.now();
      const result = change(new WindowLog(state, limits, now, share), now);
      onChange?.(state);
      return result;
    },
  };
}

/** Names that begin with the same holder's name and count up. */
export function createIdGenerator(ownerId = randomUUID().slice(0, 8)): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${ownerId}-${count}`;
  };
}
