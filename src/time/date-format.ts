import { utc as inUtc } from '@date-fns/utc/utc';
import { format as formatDate } from 'date-fns/format';
import { isValid } from 'date-fns/isValid';
import { parse } from 'date-fns/parse';
import { type EventTime, type EventTimeOptions, toMoment } from './event-time.js';

// Apart from `event-time.ts`, since reading any format takes 70 modules of date-fns that few callers need.

/** Tokens of a date-fns format that name a zone. */
const ZONE_TOKEN = /[Xxzt]/i;

/** Returns a reader of times in a date-fns format, such as `MM/dd/yyyy H:mm`, for `readEventTime`. */
export function createFormattedReader(dateFormat: string): NonNullable<EventTimeOptions['readFormatted']> {
  return (text, timezone) => readFormatted(text, dateFormat, timezone);
}

function readFormatted(text: string, dateFormat: string, timezone = 'UTC'): EventTime | undefined {
  const date = parse(text, dateFormat, new Date(0), { in: inUtc });
  if (!isValid(date)) return undefined;
  const zoneAssumed = !ZONE_TOKEN.test(withoutLiterals(dateFormat));
  return { ms: zoneAssumed ? toMoment(date.getTime(), timezone) : date.getTime(), zoneAssumed };
}

function withoutLiterals(dateFormat: string): string {
  return dateFormat.replaceAll(/'[^']*'/g, '');
}

/** Returns why a date format cannot be used, in a sentence; nothing if it can. */
export function describeDateFormatProblem(dateFormat: string): string | undefined {
  const hint =
    'Use the letters of date-fns, such as "MM/dd/yyyy H:mm" or "dd.MM.yyyy HH:mm:ss" (MM is the month, mm the minute).';
  const tokens = withoutLiterals(dateFormat);
  const unknown = `The date format ${JSON.stringify(dateFormat)} has letters that mean something else here. ${hint}`;
  // What other programs write as YYYY and DD is yyyy and dd here; date-fns would also print a warning.
  if (/[YD]/.test(tokens)) return unknown;
  try {
    formatDate(new Date(0), dateFormat);
  } catch {
    return unknown;
  }
  if (/[Pt]/i.test(tokens) || (/[yu]/.test(tokens) && /[ML]/.test(tokens) && /d/.test(tokens))) {
    return undefined;
  }
  return `The date format ${JSON.stringify(dateFormat)} does not name year, month and day. ${hint}`;
}
