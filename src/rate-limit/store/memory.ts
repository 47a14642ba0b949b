import type { FamilyLimits } from '../window/limits.js';
import { createWindowLogState, type WindowLogState } from '../window/state.js';
import { WindowLog } from '../window/window-log.js';
import { createIdGenerator, type LimiterStore } from './store.js';

export interface MemoryStoreOptions {
  limits: FamilyLimits;
  state?: WindowLogState;
  /** Called after each change; the change counts as saved when the returned promise resolves. */
  save?: (state: WindowLogState) => Promise<void> | undefined;
}

/** Creates a store in the memory of this process. */
export function createMemoryStore(options: MemoryStoreOptions): LimiterStore {
  const { limits, state = createWindowLogState(), save } = options;
  return {
    leaseMs: Number.POSITIVE_INFINITY,
    pollMs: Number.POSITIVE_INFINITY,
    nextId: createIdGenerator(),
    async transact(change) {
      const now = Date.now();
      const result = change(new WindowLog(state, limits, now), now);
      await save?.(state);
      return result;
    },
  };
}
