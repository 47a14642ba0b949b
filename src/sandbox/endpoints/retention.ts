import { daysBetween } from '../../time/day.js';
import { DAY_MS, HOUR_MS } from '../../time/durations.js';
import { addPeriods } from '../../time/period.js';
import type { DataStore } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { createEvaluationContext } from '../endpoint/evaluation-context.js';
import {
  getProjectZone,
  invalidParameter,
  readBoolean,
  readChoice,
  readDateRange,
  readExpression,
  readInteger,
  readText,
  requireProject,
  requireText,
  toTimeRange,
} from '../endpoint/parameters.js';
import { queryEndpoint } from '../endpoint/query-endpoint.js';
import { type Evaluator, isTrue } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';
import { createBucketNamer, createDateBuckets, listBuckets } from '../reports/buckets.js';
import { collectVisits, createRetentionTable, type VisitQuery } from '../reports/retention.js';

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
  queryEndpoint('GET', '/retention', (request, store) => {
    const retentionType = readChoice(request, 'retention_type', RETENTION_TYPES, 'birth');
    if (readText(request, 'unit') !== undefined && readText(request, 'interval') !== undefined) {
      // That it is refused is known, in which words is not.
      throw new EndpointError(400, 'unit and interval cannot both be specified');
    }
    // What the answer looks like with segments is in no source: better none than an invented one.
    if (readText(request, 'on') !== undefined)
      throw invalidParameter('on', 'this sandbox does not segment retention');
    const unit = readChoice(request, 'unit', RETENTION_UNITS, 'day');
    const interval = readInteger(request, 'interval', { min: 1, max: MAX_INTERVAL_LENGTH }) ?? 1;
    const intervals = readInteger(request, 'interval_count', { min: 1, max: MAX_INTERVAL_COUNT }) ?? 1;
    const zone = getProjectZone(request, store);
    const visits = collectVisits(
      requireProject(request).id,
      store,
      readVisitQuery(request, store, retentionType),
    );
    const dateRange = readDateRange(request, zone, store.now());
    const table = createRetentionTable(visits.values(), {
      ...createDateBuckets(dateRange, interval === 1 ? unit : interval, zone, store.now()),
      type: retentionType,
      range: toTimeRange(dateRange, zone),
      periodMs: interval * UNIT_DAYS[unit] * DAY_MS,
      // The first period is the one that begins with the birth.
      periods: intervals + 1,
      unbounded: readBoolean(request, 'unbounded_retention', false),
    });
    return Object.fromEntries(table);
  }),

  queryEndpoint('GET', '/retention/addiction', (request, store) => {
    for (const name of ['unit', 'addiction_unit']) requireText(request, name);
    const unit = readChoice(request, 'unit', RETENTION_UNITS);
    const part = readChoice(request, 'addiction_unit', FREQUENCY_UNITS);
    const zone = getProjectZone(request, store);
    const dateRange = readDateRange(request, zone, store.now());
    const { id } = requireProject(request);
    const name = readText(request, 'event');
    const where = readExpression(request, 'where', zone);
    const parts = new Map<string, Map<string, Set<number>>>();
    const dateOf = createBucketNamer(unit, zone);
    const partMs = part === 'hour' ? HOUR_MS : DAY_MS;
    for (const event of store.events(id, toTimeRange(dateRange, zone))) {
      if (name !== undefined && event.event !== name) continue;
      if (where && !isTrue(where(createEvaluationContext(event, id, store)))) continue;
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
  store: DataStore,
  retentionType: (typeof RETENTION_TYPES)[number],
): VisitQuery {
  const zone = getProjectZone(request, store);
  const { id } = requireProject(request);
  const returnEvent = readText(request, 'event');
  const birthEvent = retentionType === 'birth' ? requireText(request, 'born_event') : returnEvent;
  const where = readExpression(request, 'where', zone);
  const bornWhere = retentionType === 'birth' ? readExpression(request, 'born_where', zone) : where;
  const matches = (event: StoredEvent, name: string | undefined, condition: Evaluator | undefined) =>
    (name === undefined || event.event === name) &&
    (!condition || isTrue(condition(createEvaluationContext(event, id, store))));
  return {
    isBirth: (event) => matches(event, birthEvent, bornWhere),
    isReturn: (event) => matches(event, returnEvent, where),
  };
}

function countParts(unit: RetentionUnit, part: 'hour' | 'day', date: string): number {
  const length = daysBetween(date, addPeriods(unit, date, 1));
  return part === 'hour' ? length * 24 : length;
}
