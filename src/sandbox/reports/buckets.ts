import { addDays, daysBetween } from '../../time/day.js';
import { HOUR_MS, MINUTE_MS } from '../../time/durations.js';
import { addPeriods, listPeriods, startOfPeriod } from '../../time/period.js';
import { formatUtc } from '../../time/utc.js';
import type { Zone } from '../../time/zone.js';
import type { Calendar } from '../time/calendar.js';

export const UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Unit = (typeof UNITS)[number];

/** A range of days that contains both its ends. */
export interface DateRange {
  first: string;
  last: string;
}

/**
 * Returns a function that names the bucket of a time. Days, weeks and months are named by their first day; weeks begin
 * as the project has it. How Mixpanel names hours and minutes is not documented: `2026-11-24 21:00:00` is a guess.
 */
export function createBucketNamer(unit: Unit, zone: Calendar): (at: number) => string {
  if (unit === 'minute' || unit === 'hour') {
    const length = unit === 'hour' ? HOUR_MS : MINUTE_MS;
    return (at) => {
      const local = zone.toLocal(at);
      return formatUtc(local - modulo(local, length), 'yyyy-MM-dd HH:mm:ss');
    };
  }
  const names = new Map<string, string>();
  return (at) => {
    const day = zone.dayOf(at);
    let name = names.get(day);
    if (name === undefined) {
      name = startOfPeriod(unit, day, zone.weekStartsOn);
      names.set(day, name);
    }
    return name;
  };
}

/** Returns the names of all buckets from the first day to the last, in order. */
export function listBuckets(unit: Unit, { first, last }: DateRange, zone: Calendar, now: number): string[] {
  if (unit !== 'minute' && unit !== 'hour')
    return listPeriods(unit, { from: first, to: last }, zone.weekStartsOn);
  const length = unit === 'hour' ? HOUR_MS : MINUTE_MS;
  const bucket = createBucketNamer(unit, zone);
  const end = Math.min(zone.startOfDay(addDays(last, 1)), now + 1);
  const names: string[] = [];
  for (let at = zone.startOfDay(first); at < end; at += length) {
    const name = bucket(at);
    // A clock put back shows an hour twice: it is one bucket.
    if (name !== names.at(-1)) names.push(name);
  }
  return names;
}

/** The days by which a report is cut, and the one that a time belongs to. */
export interface DateBuckets {
  dates: string[];
  dateOf(at: number): string;
}

/**
 * Returns buckets of a day, week or month each, or of `bucketSize` days each, which are counted from the first day and
 * named by their own first day.
 */
export function createDateBuckets(
  dateRange: DateRange,
  bucketSize: 'day' | 'week' | 'month' | number,
  zone: Calendar,
  now: number,
): DateBuckets {
  if (typeof bucketSize === 'string') {
    return {
      dates: listBuckets(bucketSize, dateRange, zone, now),
      dateOf: createBucketNamer(bucketSize, zone),
    };
  }
  const names = new Map<string, string>();
  return {
    dates: listBuckets('day', dateRange, zone, now).filter((_, index) => index % bucketSize === 0),
    dateOf(at) {
      const day = zone.dayOf(at);
      let name = names.get(day);
      if (name === undefined) {
        name = addDays(day, -modulo(daysBetween(dateRange.first, day), bucketSize));
        names.set(day, name);
      }
      return name;
    },
  };
}

/** Returns the first day of the last `interval` units; of 1, the current one. */
export function startOfLastUnits(unit: Unit, interval: number, now: number, zone: Calendar): string {
  if (unit === 'hour') return zone.dayOf(now - (interval - 1) * HOUR_MS);
  if (unit === 'minute') return zone.dayOf(now - (interval - 1) * MINUTE_MS);
  return addPeriods(unit, startOfPeriod(unit, zone.dayOf(now), zone.weekStartsOn), 1 - interval);
}

/** Returns the beginning of the local hour a moment lies in; the hour that a clock put back repeats has two. */
export function startOfHour(at: number, zone: Zone): number {
  return at - modulo(zone.toLocal(at), HOUR_MS);
}

/** Returns the remainder from 0 up, of negative numbers too. */
function modulo(number: number, length: number): number {
  return ((number % length) + length) % length;
}
