import { randomUUID } from 'node:crypto';
import type { WindowLog } from '../window/window-log.js';

/** Keeps the window log of one project and API family. */
export interface LimiterStore {
  /** How long a slot stays taken after its holder was last heard of; `Infinity` if holders cannot die on their own. */
  readonly leaseMs: number;
  /** How often waiters check whether another process has changed the log; `Infinity` if no other process can. */
  readonly pollMs: number;
  /** Returns an id for a call, unique within the log. */
  nextId(): string;
  /**
   * Runs `change` on the log and saves what it did, atomically. `change` may run more than once, so it must do
   * nothing but read and change the log. `now` is the store's clock in epoch milliseconds. Does not reject when the
   * storage fails: the store then goes on in memory.
   */
  transact<T>(change: (log: WindowLog, now: number) => T): Promise<T>;
  /** Tells other processes that this one has ended. */
  close?(): Promise<void>;
}

/** Returns a function that counts up ids of one owner. */
export function createIdGenerator(ownerId = randomUUID().slice(0, 8)): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${ownerId}-${count}`;
  };
}
