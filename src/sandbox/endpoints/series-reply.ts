import { stringify } from 'csv-stringify/sync';
import type { Range } from '../data/data-store.js';
import type { Exchange, Reply } from '../endpoint/definition.js';
import { type Days, days, integer, rangeOf, refuse, textOf } from '../endpoint/parameters.js';
import { okJson } from '../endpoint/query-endpoint.js';
import { createBucketing, createDateBuckets, daysBack, namesBetween, type Unit } from '../reports/buckets.js';
import type { CountType, Tally } from '../reports/tally.js';
import { addDays, type Zone } from '../time/zone.js';

/** What of time a query looks at, and in which pieces. */
export interface Span {
  range: Range;
  /** Every piece, in order. */
  series: string[];
  bucketOf(at: number): string;
}

/** What Mixpanel's limit is, is not known; this one keeps a typing mistake from filling the memory. */
const MOST_DAYS_OF_MINUTES = 31;

/**
 * `from_date` and `to_date`, or `interval` units up to now: the description requires the dates and says in the same
 * breath that either will do; either does.
 */
export function spanOf(exchange: Exchange, unit: Unit, zone: Zone, now: number): Span {
  const bucketOf = createBucketing(unit, zone);
  const interval = integer(exchange, 'interval', { least: 1, most: 10_000 });
  if (interval === undefined || textOf(exchange, 'from_date') !== undefined) {
    const given = days(exchange, zone, now);
    if (unit === 'minute' && addDays(given.first, MOST_DAYS_OF_MINUTES) <= given.last) {
      throw refuse('unit', `minutes are for at most ${MOST_DAYS_OF_MINUTES} days`);
    }
    return { range: rangeOf(given, zone), series: namesBetween(unit, given, zone, now), bucketOf };
  }
  const given: Days = { first: daysBack(unit, interval, now, zone), last: zone.dayOf(now) };
  const series = namesBetween(unit, given, zone, now).slice(-interval);
  const first = series[0] ?? given.first;
  // Hours and minutes begin inside their day.
  const from = first.length > 10 ? localTime(first, zone) : zone.startOf(first);
  return { range: { ...rangeOf(given, zone), from }, series, bucketOf };
}

/** Buckets of so many days each. */
export function spanOfDays(given: Days, length: number, zone: Zone, now: number): Span {
  const { dates, dateOf } = createDateBuckets(given, length, zone, now);
  return { range: rangeOf(given, zone), series: dates, bucketOf: dateOf };
}

/** Mixpanel has no unique users by the hour. https://developer.mixpanel.com/reference/list-recent-events */
export function refuseHourlyUniques(type: CountType, unit: Unit): void {
  if (type === 'unique' && (unit === 'hour' || unit === 'minute')) {
    throw refuse('unit', `cannot get ${unit === 'hour' ? 'hourly' : 'minutely'} uniques`);
  }
}

/** `{"data": {"series", "values"}, "legend_size"}`, or the same as CSV. */
export function seriesReply(
  exchange: Exchange,
  span: Span,
  tally: Tally,
  names: readonly string[],
  type: CountType,
): Reply {
  const values = tally.values(names, type);
  if (textOf(exchange, 'format') === 'csv') return csvReply(span.series, names, values);
  return okJson({ data: { series: span.series, values }, legend_size: names.length });
}

/** No source shows Mixpanel's CSV: a column of dates and one for each name is a guess. */
function csvReply(
  series: readonly string[],
  names: readonly string[],
  values: Record<string, Record<string, number>>,
): Reply {
  const rows = series.map((bucket) => [bucket, ...names.map((name) => values[name]?.[bucket] ?? 0)]);
  return {
    status: 200,
    headers: { 'content-type': 'text/csv' },
    body: stringify([['date', ...names], ...rows]),
  };
}

function localTime(name: string, zone: Zone): number {
  const day = name.slice(0, 10);
  const local = Date.parse(`${name.replace(' ', 'T')}Z`);
  const near = local - zone.offset(zone.startOf(day));
  return local - zone.offset(near);
}
