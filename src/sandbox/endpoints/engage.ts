import { createHash } from 'node:crypto';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../time/durations.js';
import { countEventsByUser, findCohortMembers } from '../data/cohort-members.js';
import type { DataStore } from '../data/data-store.js';
import type { Profile } from '../data/profiles.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { createEvaluationContext } from '../endpoint/evaluation-context.js';
import {
  compileParameter,
  getProjectZone,
  invalidParameter,
  readBoolean,
  readChoice,
  readExpression,
  readInteger,
  readList,
  readText,
  requireProject,
} from '../endpoint/parameters.js';
import { formatComputedAt, queryEndpoint } from '../endpoint/query-endpoint.js';
import { isTrue } from '../expression/evaluator.js';
import { isObject, parseJson, toText } from '../records/json.js';
import type { Json, JsonObject, StoredEvent } from '../records/write.js';
import { toValueLabels } from '../reports/tally.js';

/** https://developer.mixpanel.com/reference/engage-query */
const PAGE_SIZE = 1000;
/** Profiles that a behavior may return without `as_of_timestamp`. */
const MAX_UNCACHED_PROFILES = 1000;

export const engageEndpoints: readonly Endpoint[] = (['POST', 'GET'] as const).map((method) =>
  // The page describes POST; mixpanel_utils and Singer's tap use GET on the old address.
  queryEndpoint(method, '/engage', (request, store) => {
    const page = readInteger(request, 'page') ?? 0;
    const requestedSession = readText(request, 'session_id');
    const pageSize = readInteger(request, 'page_size', { min: 1, max: PAGE_SIZE }) ?? PAGE_SIZE;
    if (page > 0 && requestedSession === undefined)
      throw invalidParameter('page', 'session_id is required when page is above 0');

    const result = findProfiles(request, store);
    const session = createSessionId(request, result.asOf);
    // A session belongs to its filter: pages of another one would not fit together.
    if (requestedSession !== undefined && requestedSession.split('-')[1] !== session.split('-')[1]) {
      throw invalidParameter('session_id', 'the filter parameters must be those of the first page');
    }
    if (page > 0 && result.uncached)
      throw new EndpointError(400, 'request for page in uncached query for params');

    const outputProperties = readList(request, 'output_properties');
    const results = result.profiles.slice(page * pageSize, (page + 1) * pageSize);
    return {
      page,
      page_size: pageSize,
      results: results.map(({ id, properties }) => ({
        // Described as an integer, which an id of one's own choice need not be: it comes as it was sent, a text.
        $distinct_id: id,
        $properties: outputProperties ? pick(properties, outputProperties) : properties,
      })),
      session_id: requestedSession ?? session,
      status: 'ok',
      computed_at: formatComputedAt(store.now()),
      // Only the first page knows how many there are.
      ...(page === 0 ? { total: result.profiles.length } : {}),
    };
  }),
);

interface ProfileMatches {
  profiles: Profile[];
  /** Whether further pages would have to run the query again, which Mixpanel refuses. */
  uncached: boolean;
  asOf: number;
}

function findProfiles(request: SandboxRequest, store: DataStore): ProfileMatches {
  const { id: projectId } = requireProject(request);
  const projectProfiles = store.profiles(projectId);
  const behaviors = readBehaviors(request, store);
  const cohort = readCohort(request);
  if (behaviors && cohort)
    throw new EndpointError(400, 'behaviors and filter_by_cohort are mutually exclusive');
  const where = readExpression(request, 'where', getProjectZone(request, store));
  const asOfSeconds = readInteger(request, 'as_of_timestamp');
  const asOf = asOfSeconds === undefined ? store.now() : asOfSeconds * SECOND_MS;

  let profiles: Iterable<Profile> = listProfiles(request, store);
  if (cohort) {
    const members = findCohortMembers(cohort, projectId, store);
    profiles = readBoolean(request, 'include_all_users', true)
      ? [...members].map((id) => projectProfiles.user(id) ?? { id, properties: {} })
      : [...members].flatMap((id) => projectProfiles.user(id) ?? []);
  }
  const ids = readList(request, 'distinct_ids') ?? readDistinctId(request);
  if (ids) {
    const wanted = new Set(ids);
    profiles = [...profiles].filter(({ id }) => wanted.has(id));
  }

  const counts = new Map(
    behaviors?.map(({ name, windowMs, matches }) => [
      name,
      countEventsByUser(projectId, store, matches, asOf - windowMs, asOf),
    ]),
  );
  const matched: Profile[] = [];
  for (const profile of profiles) {
    const behaviorCounts = Object.fromEntries(
      [...counts].map(([name, byUser]) => [name, byUser.get(profile.id) ?? 0]),
    );
    const { properties } = profile;
    if (!where || isTrue(where({ properties, user: () => properties, behaviors: behaviorCounts })))
      matched.push(profile);
  }
  const limit = readInteger(request, 'limit', { min: 1 });
  const found = sortProfiles(searchProfiles(matched, request), request, store).slice(0, limit);
  const uncached =
    behaviors !== undefined && asOfSeconds === undefined && matched.length > MAX_UNCACHED_PROFILES;
  return { profiles: found, uncached, asOf };
}

