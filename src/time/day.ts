import { UTCDateMini } from '@date-fns/utc/date/mini';
import { DAY_MS } from './durations.js';
import { formatUtc } from './utc.js';

// A day is text, such as 2026-11-24. It belongs to no time zone, and days compare as their texts do. Each query reads
// and counts a dozen of them, so this is arithmetic on UTC's `Date`, in which every day has 24 hours: a cached result
// comes a quarter faster than with date-fns.

const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;
const DAY_CHARACTERS = 'yyyy-mm-dd'.length;
const YEAR_0_MS = Date.UTC(-1, 12);
const YEAR_10000_MS = Date.UTC(10_000, 0);

/** Returns whether a text is a day of the calendar as `yyyy-mm-dd`. 30 February is not one. */
export function isDay(text: string): boolean {
  if (!DAY_TEXT.test(text)) return false;
  // `Date` takes 30 February for 2 March.
  const at = Date.parse(text);
  return !Number.isNaN(at) && toUtcDay(at) === text;
}

/** Returns a day as a date that date-fns reads in UTC, whatever the machine's time zone is. */
export function toUtcDate(day: string): Date {
  return new UTCDateMini(day);
}

/** Returns the day of the week of an epoch time in UTC: 0 for Sunday to 6. */
export function weekdayOf(at: number): number {
  return new Date(at).getUTCDay();
}

/** Returns the epoch time in milliseconds at which a day begins in UTC. */
export function startOfUtcDay(day: string): number {
  return Date.parse(day);
}

/** Returns the day of an epoch time in milliseconds, or of a date, in UTC. */
export function toUtcDay(at: number | Date): string {
  const ms = Number(at);
  // Beyond these years ISO 8601 has a sign and more digits.
  return ms >= YEAR_0_MS && ms < YEAR_10000_MS
    ? new Date(ms).toISOString().slice(0, DAY_CHARACTERS)
    : formatUtc(ms, 'yyyy-MM-dd');
}

/** Returns the day `days` later, or earlier if negative. */
export function addDays(day: string, days: number): string {
  return toUtcDay(startOfUtcDay(day) + days * DAY_MS);
}

/** Returns how many days after `from` the day `to` is: 1 if it is the next day, negative if it is earlier. */
export function daysBetween(from: string, to: string): number {
  return (startOfUtcDay(to) - startOfUtcDay(from)) / DAY_MS;
}
