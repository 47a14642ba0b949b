import { stringify } from 'csv-stringify/sync';
import { addDays } from '../../time/day.js';
import type { TimeRange } from '../data/data-store.js';
import type { CountType } from '../data/dataset/saved-objects.js';
import type { Reply, SandboxRequest } from '../endpoint/definition.js';
import {
  invalidParameter,
  readDateRange,
  readInteger,
  readText,
  toTimeRange,
} from '../endpoint/parameters.js';
import { okJsonReply } from '../endpoint/query-endpoint.js';
import {
  createBucketNamer,
  createDateBuckets,
  type DateRange,
  listBuckets,
  startOfLastUnits,
  type Unit,
} from '../reports/buckets.js';
import type { Tally } from '../reports/tally.js';
import type { Calendar } from '../time/calendar.js';

/** What of time a query looks at, and in which pieces. */
export interface Span {
  range: TimeRange;
  /** Every piece, in order. */
  series: string[];
  bucketOf(at: number): string;
}

/** What Mixpanel's limit is, is not known; this one keeps a typing mistake from filling the memory. */
const MAX_MINUTE_UNIT_DAYS = 31;

/**
 * `from_date` and `to_date`, or `interval` units up to now: the description requires the dates and says in the same
 * breath that either will do; either does.
 */
export function readSpan(request: SandboxRequest, unit: Unit, zone: Calendar, now: number): Span {
  const bucketOf = createBucketNamer(unit, zone);
  const interval = readInteger(request, 'interval', { min: 1, max: 10_000 });
  if (interval === undefined || readText(request, 'from_date') !== undefined) {
    const dateRange = readDateRange(request, zone, now);
    if (unit === 'minute' && addDays(dateRange.first, MAX_MINUTE_UNIT_DAYS) <= dateRange.last) {
      throw invalidParameter('unit', `minutes are for at most ${MAX_MINUTE_UNIT_DAYS} days`);
    }
    return { range: toTimeRange(dateRange, zone), series: listBuckets(unit, dateRange, zone, now), bucketOf };
  }
  const dateRange: DateRange = { first: startOfLastUnits(unit, interval, now, zone), last: zone.dayOf(now) };
  const series = listBuckets(unit, dateRange, zone, now).slice(-interval);
  const first = series[0] ?? dateRange.first;
  // Hours and minutes begin inside their day.
  const from =
    first.length > 10 ? zone.fromLocal(Date.parse(`${first.replace(' ', 'T')}Z`)) : zone.startOfDay(first);
  return { range: { ...toTimeRange(dateRange, zone), from }, series, bucketOf };
}

/** Returns buckets of `days` days each. */
export function createDaySpan(dateRange: DateRange, length: number, zone: Calendar, now: number): Span {
  const { dates, dateOf } = createDateBuckets(dateRange, length, zone, now);
  return { range: toTimeRange(dateRange, zone), series: dates, bucketOf: dateOf };
}

/** Mixpanel has no unique users by the hour. https://developer.mixpanel.com/reference/list-recent-events */
export function rejectHourlyUniques(type: CountType, unit: Unit): void {
  if (type === 'unique' && (unit === 'hour' || unit === 'minute')) {
    throw invalidParameter('unit', `cannot get ${unit === 'hour' ? 'hourly' : 'minutely'} uniques`);
  }
}

/** `{"data": {"series", "values"}, "legend_size"}`, or the same as CSV. */
export function createSeriesReply(
  request: SandboxRequest,
  span: Span,
  tally: Tally,
  names: readonly string[],
  type: CountType,
): Reply {
  const values = tally.values(names, type);
  if (readText(request, 'format') === 'csv') return createCsvReply(span.series, names, values);
  return okJsonReply({ data: { series: span.series, values }, legend_size: names.length });
}

/** No source shows Mixpanel's CSV: a column of dates and one for each name is a guess. */
function createCsvReply(
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
