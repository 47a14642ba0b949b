import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time/durations.js';
import { addDays, type Zone } from '../time/zone.js';

export const UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Unit = (typeof UNITS)[number];

/** Days, both included. */
export interface DateRange {
  first: string;
  last: string;
}

/**
 * The name of the unit of time a moment falls in. Days, weeks and months by the date on which they begin, weeks on a
 * Monday; how hours and minutes are named is not documented, `2026-11-24 21:00:00` is a guess.
 */
export function createBucketNamer(unit: Unit, zone: Zone): (at: number) => string {
  if (unit === 'minute' || unit === 'hour') {
    const length = unit === 'hour' ? HOUR_MS : MINUTE_MS;
    return (at) => {
      const local = at + zone.offset(at);
      return formatLocalTime(local - modulo(local, length));
    };
  }
  const names = new Map<string, string>();
  // Days are cheap to recognise by number; making a date of each event's time is not.
  const dates = new Map<number, string>();
  return (at) => {
    const local = at + zone.offset(at);
    const number = Math.floor(local / DAY_MS);
    let name = dates.get(number);
    if (name === undefined) {
      const date = new Date(local).toISOString().slice(0, 10);
      name = names.get(date) ?? startOfUnit(unit, date);
      names.set(date, name);
      dates.set(number, name);
    }
    return name;
  };
}

/** The day on which the day, week or month begins that has this day in it. */
export function startOfUnit(unit: 'day' | 'week' | 'month', day: string): string {
  if (unit === 'day') return day;
  if (unit === 'month') return `${day.slice(0, 7)}-01`;
  const sinceMonday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -sinceMonday);
}

/** Every unit of time from the first to the last, in order. */
export function listBuckets(unit: Unit, { first, last }: DateRange, zone: Zone, now: number): string[] {
  if (unit === 'minute' || unit === 'hour') {
    const length = unit === 'hour' ? HOUR_MS : MINUTE_MS;
    const bucket = createBucketNamer(unit, zone);
    const end = Math.min(zone.startOfDay(addDays(last, 1)), now + 1);
    const names: string[] = [];
    // A clock put back names an hour twice: it is one bucket.
    for (let at = zone.startOfDay(first); at < end; at += length)
      if (bucket(at) !== names.at(-1)) names.push(bucket(at));
    return names;
  }
  const names: string[] = [];
  for (let day = startOfUnit(unit, first); day <= last; day = startOfNextUnit(unit, day)) names.push(day);
  return names;
}

/** Dates by which reports are cut, and the one a moment belongs to. */
export interface DateBuckets {
  dates: string[];
  dateOf(at: number): string;
}

/** By day, week or month; or by so many days, counted from the first and named by their own first. */
export function createDateBuckets(
  dateRange: DateRange,
  bucketSize: 'day' | 'week' | 'month' | number,
  zone: Zone,
  now: number,
): DateBuckets {
  if (typeof bucketSize === 'string') {
    return {
      dates: listBuckets(bucketSize, dateRange, zone, now),
      dateOf: createBucketNamer(bucketSize, zone),
    };
  }
  const dates = listBuckets('day', dateRange, zone, now).filter((_, index) => index % bucketSize === 0);
  const startsAt = Date.parse(dateRange.first);
  const dayOf = createBucketNamer('day', zone);
  return {
    dates,
    dateOf(at) {
      const day = dayOf(at);
      return addDays(day, -modulo((Date.parse(day) - startsAt) / DAY_MS, bucketSize));
    },
  };
}

/** The beginning of the next day, week or month. */
export function startOfNextUnit(unit: 'day' | 'week' | 'month', start: string): string {
  if (unit !== 'month') return addDays(start, unit === 'week' ? 7 : 1);
  return startOfUnit('month', addDays(start, 31));
}

/** The first day of the last so many units; 1 is the current one. */
export function startOfLastUnits(unit: Unit, interval: number, now: number, zone: Zone): string {
  const today = zone.dayOf(now);
  if (unit === 'hour') return zone.dayOf(now - (interval - 1) * HOUR_MS);
  if (unit === 'minute') return zone.dayOf(now - (interval - 1) * MINUTE_MS);
  if (unit === 'month') {
    let start = startOfUnit('month', today);
    for (let count = 1; count < interval; count += 1) start = startOfUnit('month', addDays(start, -1));
    return start;
  }
  return unit === 'week'
    ? addDays(startOfUnit('week', today), -7 * (interval - 1))
    : addDays(today, 1 - interval);
}

/** Returns the beginning of the local hour a moment lies in; the hour that a clock put back repeats has two. */
export function startOfHour(at: number, zone: Zone): number {
  return at - modulo(at + zone.offset(at), HOUR_MS);
}

/** What is left over, from 0 up; of negative numbers too. */
function modulo(number: number, length: number): number {
  return ((number % length) + length) % length;
}

function formatLocalTime(local: number): string {
  return new Date(local).toISOString().slice(0, 19).replace('T', ' ');
}
