import { LRUCache } from 'lru-cache';
import { PluginError } from '../../errors.js';
import { addDays, startOfUtcDay, toUtcDay } from '../../time/day.js';
import { DAY_MS } from '../../time/durations.js';
import { createZone } from '../../time/zone.js';
import type { StoredEvent, Write } from '../records/write.js';
import type { Calendar } from '../time/calendar.js';
import { type Annotations, createAnnotations } from './annotations.js';
import { createDataset, type Dataset, type DatasetSize } from './dataset/dataset.js';
import { createDayEvents, getEventTime } from './dataset/day-events.js';
import type { SandboxProject } from './dataset/project.js';
import { MAIN_PROJECT_ID, PROJECTS } from './dataset/projects.js';
import { createProfiles, type Profiles } from './profiles.js';
import { createSchemas, type Schemas } from './schemas.js';

/** Moments from `from` up to, not including, `to`; epoch milliseconds. */
export interface TimeRange {
  from: number;
  to: number;
}

/** The data that the endpoints answer from. */
export interface DataStore {
  readonly projects: readonly SandboxProject[];
  /** The sandbox's time, epoch milliseconds. */
  now(): number;
  zone(project: SandboxProject): Calendar;
  /** Returns events in order of time, as they were sent: duplicates included. */
  rawEvents(projectId: string, range: TimeRange): Iterable<StoredEvent>;
  /** Returns events in order of time, each once. */
  events(projectId: string, range: TimeRange): Iterable<StoredEvent>;
  profiles(projectId: string): Profiles;
  annotations(projectId: string): Annotations;
  schemas(projectId: string): Schemas;
  /** The ids of the lookup tables that were written. */
  lookupTables(projectId: string): Map<string, string>;
  /** Applies writes; the next query sees them. */
  write(writes: readonly Write[]): void;
  /** Called with everything that `write` applies, before it returns: a journal hooks in here. */
  onWrite?: (writes: readonly Write[]) => void;
}

export interface DataStoreOptions extends DatasetSize {
  now(): number;
  /** Events that take the place of the first project's made-up ones. */
  importedEvents?: readonly StoredEvent[];
}

/** Days are generated on demand. A data set of this size stays in memory; of a larger one, hardly more than a day. */
const MAX_CACHED_EVENTS = 400_000;
const MAX_CACHED_EVENTS_OF_LARGE = 60_000;
const MIN_SIZES = [
  ['events', 0],
  ['users', 1],
  ['days', 1],
] as const;

/**
 * Creates a store whose data follow from a seed: the same size on the same day gives the same data.
 * Throws `INVALID_INPUT` when the size is out of range.
 */
