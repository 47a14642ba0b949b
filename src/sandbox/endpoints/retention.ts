import type { World } from '../data/data-store.js';
import { timeOf } from '../data/dataset/day-events.js';
import type { Endpoint, Exchange } from '../endpoint/definition.js';
import { Refusal } from '../endpoint/errors.js';
import { subjectOf } from '../endpoint/evaluation-context.js';
import {
  choice,
  days,
  expression,
  flag,
  integer,
  projectOf,
  rangeOf,
  refuse,
  requiredText,
  textOf,
  zoneOf,
} from '../endpoint/parameters.js';
import { queryEndpoint } from '../endpoint/query-endpoint.js';
import { isTrue } from '../expression/evaluator.js';
import { createDateBuckets, following, namesBetween, startOf } from '../reports/buckets.js';
import { DAY_MS } from '../time/zone.js';

const KINDS = ['birth', 'compounded'] as const;
const UNITS = ['day', 'week', 'month'] as const;
type Unit = (typeof UNITS)[number];
const FREQUENCY_UNITS = ['hour', 'day'] as const;
/** Mixpanel counts on from the first event; a month is taken for 30 days. */
const UNIT_DAYS = { day: 1, week: 7, month: 30 } as const;
/** https://developer.mixpanel.com/reference/retention-query */
const LONGEST_INTERVAL = 90;
const MOST_INTERVALS = 1000;

export const retentionEndpoints: readonly Endpoint[] = [
  queryEndpoint('GET', '/retention', (exchange, world) => {
    const kind = choice(exchange, 'retention_type', KINDS, 'birth');
    if (textOf(exchange, 'unit') !== undefined && textOf(exchange, 'interval') !== undefined) {
      // That it is refused is known, in which words is not.
      throw new Refusal(400, 'unit and interval cannot both be specified');
    }
    // What the answer looks like with segments is in no source: better none than an invented one.
    if (textOf(exchange, 'on') !== undefined) throw refuse('on', 'this sandbox does not segment retention');
    const unit = choice(exchange, 'unit', UNITS, 'day');
    const interval = integer(exchange, 'interval', { least: 1, most: LONGEST_INTERVAL }) ?? 1;
    const intervals = integer(exchange, 'interval_count', { least: 1, most: MOST_INTERVALS }) ?? 1;
    const visits = visitsOf(exchange, world, kind);
    const steps = { lengthMs: interval * UNIT_DAYS[unit] * DAY_MS, count: intervals + 1 };
    const unbounded = flag(exchange, 'unbounded_retention', false);

    const zone = zoneOf(exchange, world);
    const given = days(exchange, zone, world.now());
    const { from, to } = rangeOf(given, zone);
    const { dates, dateOf } = createDateBuckets(given, interval === 1 ? unit : interval, zone, world.now());
    const table = new Map(
      dates.map((date) => [date, { counts: Array<number>(steps.count).fill(0), first: 0 }]),
    );
    for (const { births, returns } of visits.values()) {
      // With "birth" only the very first time counts; with "compounded" every bucket in which it happened.
      const begun = kind === 'birth' ? births.slice(0, 1) : firstOfEach(births, dateOf);
      for (const birth of begun) {
        const row = birth >= from && birth < to ? table.get(dateOf(birth)) : undefined;
        if (!row) continue;
        row.first += 1;
        for (const index of reached(birth, returns, steps, unbounded))
          row.counts[index] = (row.counts[index] ?? 0) + 1;
      }
    }
    return Object.fromEntries(table);
  }),

  queryEndpoint('GET', '/retention/addiction', (exchange, world) => {
    for (const name of ['unit', 'addiction_unit']) requiredText(exchange, name);
    const unit = choice(exchange, 'unit', UNITS);
    const part = choice(exchange, 'addiction_unit', FREQUENCY_UNITS);
    const zone = zoneOf(exchange, world);
    const given = days(exchange, zone, world.now());
    const { id } = projectOf(exchange);
    const name = textOf(exchange, 'event');
    const where = expression(exchange, 'where', zone);
    const parts = new Map<string, Map<string, Set<number>>>();
    const partMs = part === 'hour' ? DAY_MS / 24 : DAY_MS;
    for (const event of world.events(id, rangeOf(given, zone))) {
      if (name !== undefined && event.event !== name) continue;
      if (where && !isTrue(where(subjectOf(event, id, world)))) continue;
      const at = timeOf(event);
      const date = startOf(unit, zone.dayOf(at));
      const users = parts.get(date) ?? new Map<string, Set<number>>();
      parts.set(date, users);
      const user = String(event.properties.distinct_id);
      const seen = users.get(user) ?? new Set<number>();
      users.set(user, seen.add(Math.floor((at + zone.offset(at)) / partMs)));
    }
    return {
      data: Object.fromEntries(
        namesBetween(unit, given, zone, world.now()).map((date) => {
          const sizes = [...(parts.get(date)?.values() ?? [])].map((seen) => seen.size);
          // How many did it in at least one part of the unit, in at least two, and so on.
          const length = partsIn(unit, part, date);
          return [date, Array.from({ length }, (_, index) => sizes.filter((size) => size > index).length)];
        }),
      ),
    };
  }),
];

interface Visits {
  births: number[];
  returns: number[];
}

/** By user, when each was born and when each came back, in order of time. */
function visitsOf(exchange: Exchange, world: World, kind: (typeof KINDS)[number]): Map<string, Visits> {
  const zone = zoneOf(exchange, world);
  const { id } = projectOf(exchange);
  const back = textOf(exchange, 'event');
  const born = kind === 'birth' ? requiredText(exchange, 'born_event') : back;
  const where = expression(exchange, 'where', zone);
  const bornWhere = kind === 'birth' ? expression(exchange, 'born_where', zone) : where;
  const visits = new Map<string, Visits>();
  for (const event of world.events(id, { from: 0, to: world.now() + 1 })) {
    const subject = subjectOf(event, id, world);
    const isBirth =
      (born === undefined || event.event === born) && (!bornWhere || isTrue(bornWhere(subject)));
    const isReturn = (back === undefined || event.event === back) && (!where || isTrue(where(subject)));
    if (!isBirth && !isReturn) continue;
    const user = String(event.properties.distinct_id);
    const known = visits.get(user) ?? { births: [], returns: [] };
    visits.set(user, known);
    if (isBirth) known.births.push(timeOf(event));
    if (isReturn) known.returns.push(timeOf(event));
  }
  return visits;
}

/** The intervals after a birth in which the user came back; the 0th is shorter than one interval. */
function reached(
  birth: number,
  returns: readonly number[],
  { lengthMs, count }: { lengthMs: number; count: number },
  unbounded: boolean,
): Iterable<number> {
  const indexes = new Set<number>();
  for (const at of returns) {
    const index = Math.floor((at - birth) / lengthMs);
    if (at <= birth || (!unbounded && index >= count)) continue;
    // Unbounded: whoever comes back later counts for every interval before.
    for (let each = unbounded ? 0 : index; each <= Math.min(index, count - 1); each += 1) indexes.add(each);
  }
  return indexes;
}

function firstOfEach(times: readonly number[], dateOf: (at: number) => string): number[] {
  const seen = new Set<string>();
  return times.filter((at) => !seen.has(dateOf(at)) && seen.add(dateOf(at)));
}

function partsIn(unit: Unit, part: 'hour' | 'day', date: string): number {
  const length = (Date.parse(following(unit, date)) - Date.parse(date)) / DAY_MS;
  return part === 'hour' ? length * 24 : length;
}
