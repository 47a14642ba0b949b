import { SECOND_MS } from '../../../time/durations.js';
import type { RunResponse } from '../../wire.js';
import type { SeriesContext } from './series-chart.js';

/**
 * Returns what a result's request says of its dates and numbers, by the names of Mixpanel's parameters. `zone` is the
 * project's time zone, if it is known.
 */
export function chartContext(
  { result, sent }: RunResponse,
  endedAt: number,
  zone: string | undefined,
): SeriesContext {
  const given = { ...sent?.query, ...sent?.form };
  return {
    type: given.type,
    unit: given.unit,
    from: given.from_date,
    to: given.to_date,
    zone: result.meta.dates?.timezone ?? zone,
    // A result from the cache is as old as it says, give or take a second.
    now: endedAt - Math.max(0, (result.meta.cache?.ageMs ?? 0) - SECOND_MS),
  };
}
