import type { Range, World } from '../data/data-store.js';
import { timeOf } from '../data/dataset/day-events.js';
import type { Endpoint, Exchange } from '../endpoint/definition.js';
import {
  choice,
  days,
  integer,
  list,
  projectOf,
  rangeOf,
  requiredList,
  requiredText,
  textOf,
  zoneOf,
} from '../endpoint/parameters.js';
import { endpoint, queryEndpoint } from '../endpoint/query-endpoint.js';
import { UNITS } from '../reports/buckets.js';
import { Tally, TYPES, valueTexts } from '../reports/tally.js';
import { addDays, DAY_MS } from '../time/zone.js';
import { refuseHourlyUniques, seriesReply, spanOf } from './series-reply.js';

/** The period the top lists look at. https://developer.mixpanel.com/reference/query-months-top-event-names */
const TOP_DAYS = 31;
/** More is never returned, whatever the limit. */
const MOST_NAMES = 5000;

/** https://developer.mixpanel.com/reference/event-breakdown */
export const eventEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/events', (exchange, world) => {
    const names = new Set(requiredList(exchange, 'event'));
    const type = choice(exchange, 'type', TYPES);
    const unit = choice(exchange, 'unit', UNITS);
    refuseHourlyUniques(type, unit);
    const span = spanOf(exchange, unit, zoneOf(exchange, world), world.now());
    const tally = new Tally();
    for (const event of world.events(projectOf(exchange).id, span.range)) {
      if (names.has(event.event)) tally.add(event.event, span.bucketOf(timeOf(event)), event);
    }
    // In the order asked for; an event nobody did is left out.
    const seen = new Set(tally.top(names.size));
    return seriesReply(
      exchange,
      span,
      tally,
      [...names].filter((name) => seen.has(name)),
      type,
    );
  }),

  endpoint('GET', '/events/properties', (exchange, world) => {
    const name = requiredText(exchange, 'event');
    const property = requiredText(exchange, 'name');
    const wanted = list(exchange, 'values');
    const type = choice(exchange, 'type', TYPES);
    const unit = choice(exchange, 'unit', UNITS);
    const limit = integer(exchange, 'limit', { least: 1 }) ?? 255;
    refuseHourlyUniques(type, unit);
    const span = spanOf(exchange, unit, zoneOf(exchange, world), world.now());
    const tally = new Tally();
    for (const event of world.events(projectOf(exchange).id, span.range)) {
      if (event.event !== name || !Object.hasOwn(event.properties, property)) continue;
      for (const text of valueTexts(event.properties[property])) {
        if (!wanted || wanted.includes(text)) tally.add(text, span.bucketOf(timeOf(event)), event);
      }
    }
    return seriesReply(exchange, span, tally, tally.top(limit), type);
  }),

  queryEndpoint('GET', '/events/top', (exchange, world) => {
    const type = choice(exchange, 'type', TYPES);
    const limit = integer(exchange, 'limit', { least: 1 }) ?? 100;
    const zone = zoneOf(exchange, world);
    const now = world.now();
    const today = zone.startOf(zone.dayOf(now));
    const yesterday = zone.startOf(addDays(zone.dayOf(now), -1));
    const current = tallyNames(exchange, world, { from: today, to: now + 1 });
    // "Normalized" is taken to mean as much of yesterday as there is of today.
    const before = tallyNames(exchange, world, { from: yesterday, to: yesterday + (now - today) + 1 });
    return {
      events: current.top(limit, type).map((event) => {
        const amount = current.all(event, type);
        const was = before.all(event, type);
        // `amount` is described as an integer, which an average is not.
        // What there was none of yesterday counts as doubled: 1 in the description's example.
        return { amount, event, percent_change: was === 0 ? 1 : (amount - was) / was };
      }),
      type,
    };
  }),

  queryEndpoint('GET', '/events/names', (exchange, world) => {
    const type = choice(exchange, 'type', TYPES);
    const limit = Math.min(integer(exchange, 'limit', { least: 1 }) ?? 255, MOST_NAMES);
    const zone = zoneOf(exchange, world);
    const range =
      textOf(exchange, 'from_date') === undefined
        ? lastDays(world)
        : rangeOf(days(exchange, zone, world.now()), zone);
    // The summary says "most common", the schema "descending alphabetical": the summary is what people use it for.
    return tallyNames(exchange, world, range).top(limit, type);
  }),

  queryEndpoint('GET', '/events/properties/top', (exchange, world) => {
    const name = requiredText(exchange, 'event');
    const limit = integer(exchange, 'limit', { least: 1 }) ?? 10;
    const tally = new Tally();
    for (const event of world.events(projectOf(exchange).id, lastDays(world))) {
      if (event.event !== name) continue;
      for (const property of Object.keys(event.properties)) tally.add(property, '', event);
    }
    return Object.fromEntries(
      tally.top(limit).map((property) => [property, { count: tally.all(property, 'general') }]),
    );
  }),

  queryEndpoint('GET', '/events/properties/values', (exchange, world) => {
    // Described as required; Mixpanel looks at all events without it.
    const name = textOf(exchange, 'event');
    const property = requiredText(exchange, 'name');
    const limit = integer(exchange, 'limit', { least: 1 }) ?? 255;
    const tally = new Tally();
    for (const event of world.events(projectOf(exchange).id, lastDays(world))) {
      if ((name !== undefined && event.event !== name) || !Object.hasOwn(event.properties, property))
        continue;
      for (const text of valueTexts(event.properties[property])) tally.add(text, '', event);
    }
    return tally.top(limit);
  }),
];

function tallyNames(exchange: Exchange, world: World, range: Range): Tally {
  const tally = new Tally();
  for (const event of world.events(projectOf(exchange).id, range)) tally.add(event.event, '', event);
  return tally;
}

function lastDays(world: World): Range {
  const now = world.now();
  return { from: now - TOP_DAYS * DAY_MS, to: now + 1 };
}
