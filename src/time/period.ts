import { add } from 'date-fns/add';
import { startOfMonth } from 'date-fns/startOfMonth';
import { startOfQuarter } from 'date-fns/startOfQuarter';
import { startOfWeek } from 'date-fns/startOfWeek';
import { startOfYear } from 'date-fns/startOfYear';
import { addDays, toUtcDate, toUtcDay } from './day.js';

export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** The day a week begins on: 0 is Sunday, 1 is Monday. */
export type WeekStart = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Mixpanel's reports and ISO 8601 begin weeks on Monday. */
const MONDAY: WeekStart = 1;

/** Returns the first day of the day, week, month, quarter or year that contains a day. */
export function startOfPeriod(period: Period, day: string, weekStartsOn: WeekStart = MONDAY): string {
  const date = toUtcDate(day);
  switch (period) {
    case 'day':
      return day;
    case 'week':
      return toUtcDay(startOfWeek(date, { weekStartsOn }));
    case 'month':
      return toUtcDay(startOfMonth(date));
    case 'quarter':
      return toUtcDay(startOfQuarter(date));
    case 'year':
      return toUtcDay(startOfYear(date));
  }
}

/** Returns the last day of the day, week, month, quarter or year that contains a day. */
export function endOfPeriod(period: Period, day: string, weekStartsOn: WeekStart = MONDAY): string {
  return addDays(addPeriods(period, startOfPeriod(period, day, weekStartsOn), 1), -1);
}

/**
 * Returns the day `count` periods later, or earlier if negative. A day that the month does not have becomes its last:
 * one month after 31 January is 28 February.
 */
export function addPeriods(period: Period, day: string, count: number): string {
  if (period === 'day') return addDays(day, count);
  const duration =
    period === 'week'
      ? { weeks: count }
      : period === 'month'
        ? { months: count }
        : period === 'quarter'
          ? { months: 3 * count }
          : { years: count };
  return toUtcDay(add(toUtcDate(day), duration));
}

/** Returns the first day of each period from the one that contains `from` to the one that contains `to`. */
export function listPeriods(
  period: Period,
  { from, to }: { from: string; to: string },
  weekStartsOn: WeekStart = MONDAY,
): string[] {
  const starts: string[] = [];
  for (
    let start = startOfPeriod(period, from, weekStartsOn);
    start <= to;
    start = addPeriods(period, start, 1)
  ) {
    starts.push(start);
  }
  return starts;
}
