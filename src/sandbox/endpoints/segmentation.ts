import type { World } from '../data/data-store.js';
import { timeOf } from '../data/dataset/day-events.js';
import type { Endpoint, Exchange } from '../endpoint/definition.js';
import { subjectOf } from '../endpoint/evaluation-context.js';
import {
  choice,
  days,
  expression,
  integer,
  projectOf,
  rangeOf,
  refuse,
  requiredText,
  textOf,
  zoneOf,
} from '../endpoint/parameters.js';
import { computedAt, endpoint, queryEndpoint } from '../endpoint/query-endpoint.js';
import { type Evaluator, isTrue, numberOf } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';
import { createBucketing, namesBetween, type Unit } from '../reports/buckets.js';
import { Tally, TYPES, valueTexts } from '../reports/tally.js';
import { refuseHourlyUniques, type Span, seriesReply, spanOf, spanOfDays } from './series-reply.js';

/** https://developer.mixpanel.com/reference/segmentation-query; `week` is not described, but taken. */
const SEGMENT_UNITS = ['minute', 'hour', 'day', 'week', 'month'] as const;
const NUMERIC_UNITS = ['hour', 'day'] as const;
const MOST_SEGMENTS = 10_000;
/** Mixpanel does not say how it chooses its buckets; about this many of a round width is a guess. */
const BUCKETS = 10;

export const segmentationEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/segmentation', (exchange, world) => {
    const name = requiredText(exchange, 'event');
    const type = choice(exchange, 'type', TYPES, 'general');
    const unit = choice(exchange, 'unit', SEGMENT_UNITS, 'day');
    const limit = integer(exchange, 'limit', { least: 1, most: MOST_SEGMENTS }) ?? 60;
    refuseHourlyUniques(type, unit);
    const span = segmentationSpan(exchange, world, unit);
    const on = expression(exchange, 'on', zoneOf(exchange, world));
    const tally = new Tally();
    for (const event of matching(exchange, world, span, name)) {
      const segments = on ? valueTexts(on(subjectOf(event, projectOf(exchange).id, world))) : [name];
      for (const segment of segments) tally.add(segment, span.bucketOf(timeOf(event)), event);
    }
    return seriesReply(exchange, span, tally, tally.top(limit, type), type);
  }),

  endpoint('GET', '/segmentation/numeric', (exchange, world) => {
    const type = choice(exchange, 'type', TYPES, 'general');
    const unit = choice(exchange, 'unit', NUMERIC_UNITS, 'day');
    refuseHourlyUniques(type, unit);
    const span = segmentationSpan(exchange, world, unit);
    const numbers = [...numbersOf(exchange, world, span)].flatMap(({ event, value }) =>
      value === undefined ? [] : [{ event, value }],
    );
    const width = roundWidth(numbers.map(({ value }) => value));
    const tally = new Tally();
    for (const { event, value } of numbers) {
      const from = Math.floor(value / width) * width;
      tally.add(`${grouped(from)} - ${grouped(from + width)}`, span.bucketOf(timeOf(event)), event);
    }
    return seriesReply(exchange, span, tally, tally.top(Number.POSITIVE_INFINITY, type), type);
  }),

  queryEndpoint('GET', '/segmentation/sum', (exchange, world) => {
    const { sums, series } = add(exchange, world);
    // Described as integers; a sum of prices is none.
    return {
      status: 'ok',
      computed_at: computedAt(world.now()),
      results: Object.fromEntries(series.map((bucket) => [bucket, sums.get(bucket)?.sum ?? 0])),
    };
  }),

  queryEndpoint('GET', '/segmentation/average', (exchange, world) => {
    const { sums, series } = add(exchange, world);
    return {
      results: Object.fromEntries(
        // The average of nothing is no number: such a day is left out.
        series.flatMap((bucket) => {
          const known = sums.get(bucket);
          return known ? [[bucket, known.sum / known.count]] : [];
        }),
      ),
      status: 'ok',
    };
  }),
];

/** `interval`, in days, stands in for the unit where not all events are counted. */
function segmentationSpan(exchange: Exchange, world: World, unit: Unit): Span {
  const zone = zoneOf(exchange, world);
  const interval = integer(exchange, 'interval', { least: 1, most: 366 });
  const dated = textOf(exchange, 'from_date') !== undefined;
  if (interval === undefined || !dated) return spanOf(exchange, unit, zone, world.now());
  return spanOfDays(days(exchange, zone, world.now()), interval, zone, world.now());
}

function* matching(exchange: Exchange, world: World, { range }: Span, name: string): Generator<StoredEvent> {
  const { id } = projectOf(exchange);
  const where = expression(exchange, 'where', zoneOf(exchange, world));
  for (const event of world.events(id, range)) {
    if (event.event === name && (!where || isTrue(where(subjectOf(event, id, world))))) yield event;
  }
}

/** The events asked for, each with what `on` makes of it, where that is a number. */
function* numbersOf(exchange: Exchange, world: World, span: Span) {
  const name = requiredText(exchange, 'event');
  requiredText(exchange, 'on');
  const on: Evaluator | undefined = expression(exchange, 'on', zoneOf(exchange, world));
  if (!on) throw refuse('on', 'is missing');
  for (const event of matching(exchange, world, span, name)) {
    yield { event, value: numberOf(on(subjectOf(event, projectOf(exchange).id, world))) };
  }
}

function add(exchange: Exchange, world: World) {
  const unit = choice(exchange, 'unit', NUMERIC_UNITS, 'day');
  const zone = zoneOf(exchange, world);
  const given = days(exchange, zone, world.now());
  const span = {
    range: rangeOf(given, zone),
    series: namesBetween(unit, given, zone, world.now()),
    bucketOf: createBucketing(unit, zone),
  };
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { event, value } of numbersOf(exchange, world, span)) {
    const bucket = span.bucketOf(timeOf(event));
    const known = sums.get(bucket) ?? { sum: 0, count: 0 };
    // What is no number counts as 0.0.
    sums.set(bucket, { sum: known.sum + (value ?? 0), count: known.count + 1 });
  }
  return { sums, series: span.series };
}

/** 1, 2 or 5 times a power of ten. */
function roundWidth(values: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const ideal = (most - least) / BUCKETS;
  if (!(ideal > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(ideal));
  return ([1, 2, 5].find((factor) => factor * power >= ideal) ?? 10) * power;
}

/** `2,000`, as in the description's example. */
function grouped(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
