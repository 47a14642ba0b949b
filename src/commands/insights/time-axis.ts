import { isObject } from '../../json/object.js';
import { addDays, isDay, startOfUtcDay, weekdayOf } from '../../time/day.js';
import { addPeriods, type Period, startOfPeriod } from '../../time/period.js';
import { WHOLE_RANGE } from './series.js';

/** First and last day or time of a report, in Mixpanel's format. */
export interface DateRange {
  from_date?: unknown;
  to_date?: unknown;
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const MIDNIGHT = /^\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const DAY_CHARACTERS = 10;

/** Returns whether a key is a time of a time axis. */
export function isTime(key: string): boolean {
  return TIME.test(key);
}

/** Returns whether a key is of the time level: a time, or the key for the whole range. */
export function isTimeLevel(key: string): boolean {
  return key === WHOLE_RANGE || isTime(key);
}

/**
 * Returns the function that formats the times of a report: as the project's days if the unit is a day or longer, to
 * match the dates of other commands, otherwise in full with the offset. The answer does not name its unit: midnights
 * that cover the whole range are days or longer, while midnights with gaps may be hours.
 */
export function dateWriter(
  times: readonly string[],
  { dateRange, computedAt }: { dateRange?: unknown; computedAt?: unknown },
): (time: string) => string {
  const distinct = [...new Set(times)];
  if (!distinct.every((time) => MIDNIGHT.test(time))) return (time) => time;
  const days = [...new Set(distinct.map(dayOf))].sort();
  // In some time zones clocks go back at midnight. One day then has two midnights, so the unit is the hour.
  if (days.length < distinct.length) return (time) => time;
  return coversRange(days, dateRange, computedAt) ? dayOf : (time) => time;
}

/** Compares two times of the axis, for sorting. */
export function compareTimes(one: string, other: string): number {
  const difference = Date.parse(one) - Date.parse(other);
  return Number.isNaN(difference) || difference === 0
    ? Number(one > other) - Number(one < other)
    : difference;
}

export function dayOf(time: string): string {
  return time.slice(0, DAY_CHARACTERS);
}

const UNITS: readonly Period[] = ['day', 'week', 'month', 'quarter', 'year'];

function coversRange(days: readonly string[], dateRange: unknown, computedAt: unknown): boolean {
  const { from_date: from, to_date: to } = isObject(dateRange) ? (dateRange as DateRange) : {};
  if (typeof from !== 'string' || typeof to !== 'string' || !isTime(from) || !isTime(to)) return true;
  const first = dayOf(from);
  const end = dayOf(to);
  const computed = lastComputed(computedAt) ?? end;
  if (![...days, first, end, computed].every(isDay)) return false;
  const isOver = end <= computed;
  const last = isOver ? end : computed;
  return UNITS.some((unit) => stepsThrough(days, unit, first, last));
}

function stepsThrough(days: readonly string[], unit: Period, first: string, last: string): boolean {
  const [begin, ...rest] = days;
  if (begin === undefined || begin > first || addPeriods(unit, begin, 1) <= first) return false;
  let before = begin;
  for (const [index, day] of rest.entries()) {
    const expected = addPeriods(unit, before, 1);
    // The first unit may be cut off by the start of the range.
    const isCutOff = index === 0 && day < expected && beginsUnit(unit, day);
    if (day !== expected && !isCutOff) return false;
    before = day;
  }
  return addPeriods(unit, before, 1) > last;
}

const SUNDAY = 0;
const MONDAY = 1;

function beginsUnit(unit: Period, day: string): boolean {
  if (unit === 'day') return false;
  // The first day of the week is a project setting.
  if (unit === 'week') return [SUNDAY, MONDAY].includes(weekdayOf(startOfUtcDay(day)));
  return startOfPeriod(unit, day) === day;
}

/** Returns the last day an ongoing report can have. A project may be a day behind UTC. */
function lastComputed(computedAt: unknown): string | undefined {
  if (typeof computedAt !== 'string' || !isTime(dayOf(computedAt))) return undefined;
  const day = dayOf(computedAt);
  return isDay(day) ? addDays(day, -1) : day;
}
