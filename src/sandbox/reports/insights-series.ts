import { addDays } from '../../time/day.js';
import { HOUR_MS } from '../../time/durations.js';
import type { DataStore } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import { hashFraction } from '../data/dataset/random.js';
import type { CountType, InsightsReport } from '../data/dataset/saved-objects.js';
import type { StoredEvent } from '../records/write.js';
import type { Calendar } from '../time/calendar.js';
import { createBucketNamer, type DateRange, listBuckets, startOfHour } from './buckets.js';
import type { Series } from './series.js';
import { EventCount, toValueLabels } from './tally.js';

/** The key of the time level in a report without a time axis. */
export const ALL_TIME = 'all';
/** The key of a total, at the level of the breakdown that it sums up. */
export const TOTAL = '$overall';

/** Mixpanel's own client asks for 3000; whether more are ever given is in no source. */
const DEFAULT_SEGMENT_LIMIT = 3000;

/** Names of counts as live answers have them. The one of averages is a guess. */
const COUNT_LABELS: Record<CountType, string> = {
  general: 'Total Events',
  unique: 'Unique Users',
  average: 'Average per User',
};

export interface InsightsResult {
  series: Series;
  isSegmentationLimitHit: boolean;
}

/**
 * Returns the names of a report's metrics: `Login [Total Events]`, and `A. Login [Total Events]` if there are several.
 * Source: bookmarks 60327213 and 60327249 of the Storybook vectors in mixpanel/mixpanel-headless.
 */
export function listMetricKeys({ metrics }: InsightsReport): string[] {
  return metrics.map(({ event, count }, index) => {
    const letter = metrics.length > 1 ? `${String.fromCharCode('A'.charCodeAt(0) + index)}. ` : '';
    return `${letter}${event} [${COUNT_LABELS[count]}]`;
  });
}

/**
 * Counts a report: a level for the metric, one for each breakdown with its total, and time last. A line has every
 * date, zeros included; other charts have the one key `all`. A metric that nobody did is left out.
 */
export function countInsights(
  report: InsightsReport,
  projectId: string,
  store: DataStore,
  zone: Calendar,
  dateRange: DateRange,
): InsightsResult {
  const { metrics, samplingFactor = 1 } = report;
  const keys = listMetricKeys(report);
  const root = new SeriesNode();
  const timeOf = report.chart === 'line' ? createTimeNamer(report.unit, zone) : () => ALL_TIME;
  for (const event of store.events(projectId, {
    from: zone.startOfDay(dateRange.first),
    to: zone.startOfDay(addDays(dateRange.last, 1)),
  })) {
    if (samplingFactor < 1 && !isInSample(event, samplingFactor)) continue;
    for (const [index, metric] of metrics.entries()) {
      if (metric.event !== event.event) continue;
      for (const path of listPaths(report.breakdowns, event)) {
        root.add([keys[index]!, ...path], timeOf(getEventTime(event)), event);
      }
    }
  }

  const times = report.chart === 'line' ? listTimes(report.unit, dateRange, zone, store.now()) : [ALL_TIME];
  const limit = report.segmentLimit ?? DEFAULT_SEGMENT_LIMIT;
  let isSegmentationLimitHit = false;
  const toSeries = (node: SeriesNode, count: CountType): Series => {
    if (node.children.size === 0) {
      return new Map(times.map((time) => [time, scale(node.counts.get(time), count, samplingFactor)]));
    }
    // By count is a guess: the public recordings were sorted by name when they were scrubbed.
    const segments = [...node.children]
      .filter(([name]) => name !== TOTAL)
      .sort(([, a], [, b]) => b.total - a.total);
    if (segments.length > limit) isSegmentationLimitHit = true;
    const total = node.children.get(TOTAL);
    return new Map(
      [...(total ? [[TOTAL, total] as const] : []), ...segments.slice(0, limit)].map(([name, child]) => [
        name,
        toSeries(child, count),
      ]),
    );
  };
  const series: Series = new Map();
  for (const [index, { count }] of metrics.entries()) {
    const node = root.children.get(keys[index]!);
    if (node) series.set(keys[index]!, toSeries(node, count));
  }
  return { series, isSegmentationLimitHit };
}

/** Returns the relative change from one series to the other, position by position, if both have a value. */
export function compareSeries(current: Series, previous: Series): Series {
  const result: Series = new Map();
  const previousTimes = [...previous.values()];
  [...current].forEach(([name, value], index) => {
    const isTime = !(value instanceof Map);
    const before = isTime ? previousTimes[index] : previous.get(name);
    if (value instanceof Map && before instanceof Map) result.set(name, compareSeries(value, before));
    else if (typeof value === 'number' && typeof before === 'number' && before !== 0) {
      result.set(name, roundRatio((value - before) / before));
    }
  });
  return result;
}

/** Returns a ratio with the four digits that live answers have. */
export function roundRatio(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000;
}

/** One level of a series while it is counted. */
class SeriesNode {
  readonly children = new Map<string, SeriesNode>();
  /** By time; only in nodes without children. */
  readonly counts = new Map<string, EventCount>();
  total = 0;

  add([name, ...rest]: readonly string[], time: string, event: StoredEvent): void {
    this.total += 1;
    if (name === undefined) {
      const count = this.counts.get(time) ?? new EventCount();
      this.counts.set(time, count);
      count.add(event);
      return;
    }
    const child = this.children.get(name) ?? new SeriesNode();
    this.children.set(name, child);
    child.add(rest, time, event);
  }
}

/** The levels at which an event counts: at its values, and at the totals above them. */
function listPaths(breakdowns: readonly string[], { properties }: StoredEvent): string[][] {
  let paths: string[][] = [[]];
  const totals: string[][] = [];
  for (const property of breakdowns) {
    totals.push(...paths.map((path) => [...path, TOTAL]));
    const values = Object.hasOwn(properties, property) ? toValueLabels(properties[property]) : ['undefined'];
    paths = paths.flatMap((path) => values.map((value) => [...path, value]));
  }
  return [...totals, ...paths];
}

function createTimeNamer(unit: InsightsReport['unit'], zone: Calendar): (at: number) => string {
  if (unit === 'hour') return (at) => zone.formatIso(startOfHour(at, zone));
  const bucketOf = createBucketNamer(unit, zone);
  return (at) => zone.formatIso(zone.startOfDay(bucketOf(at)));
}

function listTimes(
  unit: InsightsReport['unit'],
  dateRange: DateRange,
  zone: Calendar,
  now: number,
): string[] {
  if (unit !== 'hour') {
    return listBuckets(unit, dateRange, zone, now).map((date) => zone.formatIso(zone.startOfDay(date)));
  }
  const times: string[] = [];
  const end = Math.min(zone.startOfDay(addDays(dateRange.last, 1)), now + 1);
  for (let at = zone.startOfDay(dateRange.first); at < end; at += HOUR_MS) times.push(zone.formatIso(at));
  return times;
}

function isInSample({ properties }: StoredEvent, factor: number): boolean {
  return hashFraction(...Buffer.from(String(properties.distinct_id))) < factor;
}

function scale(count: EventCount | undefined, type: CountType, samplingFactor: number): number {
  if (!count) return 0;
  return type === 'average' ? count.get(type) : Math.round(count.get(type) / samplingFactor);
}
