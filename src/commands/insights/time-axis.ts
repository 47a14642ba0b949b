import { UTCDate } from '@date-fns/utc';
import {
  addDays,
  addMonths,
  addQuarters,
  addWeeks,
  addYears,
  startOfMonth,
  startOfQuarter,
  startOfYear,
} from 'date-fns';
import { isObject } from '../../json/object.js';
import { WHOLE_RANGE } from './series.js';

/** Days or times from and to which a report goes, as Mixpanel writes them. */
export interface DateRange {
  from_date?: unknown;
  to_date?: unknown;
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const MIDNIGHT = /^\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const DAY_CHARACTERS = 10;

/** Whether a key is one of a time axis. */
export function isTime(key: string): boolean {
  return TIME.test(key);
}

/** Whether a key stands at the level of time: a time, or the word for the whole range. */
export function isTimeLevel(key: string): boolean {
  return key === WHOLE_RANGE || isTime(key);
}

/**
 * Returns how the times of one report are written as dates: as the project's own day when they are days, weeks or
 * longer, so that they join the dates of other commands, and else in full, with their offset.
 *
 * The answer does not name its unit. Midnights that step through the whole range are days or longer; midnights that
 * leave some of it out may be hours, and stay what they are.
 */
export function dateWriter(
  times: readonly string[],
  { dateRange, computedAt }: { dateRange?: unknown; computedAt?: unknown },
): (time: string) => string {
  const distinct = [...new Set(times)];
  if (!distinct.every((time) => MIDNIGHT.test(time))) return (time) => time;
  const days = [...new Set(distinct.map(dayOf))].sort();
  // The clock goes back at midnight in some zones: one day then has two midnights, which are hours.
  if (days.length < distinct.length) return (time) => time;
  return coversRange(days, dateRange, computedAt) ? dayOf : (time) => time;
}

/** The order of two times on the axis. */
export function compareTimes(one: string, other: string): number {
  const difference = Date.parse(one) - Date.parse(other);
  return Number.isNaN(difference) || difference === 0
    ? Number(one > other) - Number(one < other)
    : difference;
}

export function dayOf(time: string): string {
  return time.slice(0, DAY_CHARACTERS);
}

/** A unit of a report: the step to the next key, and whether a key may follow a first step cut off by the range. */
interface Unit {
  next(day: Date): Date;
  begins(day: Date): boolean;
}

const SUNDAY = 0;
const MONDAY = 1;

const UNITS: readonly Unit[] = [
  { next: (day) => addDays(day, 1), begins: () => false },
  // The first day of the week is a setting of the project.
  { next: (day) => addWeeks(day, 1), begins: (day) => [SUNDAY, MONDAY].includes(day.getDay()) },
  { next: (day) => addMonths(day, 1), begins: (day) => +startOfMonth(day) === +day },
  { next: (day) => addQuarters(day, 1), begins: (day) => +startOfQuarter(day) === +day },
  { next: (day) => addYears(day, 1), begins: (day) => +startOfYear(day) === +day },
];

function coversRange(days: readonly string[], dateRange: unknown, computedAt: unknown): boolean {
  const { from_date: from, to_date: to } = isObject(dateRange) ? (dateRange as DateRange) : {};
  if (typeof from !== 'string' || typeof to !== 'string' || !isTime(from) || !isTime(to)) return true;
  const first = dateOf(from);
  const last = Math.min(+dateOf(to), lastComputed(computedAt));
  const keys = days.map(dateOf);
  return UNITS.some((unit) => stepsThrough(keys, unit, +first, last));
}

function stepsThrough(keys: readonly Date[], { next, begins }: Unit, first: number, last: number): boolean {
  const [begin, ...rest] = keys;
  if (begin === undefined || +begin > first || +next(begin) <= first) return false;
  let before = begin;
  for (const [index, key] of rest.entries()) {
    const expected = +next(before);
    const cutOff = index === 0 && +key < expected && begins(key);
    if (+key !== expected && !cutOff) return false;
    before = key;
  }
  return +next(before) > last;
}

/** A report of a range that is not over ends where it was computed; a project may be a day behind UTC. */
function lastComputed(computedAt: unknown): number {
  return typeof computedAt === 'string' && isTime(dayOf(computedAt))
    ? +addDays(dateOf(computedAt), -1)
    : Number.POSITIVE_INFINITY;
}

function dateOf(time: string): Date {
  return new UTCDate(`${dayOf(time)}T00:00:00Z`);
}
