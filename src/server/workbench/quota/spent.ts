import type { RunAnswer } from '../../workbench-api/wire.js';
import { headerOf } from '../results/header-of.js';

/** One run and what it cost. */
export interface Spent {
  id: number;
  label: string;
  cost: number;
  /** Where the answer came from. */
  how: string;
}

const SHOWN_RUNS = 8;

export function withRun(spent: readonly Spent[], label: string, { result, cost }: RunAnswer): Spent[] {
  const how = result.isExecutionSuccess ? cacheWords(headerOf(result, 'x-cache')) : 'failed';
  return [{ id: (spent[0]?.id ?? 0) + 1, label, cost, how }, ...spent].slice(0, SHOWN_RUNS);
}

/** A cache state in a word or two. */
export function cacheWords(state: string): string {
  switch (state) {
    case 'HIT':
      return 'from cache';
    case 'SHARED':
      return 'shared';
    case 'STALE':
      return 'stale';
    default:
      return 'from Mixpanel';
  }
}
