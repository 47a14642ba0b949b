import { addDays, DAY_MS, type Zone } from '../time/zone.js';

export const UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Unit = (typeof UNITS)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The name of the unit of time a moment falls in. Days, weeks and months by the date on which they begin, weeks on a
 * Monday; how hours and minutes are named is not documented, `2026-11-24 21:00:00` is a guess.
 */
export function createBucketing(unit: Unit, zone: Zone): (at: number) => string {
  if (unit === 'minute' || unit === 'hour') {
    const length = unit === 'hour' ? HOUR_MS : MINUTE_MS;
    return (at) => {
      const local = at + zone.offset(at);
      return momentText(local - modulo(local, length));
    };
  }
  const names = new Map<string, string>();
  // Days are cheap to recognise by number; making a date of each event's time is not.
  const dates = new Map<number, string>();
  return (at) => {
    const local = at + zone.offset(at);
    const number = Math.floor(local / (24 * HOUR_MS));
    let name = dates.get(number);
    if (name === undefined) {
      const date = new Date(local).toISOString().slice(0, 10);
      name = names.get(date) ?? startOf(unit, date);
      names.set(date, name);
      dates.set(number, name);
    }
    return name;
  };
}

/** The day on which the day, week or month begins that has this day in it. */
export function startOf(unit: 'day' | 'week' | 'month', day: string): string {
  if (unit === 'day') return day;
  if (unit === 'month') return `${day.slice(0, 7)}-01`;
  const sinceMonday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -sinceMonday);
}

/** Every unit of time from the first to the last, in order. */
export function namesBetween(
  unit: Unit,
  { first, last }: { first: string; last: string },
  zone: Zone,
  now: number,
): string[] {
  if (unit === 'minute' || unit === 'hour') {
    const length = unit === 'hour' ? HOUR_MS : MINUTE_MS;
    const bucket = createBucketing(unit, zone);
    const end = Math.min(zone.startOf(addDays(last, 1)), now + 1);
    const names: string[] = [];
    // A clock put back names an hour twice: it is one bucket.
    for (let at = zone.startOf(first); at < end; at += length)
      if (bucket(at) !== names.at(-1)) names.push(bucket(at));
    return names;
  }
  const names: string[] = [];
  for (let day = startOf(unit, first); day <= last; day = following(unit, day)) names.push(day);
  return names;
}

/** Dates by which reports are cut, and the one a moment belongs to. */
export interface DateBuckets {
  dates: string[];
  dateOf(at: number): string;
}

/** By day, week or month; or by so many days, counted from the first and named by their own first. */
export function createDateBuckets(
  given: { first: string; last: string },
  cut: 'day' | 'week' | 'month' | number,
  zone: Zone,
  now: number,
): DateBuckets {
  if (typeof cut === 'string') {
    return { dates: namesBetween(cut, given, zone, now), dateOf: createBucketing(cut, zone) };
  }
  const dates = namesBetween('day', given, zone, now).filter((_, index) => index % cut === 0);
  const beginsAt = Date.parse(given.first);
  const dayOf = createBucketing('day', zone);
  return {
    dates,
    dateOf(at) {
      const day = dayOf(at);
      return addDays(day, -modulo((Date.parse(day) - beginsAt) / DAY_MS, cut));
    },
  };
}

/** The beginning of the next day, week or month. */
export function following(unit: 'day' | 'week' | 'month', start: string): string {
  if (unit !== 'month') return addDays(start, unit === 'week' ? 7 : 1);
  return startOf('month', addDays(start, 31));
}

/** The first day of the last so many units; 1 is the current one. */
export function daysBack(unit: Unit, interval: number, now: number, zone: Zone): string {
  const today = zone.dayOf(now);
  if (unit === 'hour') return zone.dayOf(now - (interval - 1) * HOUR_MS);
  if (unit === 'minute') return zone.dayOf(now - (interval - 1) * MINUTE_MS);
  if (unit === 'month') {
    let start = startOf('month', today);
    for (let count = 1; count < interval; count += 1) start = startOf('month', addDays(start, -1));
    return start;
  }
  return unit === 'week'
    ? addDays(startOf('week', today), -7 * (interval - 1))
    : addDays(today, 1 - interval);
}

/** What is left over, from 0 up; of negative numbers too. */
function modulo(number: number, length: number): number {
  return ((number % length) + length) % length;
}

function momentText(local: number): string {
  return new Date(local).toISOString().slice(0, 19).replace('T', ' ');
}
