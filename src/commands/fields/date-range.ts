import type { CommandContext, FieldProblem } from '../../command/definition.js';
import { addDays, toUtcDay } from '../../time/day.js';
import { HOUR_MS, HOUR_SECONDS } from '../../time/durations.js';

// Dates are in the project's time zone, which is unknown here. No time zone is further ahead than UTC+14.
const MAX_UTC_OFFSET_MS = 14 * HOUR_MS;

/** Yields problems of a date range that Mixpanel would reject, before they cost a query. */
export function* checkDateRange(
  input: { fromDate: string; toDate: string },
  { now }: CommandContext,
): Iterable<FieldProblem> {
  const { fromDate, toDate } = input;
  if (fromDate > toDate) {
    yield { field: 'fromDate', message: `must not be after To Date (${toDate}).`, received: fromDate };
  }
  const latestPossibleDay = toUtcDay(now + MAX_UTC_OFFSET_MS);
  if (toDate > latestPossibleDay) {
    yield {
      field: 'toDate',
      message: `is in the future. The latest day is ${toUtcDay(now)}.`,
      received: toDate,
    };
  }
}

const PAST_RANGE_FRESH_SECONDS = 6 * HOUR_SECONDS;
const CURRENT_RANGE_FRESH_SECONDS = 300;

/**
 * Returns how long a result for a date range stays fresh, in seconds. A range that ended before yesterday barely
 * changes (late events arrive for up to five days); a range that includes today changes all the time.
 */
export function dateRangeFreshSeconds({ toDate }: { toDate: string }, { now }: CommandContext): number {
  return toDate < addDays(toUtcDay(now), -1) ? PAST_RANGE_FRESH_SECONDS : CURRENT_RANGE_FRESH_SECONDS;
}
