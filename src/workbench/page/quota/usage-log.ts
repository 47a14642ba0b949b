import { LOOKUP_INFO, type Lookup } from '../../../command/lookup.js';
import type { RunResponse } from '../../wire.js';

/** One run and what it cost. */
export interface QuotaUsage {
  id: number;
  label: string;
  cost: number;
  /** Where the result came from. */
  source: string;
}

const MAX_ENTRIES = 8;

export function addLookup(usage: readonly QuotaUsage[], lookup: Lookup, cost: number): readonly QuotaUsage[] {
  const label = `Look-up of ${LOOKUP_INFO[lookup].noun}`;
  return cost === 0 ? usage : prepend(usage, { label, cost, source: 'from Mixpanel' });
}

export function addRun(usage: readonly QuotaUsage[], label: string, { result }: RunResponse): QuotaUsage[] {
  const { cache, cost, quota } = result.meta;
  const from = result.ok ? cacheLabel(cache?.state) : 'failed';
  const source = quota?.family === 'export' ? `${from}, export quota` : from;
  return prepend(usage, { label, cost, source: source });
}

function prepend(usage: readonly QuotaUsage[], latest: Omit<QuotaUsage, 'id'>): QuotaUsage[] {
  return [{ id: (usage[0]?.id ?? 0) + 1, ...latest }, ...usage].slice(0, MAX_ENTRIES);
}

/** Returns a short label for a cache state. */
export function cacheLabel(state: string | undefined): string {
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
