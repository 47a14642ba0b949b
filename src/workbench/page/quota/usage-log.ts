import type { RunAnswer } from '../../wire.js';

/** One run and what it cost. */
export interface Spent {
  id: number;
  label: string;
  cost: number;
  /** Where the answer came from. */
  how: string;
}

const SHOWN_RUNS = 8;

const LOOKUP_NAMES: Record<string, string> = {
  events: 'Look-up of events',
  properties: 'Look-up of properties',
  propertyValues: 'Look-up of property values',
  cohorts: 'Look-up of cohorts',
};

export function withLookup(spent: readonly Spent[], lookup: string, cost: number): readonly Spent[] {
  const label = LOOKUP_NAMES[lookup] ?? 'Look-up';
  return cost === 0 ? spent : prepend(spent, { label, cost, how: 'from Mixpanel' });
}

export function withRun(spent: readonly Spent[], label: string, { result }: RunAnswer): Spent[] {
  const { cache, cost, quota } = result.meta;
  const from = result.ok ? cacheWords(cache?.state) : 'failed';
  const how = quota?.family === 'export' ? `${from}, of the export quota` : from;
  return prepend(spent, { label, cost, how });
}

function prepend(spent: readonly Spent[], latest: Omit<Spent, 'id'>): Spent[] {
  return [{ id: (spent[0]?.id ?? 0) + 1, ...latest }, ...spent].slice(0, SHOWN_RUNS);
}

/** A cache state in a word or two. */
export function cacheWords(state: string | undefined): string {
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
