import { addDays } from '../../time/day.js';
import { DAY_MS } from '../../time/durations.js';
import type { DataStore, TimeRange } from '../data/data-store.js';
import { getEventTime } from '../data/dataset/day-events.js';
import { COUNT_TYPES } from '../data/dataset/saved-objects.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import {
  getProjectZone,
  readChoice,
  readDateRange,
  readInteger,
  readList,
  readText,
  requireList,
  requireProject,
  requireText,
  toTimeRange,
} from '../endpoint/parameters.js';
import { queryEndpoint, rawQueryEndpoint } from '../endpoint/query-endpoint.js';
import { UNITS } from '../reports/buckets.js';
import { Tally, toValueLabels } from '../reports/tally.js';
import { createSeriesReply, readSpan, rejectHourlyUniques } from './series-reply.js';

/** The period the top lists look at. https://developer.mixpanel.com/reference/query-months-top-event-names */
const TOP_DAYS = 31;
/** More is never returned, whatever the limit. */
const MAX_NAMES = 5000;

/** https://developer.mixpanel.com/reference/event-breakdown */
export const eventEndpoints: readonly Endpoint[] = [
  rawQueryEndpoint('GET', '/events', (request, store) => {
    const names = new Set(requireList(request, 'event'));
    const type = readChoice(request, 'type', COUNT_TYPES);
    const unit = readChoice(request, 'unit', UNITS);
    rejectHourlyUniques(type, unit);
    const span = readSpan(request, unit, getProjectZone(request, store), store.now());
    const tally = new Tally();
    for (const event of store.events(requireProject(request).id, span.range)) {
      if (names.has(event.event)) tally.add(event.event, span.bucketOf(getEventTime(event)), event);
    }
    // In the requested order; an event that never happened is left out.
    const seen = new Set(tally.top(names.size));
    return createSeriesReply(
      request,
      span,
      tally,
      [...names].filter((name) => seen.has(name)),
      type,
    );
  }),

  rawQueryEndpoint('GET', '/events/properties', (request, store) => {
    const name = requireText(request, 'event');
    const property = requireText(request, 'name');
    const wanted = readList(request, 'values');
    const type = readChoice(request, 'type', COUNT_TYPES);
    const unit = readChoice(request, 'unit', UNITS);
    const limit = readInteger(request, 'limit', { min: 1 }) ?? 255;
    rejectHourlyUniques(type, unit);
    const span = readSpan(request, unit, getProjectZone(request, store), store.now());
    const tally = new Tally();
    for (const event of store.events(requireProject(request).id, span.range)) {
      if (event.event !== name || !Object.hasOwn(event.properties, property)) continue;
      for (const text of toValueLabels(event.properties[property])) {
        if (!wanted || wanted.includes(text)) tally.add(text, span.bucketOf(getEventTime(event)), event);
      }
    }
    return createSeriesReply(request, span, tally, tally.top(limit), type);
  }),

  queryEndpoint('GET', '/events/top', (request, store) => {
    const type = readChoice(request, 'type', COUNT_TYPES);
    const limit = readInteger(request, 'limit', { min: 1 }) ?? 100;
    const zone = getProjectZone(request, store);
    const now = store.now();
    const today = zone.startOfDay(zone.dayOf(now));
    const yesterday = zone.startOfDay(addDays(zone.dayOf(now), -1));
    const current = countNames(request, store, { from: today, to: now + 1 });
    // "Normalized" is taken to mean as much of yesterday as there is of today.
    const previous = countNames(request, store, { from: yesterday, to: yesterday + (now - today) + 1 });
    return {
      events: current.top(limit, type).map((event) => {
        const amount = current.total(event, type);
        const previousAmount = previous.total(event, type);
        // `amount` is described as an integer, which an average is not.
        // What there was none of yesterday counts as doubled: 1 in the description's example.
        return {
          amount,
          event,
          percent_change: previousAmount === 0 ? 1 : (amount - previousAmount) / previousAmount,
        };
      }),
      type,
    };
  }),

  queryEndpoint('GET', '/events/names', (request, store) => {
    const type = readChoice(request, 'type', COUNT_TYPES);
    const limit = Math.min(readInteger(request, 'limit', { min: 1 }) ?? 255, MAX_NAMES);
    const zone = getProjectZone(request, store);
    const range =
      readText(request, 'from_date') === undefined
        ? recentRange(store)
        : toTimeRange(readDateRange(request, zone, store.now()), zone);
    // The summary says "most common", the schema "descending alphabetical": the summary is what people use it for.
    return countNames(request, store, range).top(limit, type);
  }),

  queryEndpoint('GET', '/events/properties/top', (request, store) => {
    const name = requireText(request, 'event');
    const limit = readInteger(request, 'limit', { min: 1 }) ?? 10;
    const tally = new Tally();
    for (const event of store.events(requireProject(request).id, recentRange(store))) {
      if (event.event !== name) continue;
      for (const property of Object.keys(event.properties)) tally.add(property, '', event);
    }
    return Object.fromEntries(
      tally.top(limit).map((property) => [property, { count: tally.total(property, 'general') }]),
    );
  }),

  queryEndpoint('GET', '/events/properties/values', (request, store) => {
    // Described as required; Mixpanel looks at all events without it.
    const name = readText(request, 'event');
    const property = requireText(request, 'name');
    const limit = readInteger(request, 'limit', { min: 1 }) ?? 255;
    const tally = new Tally();
    for (const event of store.events(requireProject(request).id, recentRange(store))) {
      if ((name !== undefined && event.event !== name) || !Object.hasOwn(event.properties, property))
        continue;
      for (const text of toValueLabels(event.properties[property])) tally.add(text, '', event);
    }
    return tally.top(limit);
  }),
];

function countNames(request: SandboxRequest, store: DataStore, range: TimeRange): Tally {
  const tally = new Tally();
  for (const event of store.events(requireProject(request).id, range)) tally.add(event.event, '', event);
  return tally;
}

function recentRange(store: DataStore): TimeRange {
  const now = store.now();
  return { from: now - TOP_DAYS * DAY_MS, to: now + 1 };
}
