import type { DataStore } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import { COUNT_TYPES } from '../data/dataset/saved-objects.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import {
  getProjectZone,
  invalidParameter,
  readChoice,
  readDateRange,
  readInteger,
  readText,
  requireText,
} from '../endpoint/parameters.js';
import { formatComputedAt, rawReportEndpoints, reportEndpoints } from '../endpoint/query-endpoint.js';
import { type ReportQuery, readReportQuery } from '../endpoint/report-query.js';
import { asNumber } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';
import { createBucketNamer, listBuckets, type Unit } from '../reports/buckets.js';
import { Tally, toValueLabels } from '../reports/tally.js';
import {
  createDaySpan,
  createSeriesReply,
  readSpan,
  rejectHourlyUniques,
  type Span,
} from './series-reply.js';

/** https://developer.mixpanel.com/reference/segmentation-query; `week` is not described, but taken. */
const SEGMENT_UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const;
const NUMERIC_UNITS = ['hour', 'day'] as const;
const MAX_SEGMENTS = 10_000;
/** Mixpanel does not say how it chooses its buckets; about this many of a round width is a guess. */
const TARGET_BUCKETS = 10;

export const segmentationEndpoints: readonly Endpoint[] = [
  ...rawReportEndpoints('/segmentation', (request, store) => {
    const name = requireText(request, 'event');
    const type = readChoice(request, 'type', COUNT_TYPES, 'general');
    const unit = readChoice(request, 'unit', SEGMENT_UNITS, 'day');
    const limit = readInteger(request, 'limit', { min: 1, max: MAX_SEGMENTS }) ?? 60;
    rejectHourlyUniques(type, unit);
    const span = readSegmentationSpan(request, store, unit);
    const query = readReportQuery(request, store);
    const on = query.valueBy('on');
    const tally = new Tally();
    for (const event of findEvents(query, store, span, name)) {
      const segments = on ? toValueLabels(on(event)) : [name];
      for (const segment of segments) tally.add(segment, span.bucketOf(getEventTime(event)), event);
    }
    return createSeriesReply(request, span, tally, tally.top(limit, type), type);
  }),

  ...rawReportEndpoints('/segmentation/numeric', (request, store) => {
    const type = readChoice(request, 'type', COUNT_TYPES, 'general');
    const unit = readChoice(request, 'unit', NUMERIC_UNITS, 'day');
    rejectHourlyUniques(type, unit);
    const span = readSegmentationSpan(request, store, unit);
    const numbers = [...evaluateNumbers(request, store, span)].flatMap(({ event, value }) =>
      value === undefined ? [] : [{ event, value }],
    );
    const width = chooseBucketWidth(numbers.map(({ value }) => value));
    const tally = new Tally();
    for (const { event, value } of numbers) {
      const from = Math.floor(value / width) * width;
      tally.add(
        `${formatNumber(from)} - ${formatNumber(from + width)}`,
        span.bucketOf(getEventTime(event)),
        event,
      );
    }
    return createSeriesReply(request, span, tally, tally.top(Number.POSITIVE_INFINITY, type), type);
  }),

  ...reportEndpoints('/segmentation/sum', (request, store) => {
    const { sums, series } = sumByBucket(request, store);
    // Described as integers; a sum of prices is none.
    return {
      status: 'ok',
      computed_at: formatComputedAt(store.now()),
      results: Object.fromEntries(series.map((bucket) => [bucket, sums.get(bucket)?.sum ?? 0])),
    };
  }),

  ...reportEndpoints('/segmentation/average', (request, store) => {
    const { sums, series } = sumByBucket(request, store);
    return {
      results: Object.fromEntries(
        // The average of nothing is no number: such a day is left out.
        series.flatMap((bucket) => {
          const existing = sums.get(bucket);
          return existing ? [[bucket, existing.sum / existing.count]] : [];
        }),
      ),
      status: 'ok',
    };
  }),
];

/** `interval`, in days, stands in for the unit where not all events are counted. */
function readSegmentationSpan(request: SandboxRequest, store: DataStore, unit: Unit): Span {
  const zone = getProjectZone(request, store);
  const interval = readInteger(request, 'interval', { min: 1, max: 366 });
  const hasDates = readText(request, 'from_date') !== undefined;
  if (interval === undefined || !hasDates) return readSpan(request, unit, zone, store.now());
  return createDaySpan(readDateRange(request, zone, store.now()), interval, zone, store.now());
}

function* findEvents(
  query: ReportQuery,
  store: DataStore,
  { range }: Span,
  name: string,
): Generator<StoredEvent> {
  const matches = query.filterBy('where');
  for (const event of store.events(query.projectId, range)) {
    if (event.event === name && matches(event)) yield event;
  }
}

/** Returns the requested events, each with the value of `on` if it is a number. */
function* evaluateNumbers(request: SandboxRequest, store: DataStore, span: Span) {
  const name = requireText(request, 'event');
  requireText(request, 'on');
  const query = readReportQuery(request, store);
  const on = query.valueBy('on');
  if (!on) throw invalidParameter('on', 'is missing');
  for (const event of findEvents(query, store, span, name)) yield { event, value: asNumber(on(event)) };
}

function sumByBucket(request: SandboxRequest, store: DataStore) {
  const unit = readChoice(request, 'unit', NUMERIC_UNITS, 'day');
  const { zone, readDates } = readReportQuery(request, store);
  const { dateRange, range } = readDates();
  const span = {
    range,
    series: listBuckets(unit, dateRange, zone, store.now()),
    bucketOf: createBucketNamer(unit, zone),
  };
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { event, value } of evaluateNumbers(request, store, span)) {
    const bucket = span.bucketOf(getEventTime(event));
    const existing = sums.get(bucket) ?? { sum: 0, count: 0 };
    // What is no number counts as 0.0.
    sums.set(bucket, { sum: existing.sum + (value ?? 0), count: existing.count + 1 });
  }
  return { sums, series: span.series };
}

/** 1, 2 or 5 times a power of ten. */
function chooseBucketWidth(values: readonly number[]): number {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const ideal = (max - min) / TARGET_BUCKETS;
  if (!(ideal > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(ideal));
  return ([1, 2, 5].find((factor) => factor * power >= ideal) ?? 10) * power;
}

/** `2,000`, as in the description's example. */
function formatNumber(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
