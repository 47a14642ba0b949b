import { addDays } from '../../../time/day.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../time/durations.js';
import { addPeriods } from '../../../time/period.js';

/** The length of one step of a chart's time axis. */
export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** What is known of the dates of a result. Days are `yyyy-mm-dd`. */
export interface DateContext {
  unit?: string;
  from?: string;
  to?: string;
  /** When the result was computed, in epoch milliseconds. */
  now: number;
  /** Time zone of the dates. Defaults to UTC. */
  zone?: string;
}

const UNITS: readonly string[] = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] satisfies Unit[];
const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;
const DAY_CHARACTERS = 10;
const TIME_CHARACTERS = 19;

/** Returns the unit of sorted dates: the one that was asked for, or the one their distances fit. */
export function unitOf(dates: readonly string[], asked?: string): Unit {
  if (asked !== undefined && UNITS.includes(asked)) return asked as Unit;
  const times = dates.map(toTime);
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const smallest = Math.min(...gaps);
  const days = smallest / DAY_MS;
  if (gaps.length === 0 || Number.isNaN(smallest)) return 'day';
  if (smallest < HOUR_MS) return 'minute';
  if (days < 1) return 'hour';
  const startOfMonth = dates.every((date) => date.slice(8, DAY_CHARACTERS) === '01');
  if (startOfMonth && days >= 365) return 'year';
  if (startOfMonth && days >= 90) return 'quarter';
  if (startOfMonth && days >= 28) return 'month';
  return days >= 7 && gaps.every((gap) => gap % (7 * DAY_MS) === 0) ? 'week' : 'day';
}

/**
 * Returns for each period why its value is not that of a whole one: `so far`, because it is not over, or the days to
 * which the range of the query cuts it.
 */
export function partialPeriods(
  dates: readonly string[],
  unit: Unit,
  { from, to, now, zone = 'UTC' }: DateContext,
): (string | undefined)[] {
  const localNow = localTime(now, zone);
  return dates.map((date) => {
    const [start, end] = [toLocalText(date), endOf(date, unit)];
    if (start <= localNow && end > localNow) return 'so far';
    if (unit === 'minute' || unit === 'hour') return undefined;
    const cuts = [
      isDay(from) && start.slice(0, DAY_CHARACTERS) < from && `from ${formatDay(from)}`,
      isDay(to) && addDays(end.slice(0, DAY_CHARACTERS), -1) > to && `to ${formatDay(to)}`,
    ].filter(Boolean);
    return cuts.length > 0 ? `only ${cuts.join(' ')}` : undefined;
  });
}

function isDay(text: string | undefined): text is string {
  return text !== undefined && DAY_TEXT.test(text);
}

/** Returns when a period ends, as a local time. */
function endOf(date: string, unit: Unit): string {
  const text = toLocalText(date);
  if (unit === 'minute' || unit === 'hour') {
    const end = toTime(date) + (unit === 'minute' ? MINUTE_MS : HOUR_MS);
    return new Date(end).toISOString().slice(0, TIME_CHARACTERS);
  }
  return `${addPeriods(unit, text.slice(0, DAY_CHARACTERS), 1)}T00:00:00`;
}

/** Returns the wall clock of a date, without its offset. */
function toLocalText(date: string): string {
  const day = date.slice(0, DAY_CHARACTERS);
  const time = date.slice(DAY_CHARACTERS + 1, TIME_CHARACTERS);
  return `${day}T${time.length === 8 ? time : `${time || '00:00'}:00`.slice(0, 8)}`;
}

/** Returns a wall clock as if it were UTC, in epoch milliseconds, for arithmetic. */
function toTime(date: string): number {
  return Date.parse(`${toLocalText(date)}Z`);
}

function localTime(now: number, zone: string): string {
  // Swedish writes dates as ISO 8601 does.
  const write = (timeZone: string) =>
    new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone }).format(now);
  try {
    return write(zone).replace(' ', 'T');
  } catch {
    // A zone that this browser does not know.
    return write('UTC').replace(' ', 'T');
  }
}

const formats = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  return (date: string) => format.format(toTime(date));
};
const formatDay = formats({ month: 'short', day: 'numeric' });
const formatWeekday = formats({ weekday: 'short', month: 'short', day: 'numeric' });
const formatShortMonth = formats({ month: 'short' });
const formatLongMonth = formats({ month: 'long', year: 'numeric' });

/** How dates are written at the axis and in the tooltip. */
export interface DateLabels {
  axis(date: string): string;
  /** In full, in the words of the axis. */
  full(date: string): string;
}

/** Returns labels for dates of a unit. The year is named if the dates are of several, or of another year than now. */
export function dateLabels(dates: readonly string[], unit: Unit, now: number): DateLabels {
  const years = new Set(dates.map((date) => date.slice(0, 4)));
  years.add(new Date(now).toISOString().slice(0, 4));
  const withYear = years.size > 1;
  const year = (date: string) => date.slice(0, 4);
  const clock = (date: string) => toLocalText(date).slice(DAY_CHARACTERS + 1, DAY_CHARACTERS + 6);
  const quarter = (date: string) => `Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
  switch (unit) {
    case 'minute':
    case 'hour':
      return {
        axis: (date) => (clock(date) === '00:00' ? formatDay(date) : clock(date)),
        full: (date) => `${formatWeekday(date)}${withYear ? `, ${year(date)}` : ''}, ${clock(date)}`,
      };
    case 'year':
      return { axis: year, full: year };
    case 'quarter':
      return {
        axis: (date) => `${quarter(date)} ${year(date)}`,
        full: (date) => `${quarter(date)} ${year(date)}`,
      };
    case 'month':
      return {
        axis: (date) => (withYear ? `${formatShortMonth(date)} ${year(date)}` : formatShortMonth(date)),
        full: formatLongMonth,
      };
    default: {
      const suffix = (date: string) => (withYear ? `, ${year(date)}` : '');
      return {
        axis: (date) => `${formatDay(date)}${suffix(date)}`,
        full: (date) => `${unit === 'week' ? 'Week of ' : ''}${formatWeekday(date)}${suffix(date)}`,
      };
    }
  }
}
