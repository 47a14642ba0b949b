import { countDoers, membersOf } from '../data/cohort-members.js';
import type { World } from '../data/data-store.js';
import { mix } from '../data/dataset/random.js';
import type { Profile } from '../data/profiles.js';
import type { Endpoint, Exchange } from '../endpoint/definition.js';
import { Refusal } from '../endpoint/errors.js';
import { subjectOf } from '../endpoint/evaluation-context.js';
import {
  evaluator,
  expression,
  flag,
  integer,
  list,
  projectOf,
  refuse,
  textOf,
  zoneOf,
} from '../endpoint/parameters.js';
import { computedAt, queryEndpoint } from '../endpoint/query-endpoint.js';
import { isTrue } from '../expression/evaluator.js';
import { isObject, parseJson } from '../records/json.js';
import type { Json, JsonObject, StoredEvent } from '../records/write.js';
import { DAY_MS } from '../time/zone.js';

/** https://developer.mixpanel.com/reference/engage-query */
const PAGE_SIZE = 1000;
/** So many profiles are served by their behavior without `as_of_timestamp`. */
const UNCACHED_PROFILES = 1000;
const HOUR_MS = DAY_MS / 24;

export const engageEndpoints: readonly Endpoint[] = [
  queryEndpoint('POST', '/engage', (exchange, world) => {
    const page = integer(exchange, 'page') ?? 0;
    const given = textOf(exchange, 'session_id');
    const pageSize = integer(exchange, 'page_size', { least: 1, most: PAGE_SIZE }) ?? PAGE_SIZE;
    if (page > 0 && given === undefined) throw refuse('page', 'session_id is required when page is above 0');

    const found = find(exchange, world);
    const session = sessionOf(exchange, found.asOf);
    // A session belongs to its filter: pages of another one would not fit together.
    if (given !== undefined && given.split('-')[1] !== session.split('-')[1]) {
      throw refuse('session_id', 'the filter parameters must be those of the first page');
    }
    if (page > 0 && found.uncached) throw new Refusal(400, 'request for page in uncached query for params');

    const output = list(exchange, 'output_properties');
    const results = found.profiles.slice(page * pageSize, (page + 1) * pageSize);
    return {
      page,
      page_size: pageSize,
      results: results.map(({ id, properties }) => ({
        // Described as an integer, which an id of one's own choice need not be: it comes as it was sent, a text.
        $distinct_id: id,
        $properties: output ? pick(properties, output) : properties,
      })),
      session_id: given ?? session,
      status: 'ok',
      computed_at: computedAt(world.now()),
      // Only the first page knows how many there are.
      ...(page === 0 ? { total: found.profiles.length } : {}),
    };
  }),
];

interface Found {
  profiles: Profile[];
  /** Whether further pages would have to run the query again, which Mixpanel refuses. */
  uncached: boolean;
  asOf: number;
}

function find(exchange: Exchange, world: World): Found {
  const { id: projectId } = projectOf(exchange);
  const people = world.people(projectId);
  const behaviors = readBehaviors(exchange, world);
  const cohort = readCohort(exchange);
  if (behaviors && cohort) throw new Refusal(400, 'behaviors and filter_by_cohort are mutually exclusive');
  const where = expression(exchange, 'where', zoneOf(exchange, world));
  const asOfSeconds = integer(exchange, 'as_of_timestamp');
  const asOf = asOfSeconds === undefined ? world.now() : asOfSeconds * 1000;

  let profiles: Iterable<Profile> = everybody(exchange, world);
  if (cohort) {
    const members = membersOf(cohort, projectId, world);
    profiles = flag(exchange, 'include_all_users', true)
      ? [...members].map((id) => people.user(id) ?? { id, properties: {} })
      : [...members].flatMap((id) => people.user(id) ?? []);
  }
  const ids = list(exchange, 'distinct_ids') ?? oneId(exchange);
  if (ids) {
    const wanted = new Set(ids);
    profiles = [...profiles].filter(({ id }) => wanted.has(id));
  }

  const counts = new Map(
    behaviors?.map(({ name, windowMs, selects }) => [
      name,
      countDoers(projectId, world, selects, asOf - windowMs, asOf),
    ]),
  );
  const kept: Profile[] = [];
  for (const profile of profiles) {
    const done = Object.fromEntries([...counts].map(([name, doers]) => [name, doers.get(profile.id) ?? 0]));
    const { properties } = profile;
    if (!where || isTrue(where({ properties, user: () => properties, behaviors: done }))) kept.push(profile);
  }
  const uncached = behaviors !== undefined && asOfSeconds === undefined && kept.length > UNCACHED_PROFILES;
  return { profiles: kept, uncached, asOf };
}