export function createDataStore({ now, importedEvents, ...size }: DataStoreOptions): DataStore {
  for (const [name, min] of MIN_SIZES) {
    if (!(size[name] >= min)) {
      throw new PluginError(
        'INVALID_INPUT',
        `The sandbox cannot have ${size[name]} ${name}: it needs at least ${min}.`,
      );
    }
  }
  const startedAt = now();
  const calendars = new Map(
    PROJECTS.map(({ id, timezone, weekStartsOn }): [string, Calendar] => [
      id,
      { ...createZone(timezone), weekStartsOn },
    ]),
  );
  const days = new LRUCache<string, StoredEvent[]>({
    maxSize: size.events <= MAX_CACHED_EVENTS ? 2 * MAX_CACHED_EVENTS : MAX_CACHED_EVENTS_OF_LARGE,
    sizeCalculation: (events) => Math.max(1, events.length),
  });
  const datasets = new Map<string, Dataset>();
  const writtenEvents = new Map(PROJECTS.map(({ id }) => [id, new WrittenEvents()]));
  const profiles = new Map<string, Profiles>();
  const annotations = new Map<string, Annotations>();
  const schemas = new Map<string, Schemas>();
  const lookupTables = new Map<string, Map<string, string>>();
  for (const event of importedEvents ?? []) writtenEvents.get(MAIN_PROJECT_ID)?.add(event);

  function getDataset(projectId: string): Dataset {
    return getOrCreate(datasets, projectId, () => createDataset(projectId, size, startedAt));
  }

  function getDayEvents(projectId: string, day: number): StoredEvent[] {
    const key = `${projectId} ${day}`;
    let events = days.get(key);
    if (!events) {
      events = createDayEvents(getDataset(projectId), day);
      days.set(key, events);
    }
    return events;
  }

  function* generatedEvents(projectId: string, { from, to }: TimeRange): Generator<StoredEvent> {
    if (importedEvents && projectId === MAIN_PROJECT_ID) return;
    const { startsAt } = getDataset(projectId).period;
    const end = Math.min(to, now() + 1);
    const first = Math.max(0, Math.floor((from - startsAt) / DAY_MS));
    for (let day = first; startsAt + day * DAY_MS < end; day += 1) {
      const events = getDayEvents(projectId, day);
      for (let index = indexFrom(events, from); index < events.length; index += 1) {
        const event = events[index]!;
        if (getEventTime(event) >= end) return;
        yield event;
      }
    }
  }

  function apply(write: Write): void {
    if (!writtenEvents.has(write.projectId)) {
      throw new PluginError(
        'INVALID_INPUT',
        `The sandbox has no project ${write.projectId}, but its state file does. Give --state another file.`,
      );
    }
    switch (write.kind) {
      case 'event':
        writtenEvents.get(write.projectId)?.add(write.event);
        break;
      case 'profile':
      case 'group':
        store.profiles(write.projectId).update(write);
        break;
      case 'annotation':
      case 'annotation-deleted':
      case 'annotation-tag':
        store.annotations(write.projectId).apply(write);
        break;
      case 'schema':
      case 'schema-deleted':
        store.schemas(write.projectId).apply(write);
        break;
      case 'lookup-table':
        store.lookupTables(write.projectId).set(write.id, write.csv);
        break;
    }
  }

  const store: DataStore = {
    projects: PROJECTS,
    now,
    zone: ({ id }) => calendars.get(id)!,
    rawEvents: (projectId, range) =>
      merge(generatedEvents(projectId, range), writtenEvents.get(projectId)?.inRange(range) ?? []),
    events: (projectId, range) => deduplicate(store.rawEvents(projectId, range)),
    profiles: (projectId) =>
      getOrCreate(profiles, projectId, () => createProfiles(getDataset(projectId), now)),
    annotations: (projectId) =>
      getOrCreate(annotations, projectId, () =>
        createAnnotations((daysAgo) => startOfUtcDay(addDays(toUtcDay(startedAt), -daysAgo))),
      ),
    schemas: (projectId) => getOrCreate(schemas, projectId, createSchemas),
    lookupTables: (projectId) => getOrCreate(lookupTables, projectId, () => new Map()),
    write(writes) {
      for (const write of writes) apply(write);
      store.onWrite?.(writes);
    },
  };
  return store;
}

function getOrCreate<T>(existing: Map<string, T>, key: string, create: () => T): T {
  let value = existing.get(key);
  if (value === undefined) {
    value = create();
    existing.set(key, value);
  }
  return value;
}

/** Events from outside, in order of time; those of the same time in order of arrival. */
class WrittenEvents {
  #events: StoredEvent[] = [];
  #sorted = true;

  add(event: StoredEvent): void {
    const last = this.#events.at(-1);
    this.#sorted &&= last === undefined || getEventTime(last) <= getEventTime(event);
    this.#events.push(event);
  }

  inRange({ from, to }: TimeRange): StoredEvent[] {
    if (!this.#sorted) this.#events.sort((a, b) => getEventTime(a) - getEventTime(b));
    this.#sorted = true;
    return this.#events.slice(indexFrom(this.#events, from), indexFrom(this.#events, to));
  }
}

/** The index of the first event that is not before that moment. */
function indexFrom(events: readonly StoredEvent[], at: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (getEventTime(events[middle]!) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* merge(
  generatedEvents: Iterable<StoredEvent>,
  writtenEvents: readonly StoredEvent[],
): Generator<StoredEvent> {
  let index = 0;
  for (const event of generatedEvents) {
    while (index < writtenEvents.length && getEventTime(writtenEvents[index]!) < getEventTime(event)) {
      yield writtenEvents[index]!;
      index += 1;
    }
    yield event;
  }
  for (; index < writtenEvents.length; index += 1) yield writtenEvents[index]!;
}

/**
 * Leaves out what was sent again: the same event, distinct_id, time and $insert_id.
 * https://developer.mixpanel.com/reference/event-deduplication
 */
function* deduplicate(events: Iterable<StoredEvent>): Generator<StoredEvent> {
  let sameTime: StoredEvent[] = [];
  for (const event of events) {
    if (sameTime[0] === undefined || getEventTime(sameTime[0]) !== getEventTime(event)) sameTime = [];
    else if (sameTime.some((each) => isSame(each, event))) continue;
    sameTime.push(event);
    yield event;
  }
}

function isSame(a: StoredEvent, b: StoredEvent): boolean {
  return (
    a.event === b.event &&
    a.properties.$insert_id === b.properties.$insert_id &&
    a.properties.distinct_id === b.properties.distinct_id
  );
}
