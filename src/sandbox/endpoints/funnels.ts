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
import { queryEndpoint } from '../endpoint/query-endpoint.js';
import { type Evaluator, isTrue } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';
import { createDateBuckets, type DateBuckets } from '../reports/buckets.js';
import { valueTexts } from '../reports/tally.js';
import { DAY_MS } from '../time/zone.js';

const UNIT_MS = { day: DAY_MS, hour: DAY_MS / 24, minute: DAY_MS / 1440, second: 1000 } as const;
const LENGTH_UNITS = ['day', 'hour', 'minute', 'second'] as const;
const BUCKET_UNITS = ['day', 'week', 'month'] as const;
/** https://developer.mixpanel.com/reference/funnels-query */
const LONGEST_MS = 90 * DAY_MS;
const MOST_SEGMENTS = 10_000;

export const funnelEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/funnels/list', (exchange) =>
    projectOf(exchange).funnels.map(({ id, name }) => ({ funnel_id: id, name })),
  ),

  queryEndpoint('GET', '/funnels', (exchange, world) => {
    const id = requiredText(exchange, 'funnel_id');
    const funnel = projectOf(exchange).funnels.find((each) => String(each.id) === id);
    if (!funnel) throw refuse('funnel_id', `funnel ${id} not found`);
    const lengthUnit = choice(exchange, 'length_unit', LENGTH_UNITS, funnel.lengthUnit);
    const windowMs = (integer(exchange, 'length', { least: 1 }) ?? funnel.length) * UNIT_MS[lengthUnit];
    if (windowMs > LONGEST_MS) throw refuse('length', 'may not be greater than 90 days');
    const limit = integer(exchange, 'limit', { least: 1, most: MOST_SEGMENTS }) ?? 255;
    const zone = zoneOf(exchange, world);
    const on = expression(exchange, 'on', zone);
    const { dates, dateOf } = bucketsOf(exchange, world);
    const given = days(exchange, zone, world.now());
    const range = rangeOf(given, zone);
    const byDate = groupBy(walk(exchange, world, funnel.steps, range, windowMs, dateOf, on), 'date');

    return {
      meta: { dates },
      data: Object.fromEntries(
        dates.map((date) => {
          const began = byDate.get(date) ?? [];
          if (!on) return [date, summarize(funnel.steps, began)];
          // By segment, the steps alone, the whole among them: no source shows it, this is how old clients read it.
          const top = [...groupBy(began, 'segment')]
            .sort(([, one], [, other]) => other.length - one.length)
            .slice(0, limit);
          return [
            date,
            Object.fromEntries([
              ['$overall', summarize(funnel.steps, began).steps],
              ...top.map(([segment, some]) => [segment, summarize(funnel.steps, some).steps] as const),
            ]),
          ];
        }),
      ),
    };
  }),
];

/** Somebody's way through the funnel: when each step was taken, as far as it went. */
interface Start {
  date: string;
  segment: string;
  times: number[];
}

/** One way for each user and bucket: it begins with the first time there, and must end within the window. */
function walk(
  exchange: Exchange,
  world: World,
  steps: readonly string[],
  range: { from: number; to: number },
  windowMs: number,
  dateOf: (at: number) => string,
  on: Evaluator | undefined,
): Start[] {
  const { id } = projectOf(exchange);
  const where = expression(exchange, 'where', zoneOf(exchange, world));
  const byUser = new Map<string, StoredEvent[]>();
  // Completions count after the last day too.
  for (const event of world.events(id, { from: range.from, to: range.to + windowMs })) {
    if (!steps.includes(event.event)) continue;
    if (where && !isTrue(where(subjectOf(event, id, world)))) continue;
    const user = String(event.properties.distinct_id);
    const known = byUser.get(user);
    if (known) known.push(event);
    else byUser.set(user, [event]);
  }

  const starts: Start[] = [];
  for (const events of byUser.values()) {
    const dates = new Set<string>();
    for (const [index, first] of events.entries()) {
      const at = timeOf(first);
      if (first.event !== steps[0] || at >= range.to || dates.has(dateOf(at))) continue;
      dates.add(dateOf(at));
      const times = [at];
      for (const event of events.slice(index + 1)) {
        if (timeOf(event) > at + windowMs || times.length === steps.length) break;
        if (event.event === steps[times.length]) times.push(timeOf(event));
      }
      const segment = on ? (valueTexts(on(subjectOf(first, id, world)))[0] ?? 'undefined') : '';
      starts.push({ date: dateOf(at), segment, times });
    }
  }
  return starts;
}

function summarize(steps: readonly string[], starts: readonly Start[]) {
  const reached = steps.map((_, index) => starts.filter(({ times }) => times.length > index));
  const counts = reached.map((some) => some.length);
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

function meanSeconds(starts: readonly Start[], step: number, from: number): number {
  if (starts.length === 0) return 0;
  const sum = starts.reduce((total, { times }) => total + (times[step] ?? 0) - (times[from] ?? 0), 0);
  return Math.round(sum / starts.length / 1000);
}

/** By `unit`, or by `interval` days from the first; by default day by day. */
function bucketsOf(exchange: Exchange, world: World): DateBuckets {
  const zone = zoneOf(exchange, world);
  const interval = integer(exchange, 'interval', { least: 1, most: 366 });
  const unit = choice(exchange, 'unit', BUCKET_UNITS, 'day');
  const cut = interval === undefined || textOf(exchange, 'unit') !== undefined ? unit : interval;
  return createDateBuckets(days(exchange, zone, world.now()), cut, zone, world.now());
}

function groupBy(starts: readonly Start[], key: 'date' | 'segment'): Map<string, Start[]> {
  const groups = new Map<string, Start[]>();
  for (const start of starts) {
    const group = groups.get(start[key]);
    if (group) group.push(start);
    else groups.set(start[key], [start]);
  }
  return groups;
}