function everybody(exchange: Exchange, world: World): Iterable<Profile> {
  const people = world.people(projectOf(exchange).id);
  const groupId = textOf(exchange, 'data_group_id');
  if (groupId === undefined) return people.users();
  const groups = people.groups(groupId);
  if (!groups) throw refuse('data_group_id', `unknown data group ${groupId}`);
  return groups;
}

function oneId(exchange: Exchange): string[] | undefined {
  const id = textOf(exchange, 'distinct_id');
  return id === undefined ? undefined : [id];
}

function readCohort(exchange: Exchange) {
  const text = textOf(exchange, 'filter_by_cohort');
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (!isObject(parsed) || parsed.id === undefined)
    throw refuse('filter_by_cohort', 'must be a JSON object with an id');
  const cohort = projectOf(exchange).cohorts.find(({ id }) => String(id) === String(parsed.id));
  if (!cohort) throw refuse('filter_by_cohort', `cohort ${String(parsed.id)} not found`);
  return cohort;
}

interface Behavior {
  name: string;
  windowMs: number;
  selects(event: StoredEvent): boolean;
}

/** `[{"window": "30d", "name": "x", "event_selectors": [{"event": "Login"}]}]`; described as an integer, which it is not. */
function readBehaviors(exchange: Exchange, world: World): Behavior[] | undefined {
  const text = textOf(exchange, 'behaviors');
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) throw refuse('behaviors', 'must be a JSON array');
  return parsed.map((behavior) => {
    const { name, window, event_selectors: selectors } = isObject(behavior) ? behavior : {};
    const [, count, unit] = /^(\d+)([hd])$/.exec(String(window)) ?? [];
    if (typeof name !== 'string' || !Array.isArray(selectors) || count === undefined) {
      throw refuse('behaviors', 'each must have name, window (such as "30d") and event_selectors');
    }
    return {
      name,
      windowMs: Number(count) * (unit === 'h' ? HOUR_MS : DAY_MS),
      selects: readSelectors(selectors, exchange, world),
    };
  });
}

/** An event is selected by its name, and by an expression where there is one. */
function readSelectors(selectors: readonly Json[], exchange: Exchange, world: World): Behavior['selects'] {
  const { id } = projectOf(exchange);
  const read = selectors.map((selector) => {
    const { event, selector: where } = isObject(selector) ? selector : {};
    return {
      event,
      where:
        typeof where === 'string' && where !== ''
          ? evaluator('behaviors', where, zoneOf(exchange, world))
          : undefined,
    };
  });
  return (event) =>
    read.some(
      (selector) =>
        selector.event === event.event &&
        (!selector.where || isTrue(selector.where(subjectOf(event, id, world)))),
    );
}

const FILTERS = [
  'where',
  'behaviors',
  'filter_by_cohort',
  'include_all_users',
  'distinct_id',
  'distinct_ids',
  'data_group_id',
];

/** A moment and what was asked: the same filter has the same second half. */
function sessionOf(exchange: Exchange, asOf: number): string {
  const filter = FILTERS.map((name) => textOf(exchange, name) ?? '').join('\n');
  const project = projectOf(exchange).id;
  return `${Math.floor(asOf / 1000)}-${mix(...Buffer.from(`${project}\n${filter}`))
    .toString(36)
    .toUpperCase()}`;
}

function pick(properties: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(properties, name)).map((name) => [name, properties[name] ?? null]),
  );
}
