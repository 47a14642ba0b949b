import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../time/durations.js';
import type { DataStore } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { createEvaluationContext } from '../endpoint/evaluation-context.js';
import {
  getProjectZone,
  invalidParameter,
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
import { createDateBuckets, type DateBuckets } from '../reports/buckets.js';
import { toValueLabels } from '../reports/tally.js';

const UNIT_MS = { day: DAY_MS, hour: HOUR_MS, minute: MINUTE_MS, second: SECOND_MS } as const;
const LENGTH_UNITS = ['day', 'hour', 'minute', 'second'] as const;
const BUCKET_UNITS = ['day', 'week', 'month'] as const;
/** https://developer.mixpanel.com/reference/funnels-query */
const MAX_WINDOW_MS = 90 * DAY_MS;
const MAX_SEGMENTS = 10_000;

export const funnelEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/funnels/list', (request) =>
    requireProject(request).funnels.map(({ id, name }) => ({ funnel_id: id, name })),
  ),

  queryEndpoint('GET', '/funnels', (request, store) => {
    const id = requireText(request, 'funnel_id');
    const funnel = requireProject(request).funnels.find((each) => String(each.id) === id);
    if (!funnel) throw invalidParameter('funnel_id', `funnel ${id} not found`);
    const lengthUnit = readChoice(request, 'length_unit', LENGTH_UNITS, funnel.lengthUnit);
    const windowMs = (readInteger(request, 'length', { min: 1 }) ?? funnel.length) * UNIT_MS[lengthUnit];
    if (windowMs > MAX_WINDOW_MS) throw invalidParameter('length', 'may not be greater than 90 days');
    const limit = readInteger(request, 'limit', { min: 1, max: MAX_SEGMENTS }) ?? 255;
    const zone = getProjectZone(request, store);
    const on = readExpression(request, 'on', zone);
    const { dates, dateOf } = readBuckets(request, store);
    const dateRange = readDateRange(request, zone, store.now());
    const range = toTimeRange(dateRange, zone);
    const byDate = groupBy(findEntries(request, store, funnel.steps, range, windowMs, dateOf, on), 'date');

    return {
      meta: { dates },
      data: Object.fromEntries(
        dates.map((date) => {
          const dateEntries = byDate.get(date) ?? [];
          if (!on) return [date, summarize(funnel.steps, dateEntries)];
          // By segment, the steps alone, the whole among them: no source shows it, this is how old clients read it.
          const top = [...groupBy(dateEntries, 'segment')]
            .sort(([, a], [, b]) => b.length - a.length)
            .slice(0, limit);
          return [
            date,
            Object.fromEntries([
              ['$overall', summarize(funnel.steps, dateEntries).steps],
              ...top.map(([segment, subset]) => [segment, summarize(funnel.steps, subset).steps] as const),
            ]),
          ];
        }),
      ),
    };
  }),
];

/** Somebody's way through the funnel: when each step was taken, as far as it went. */
interface FunnelEntry {
  date: string;
  segment: string;
  times: number[];
}

/** One way for each user and bucket: it begins with the first time there, and must end within the window. */
function findEntries(
  request: SandboxRequest,
  store: DataStore,
  steps: readonly string[],
  range: { from: number; to: number },
  windowMs: number,
  dateOf: (at: number) => string,
  on: Evaluator | undefined,
): FunnelEntry[] {
  const { id } = requireProject(request);
  const where = readExpression(request, 'where', getProjectZone(request, store));
  const byUser = new Map<string, StoredEvent[]>();
  // Completions count after the last day too.
  for (const event of store.events(id, { from: range.from, to: range.to + windowMs })) {
    if (!steps.includes(event.event)) continue;
    if (where && !isTrue(where(createEvaluationContext(event, id, store)))) continue;
    const user = String(event.properties.distinct_id);
    const existing = byUser.get(user);
    if (existing) existing.push(event);
    else byUser.set(user, [event]);
  }

  const entries: FunnelEntry[] = [];
  for (const events of byUser.values()) {
    const dates = new Set<string>();
    for (const [index, first] of events.entries()) {
      const at = getEventTime(first);
      if (first.event !== steps[0] || at >= range.to || dates.has(dateOf(at))) continue;
      dates.add(dateOf(at));
      const times = [at];
      for (const event of events.slice(index + 1)) {
        if (getEventTime(event) > at + windowMs || times.length === steps.length) break;
        if (event.event === steps[times.length]) times.push(getEventTime(event));
      }
      const segment = on
        ? (toValueLabels(on(createEvaluationContext(first, id, store)))[0] ?? 'undefined')
        : '';
      entries.push({ date: dateOf(at), segment, times });
    }
  }
  return entries;
}

function summarize(steps: readonly string[], entries: readonly FunnelEntry[]) {
  const reached = steps.map((_, index) => entries.filter(({ times }) => times.length > index));
  const counts = reached.map((subset) => subset.length);
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const table = steps.map((event, index) => ({
    count: counts[index] ?? 0,
    // Described as null for the first step, but typed as an integer, and numbers in the example: a number it is.
    avg_time: index === 0 ? 0 : meanSeconds(reached[index] ?? [], index, index - 1),
    avg_time_from_start: index === 0 ? 0 : meanSeconds(reached[index] ?? [], index, 0),
    step_conv_ratio: index === 0 ? 1 : ratio(counts[index] ?? 0, counts[index - 1] ?? 0),
    goal: event,
    step_label: event,
    overall_conv_ratio: index === 0 ? 1 : ratio(counts[index] ?? 0, counts[0] ?? 0),
    event,
  }));
  const losses = counts.map((count, index) => (index === 0 ? 0 : (counts[index - 1] ?? 0) - count));
  return {
    steps: table,
    analysis: {
      completion: counts.at(-1) ?? 0,
      starting_amount: counts[0] ?? 0,
      steps: steps.length,
      worst: losses.indexOf(Math.max(...losses)),
    },
  };
}

function meanSeconds(entries: readonly FunnelEntry[], step: number, from: number): number {
  if (entries.length === 0) return 0;
  const sum = entries.reduce((total, { times }) => total + (times[step] ?? 0) - (times[from] ?? 0), 0);
  return Math.round(sum / entries.length / SECOND_MS);
}

/** By `unit`, or by `interval` days from the first; by default day by day. */
function readBuckets(request: SandboxRequest, store: DataStore): DateBuckets {
  const zone = getProjectZone(request, store);
  const interval = readInteger(request, 'interval', { min: 1, max: 366 });
  const unit = readChoice(request, 'unit', BUCKET_UNITS, 'day');
  const bucketSize = interval === undefined || readText(request, 'unit') !== undefined ? unit : interval;
  return createDateBuckets(readDateRange(request, zone, store.now()), bucketSize, zone, store.now());
}

function groupBy(entries: readonly FunnelEntry[], key: 'date' | 'segment'): Map<string, FunnelEntry[]> {
  const groups = new Map<string, FunnelEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry[key]);
    if (group) group.push(entry);
    else groups.set(entry[key], [entry]);
  }
  return groups;
}
