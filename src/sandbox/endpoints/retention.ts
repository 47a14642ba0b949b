import { daysBetween } from '../../time/day.js';
import { DAY_MS, HOUR_MS } from '../../time/durations.js';
import { addPeriods } from '../../time/period.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import {
  invalidParameter,
  readBoolean,
  readChoice,
  readInteger,
  readText,
  requireText,
} from '../endpoint/parameters.js';
import { reportEndpoints } from '../endpoint/query-endpoint.js';
import { type ReportQuery, readReportQuery } from '../endpoint/report-query.js';
import type { StoredEvent } from '../records/write.js';
import { createBucketNamer, createDateBuckets, listBuckets } from '../reports/buckets.js';
import { collectVisits, createRetentionTable, type VisitQuery, type Visits } from '../reports/retention.js';
import { toValueLabels } from '../reports/tally.js';

const RETENTION_TYPES = ['birth', 'compounded'] as const;
const RETENTION_UNITS = ['day', 'week', 'month'] as const;
type RetentionUnit = (typeof RETENTION_UNITS)[number];
const FREQUENCY_UNITS = ['hour', 'day'] as const;
/** Mixpanel counts on from the first event; a month is taken for 30 days. */
const UNIT_DAYS = { day: 1, week: 7, month: 30 } as const;
/** https://developer.mixpanel.com/reference/retention-query */
const MAX_INTERVAL_LENGTH = 90;
const MAX_INTERVAL_COUNT = 1000;

export const retentionEndpoints: readonly Endpoint[] = [
  ...reportEndpoints('/retention', (request, store) => {
    const retentionType = readChoice(request, 'retention_type', RETENTION_TYPES, 'birth');
    if (readText(request, 'unit') !== undefined && readText(request, 'interval') !== undefined) {
      // That it is refused is known, in which words is not.
      throw new EndpointError(400, 'unit and interval cannot both be specified');
    }
    const unit = readChoice(request, 'unit', RETENTION_UNITS, 'day');
    const interval = readInteger(request, 'interval', { min: 1, max: MAX_INTERVAL_LENGTH }) ?? 1;
    const intervals = readInteger(request, 'interval_count', { min: 1, max: MAX_INTERVAL_COUNT }) ?? 1;
    const limit = readInteger(request, 'limit', { min: 1 }) ?? Number.POSITIVE_INFINITY;
    const query = readReportQuery(request, store);
    const on = query.valueBy('on');
    const visits = [
      ...collectVisits(query.projectId, store, readVisitQuery(request, query, retentionType)).values(),
    ];
    const { dateRange, range } = query.readDates();
    const createTable = (part: readonly Visits[]) =>
      createRetentionTable(part, {
        ...createDateBuckets(dateRange, interval === 1 ? unit : interval, query.zone, store.now()),
        type: retentionType,
        range,
        periodMs: interval * UNIT_DAYS[unit] * DAY_MS,
        // The first period is the one that begins with the birth.
        periods: intervals + 1,
        unbounded: readBoolean(request, 'unbounded_retention', false),
      });
    const whole = createTable(visits);
    if (!on) return Object.fromEntries(whole);
    const segments = [...groupBySegment(visits)]
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, limit)
      .map(([segment, part]) => [segment, createTable(part)] as const);
    // No source shows this answer. A guess: segments below the dates, as in saved retention reports.
    return Object.fromEntries(
      [...whole].map(([date, row]) => [
        date,
        Object.fromEntries([
          ['$overall', row],
          ...segments.map(([segment, table]) => [segment, table.get(date)] as const),
        ]),
      ]),
    );
  }),

  ...reportEndpoints('/retention/addiction', (request, store) => {
    for (const name of ['unit', 'addiction_unit']) requireText(request, name);
    const unit = readChoice(request, 'unit', RETENTION_UNITS);
    const part = readChoice(request, 'addiction_unit', FREQUENCY_UNITS);
    // What the answer looks like with segments is in no source.
    if (readText(request, 'on') !== undefined)
      throw invalidParameter('on', 'this sandbox does not segment frequency');
    const query = readReportQuery(request, store);
    const { zone } = query;
    const { dateRange, range } = query.readDates();
    const name = readText(request, 'event');
    const matches = query.filterBy('where');
    const parts = new Map<string, Map<string, Set<number>>>();
    const dateOf = createBucketNamer(unit, zone);
    const partMs = part === 'hour' ? HOUR_MS : DAY_MS;
    for (const event of store.events(query.projectId, range)) {
      if ((name !== undefined && event.event !== name) || !matches(event)) continue;
      const at = getEventTime(event);
      const date = dateOf(at);
      const users = parts.get(date) ?? new Map<string, Set<number>>();
      parts.set(date, users);
      const user = String(event.properties.distinct_id);
      const seen = users.get(user) ?? new Set<number>();
      users.set(user, seen.add(Math.floor(zone.toLocal(at) / partMs)));
    }
    return {
      data: Object.fromEntries(
        listBuckets(unit, dateRange, zone, store.now()).map((date) => {
          const sizes = [...(parts.get(date)?.values() ?? [])].map((seen) => seen.size);
          // How many did it in at least one part of the unit, in at least two, and so on.
          const length = countParts(unit, part, date);
          return [date, Array.from({ length }, (_, index) => sizes.filter((size) => size > index).length)];
        }),
      ),
    };
  }),
];

function readVisitQuery(
  request: SandboxRequest,
  query: ReportQuery,
  retentionType: (typeof RETENTION_TYPES)[number],
): VisitQuery {
  const returnEvent = readText(request, 'event');
  const birthEvent = retentionType === 'birth' ? requireText(request, 'born_event') : returnEvent;
  const where = query.filterBy('where');
  const bornWhere = retentionType === 'birth' ? query.filterBy('born_where') : where;
  const on = query.valueBy('on');
  const isNamed = (event: StoredEvent, name: string | undefined) =>
    name === undefined || event.event === name;
  return {
    isBirth: (event) => isNamed(event, birthEvent) && bornWhere(event),
    isReturn: (event) => isNamed(event, returnEvent) && where(event),
    segmentOf: on && ((event) => toValueLabels(on(event))[0] ?? 'undefined'),
  };
}

function groupBySegment(visits: readonly Visits[]): Map<string, Visits[]> {
  const groups = new Map<string, Visits[]>();
  for (const visit of visits) {
    const group = groups.get(visit.segment);
    if (group) group.push(visit);
    else groups.set(visit.segment, [visit]);
  }
  return groups;
}

function countParts(unit: RetentionUnit, part: 'hour' | 'day', date: string): number {
  const length = daysBetween(date, addPeriods(unit, date, 1));
  return part === 'hour' ? length * 24 : length;
}