/** `search` is in no page: Mixpanel's client sends it. That it looks at ids, names and addresses is a guess. */
function searchProfiles(profiles: readonly Profile[], request: SandboxRequest): readonly Profile[] {
  const search = readText(request, 'search')?.toLowerCase();
  if (search === undefined) return profiles;
  return profiles.filter(({ id, properties }) =>
    [id, properties.$name, properties.$email].some((text) => toText(text).toLowerCase().includes(search)),
  );
}

/** `sort_key` is an expression, `sort_order` `ascending` or `descending`; Mixpanel's client sends both. */
function sortProfiles(
  profiles: readonly Profile[],
  request: SandboxRequest,
  store: DataStore,
): readonly Profile[] {
  const key = readExpression(request, 'sort_key', getProjectZone(request, store));
  const order = readChoice(request, 'sort_order', ['ascending', 'descending'], 'ascending');
  if (!key) return profiles;
  const keyed = profiles.map((profile) => {
    const { properties } = profile;
    const value = key({ properties, user: () => properties });
    return { profile, value: typeof value === 'number' ? value : (toValueLabels(value)[0] ?? '') };
  });
  const sign = order === 'ascending' ? 1 : -1;
  keyed.sort(({ value: a }, { value: b }) => (a === b ? 0 : a < b ? -sign : sign));
  return keyed.map(({ profile }) => profile);
}

function listProfiles(request: SandboxRequest, store: DataStore): Iterable<Profile> {
  const projectProfiles = store.profiles(requireProject(request).id);
  const groupId = readText(request, 'data_group_id');
  if (groupId === undefined) return projectProfiles.users();
  const groups = projectProfiles.groups(groupId);
  if (!groups) throw invalidParameter('data_group_id', `unknown data group ${groupId}`);
  return groups;
}

function readDistinctId(request: SandboxRequest): string[] | undefined {
  const id = readText(request, 'distinct_id');
  return id === undefined ? undefined : [id];
}

function readCohort(request: SandboxRequest) {
  const text = readText(request, 'filter_by_cohort');
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (!isObject(parsed) || parsed.id === undefined)
    throw invalidParameter('filter_by_cohort', 'must be a JSON object with an id');
  const cohort = requireProject(request).cohorts.find(({ id }) => String(id) === String(parsed.id));
  if (!cohort) throw invalidParameter('filter_by_cohort', `cohort ${String(parsed.id)} not found`);
  return cohort;
}

interface Behavior {
  name: string;
  windowMs: number;
  matches(event: StoredEvent): boolean;
}

/** `[{"window": "30d", "name": "x", "event_selectors": [{"event": "Login"}]}]`; described as an integer, which it is not. */
function readBehaviors(request: SandboxRequest, store: DataStore): Behavior[] | undefined {
  const text = readText(request, 'behaviors');
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) throw invalidParameter('behaviors', 'must be a JSON array');
  return parsed.map((behavior) => {
    const { name, window, event_selectors: selectors } = isObject(behavior) ? behavior : {};
    const [, count, unit] = /^(\d+)([hd])$/.exec(String(window)) ?? [];
    if (typeof name !== 'string' || !Array.isArray(selectors) || count === undefined) {
      throw invalidParameter('behaviors', 'each must have name, window (such as "30d") and event_selectors');
    }
    return {
      name,
      windowMs: Number(count) * (unit === 'h' ? HOUR_MS : DAY_MS),
      matches: readSelectors(selectors, request, store),
    };
  });
}

/** An event is selected by its name, and by an expression where there is one. */
function readSelectors(
  selectors: readonly Json[],
  request: SandboxRequest,
  store: DataStore,
): Behavior['matches'] {
  const { id } = requireProject(request);
  const conditions = selectors.map((selector) => {
    const { event, selector: where } = isObject(selector) ? selector : {};
    return {
      event,
      where:
        typeof where === 'string' && where !== ''
          ? compileParameter('behaviors', where, getProjectZone(request, store))
          : undefined,
    };
  });
  return (event) =>
    conditions.some(
      (selector) =>
        selector.event === event.event &&
        (!selector.where || isTrue(selector.where(createEvaluationContext(event, id, store)))),
    );
}

const FILTER_PARAMETERS = [
  'where',
  'behaviors',
  'filter_by_cohort',
  'include_all_users',
  'distinct_id',
  'distinct_ids',
  'data_group_id',
  'sort_key',
  'sort_order',
  'search',
  'limit',
];

/**
 * Returns a moment and a digest of what was asked, as recorded in July 2026: `1783098602920-<32 hexadecimal digits>`.
 * The same filter has the same second half.
 */
function createSessionId(request: SandboxRequest, asOf: number): string {
  const filter = FILTER_PARAMETERS.map((name) => readText(request, name) ?? '');
  const digest = createHash('md5')
    .update(JSON.stringify([requireProject(request).id, ...filter]))
    .digest('hex');
  return `${Math.floor(asOf)}-${digest}`;
}

function pick(properties: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(properties, name)).map((name) => [name, properties[name] ?? null]),
  );
}
