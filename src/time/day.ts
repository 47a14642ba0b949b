import { UTCDateMini } from '@date-fns/utc/date/mini';
import { utc } from '@date-fns/utc/utc';
import { addDays as addDaysToDate } from 'date-fns/addDays';
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';
import { getDay } from 'date-fns/getDay';
import { isValid } from 'date-fns/isValid';
import { parseISO } from 'date-fns/parseISO';
import { formatUtc } from './utc.js';

// A day is text, such as 2026-11-24. It belongs to no time zone, and days compare as their texts do.

const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;

/** Returns whether a text is a day of the calendar as `yyyy-mm-dd`. 30 February is not one. */
export function isDay(text: string): boolean {
  return DAY_TEXT.test(text) && isValid(parseISO(text, { in: utc }));
}

/** Returns a day as a date that date-fns reads in UTC, whatever the machine's time zone is. */
export function toUtcDate(day: string): Date {
  return new UTCDateMini(day);
}

/** Returns the day of the week of an epoch time in UTC: 0 for Sunday to 6. */
export function weekdayOf(at: number): number {
  return getDay(new UTCDateMini(at));
}

/** Returns the epoch time in milliseconds at which a day begins in UTC. */
export function startOfUtcDay(day: string): number {
  return Date.parse(day);
}

/** Returns the day of an epoch time in milliseconds, or of a date, in UTC. */
export function toUtcDay(at: number | Date): string {
  return formatUtc(at, 'yyyy-MM-dd');
}

/** Returns the day `days` later, or earlier if negative. */
export function addDays(day: string, days: number): string {
  return toUtcDay(addDaysToDate(toUtcDate(day), days));
}

/** Returns how many days after `from` the day `to` is: 1 if it is the next day, negative if it is earlier. */
export function daysBetween(from: string, to: string): number {
  return differenceInCalendarDays(toUtcDate(to), toUtcDate(from));
}
