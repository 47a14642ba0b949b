import { LRUCache } from 'lru-cache';
import { PluginError } from '../../errors.js';
import { DAY_MS } from '../../time/durations.js';
import { createZone, type Zone } from '../../time/zone.js';
import type { StoredEvent, Write } from '../records/write.js';
import { createDataset, type Dataset, type DatasetSize } from './dataset/dataset.js';
import { createDayEvents, getEventTime } from './dataset/day-events.js';
import type { SandboxProject } from './dataset/project.js';
import { MAIN_PROJECT_ID, PROJECTS } from './dataset/projects.js';
import { createProfiles, type Profiles } from './profiles.js';

/** Moments from `from` up to, not including, `to`; epoch milliseconds. */
export interface TimeRange {
  from: number;
  to: number;
}

/** Everything the endpoints answer from. */
export interface DataStore {
  readonly projects: readonly SandboxProject[];
  /** The sandbox's time, epoch milliseconds. */
  now(): number;
  zone(project: SandboxProject): Zone;
  /** What happened, in order of time, as it was sent: duplicates included. */
  rawEvents(projectId: string, range: TimeRange): Iterable<StoredEvent>;
  /** What happened, in order of time, each event once. */
  events(projectId: string, range: TimeRange): Iterable<StoredEvent>;
  profiles(projectId: string): Profiles;
  /** Takes writes in; the next query sees them. */
  write(writes: readonly Write[]): void;
  /** Called with everything taken in by `write`, before it returns: the place of a journal. */
  onWrite?: (writes: readonly Write[]) => void;
}

export interface DataStoreOptions extends DatasetSize {
  now(): number;
  /** Events that take the place of the first project's made-up ones. */
  importedEvents?: readonly StoredEvent[];
}

/** Days are made when they are asked for. A data set of this size is kept once made; of a larger one, hardly a day. */
const MAX_CACHED_EVENTS = 400_000;
const MAX_CACHED_EVENTS_OF_LARGE = 60_000;
const MIN_SIZES = [
  ['events', 0],
  ['users', 1],
  ['days', 1],
] as const;

/**
 * A world made from a seed, the same for the same size on the same day.
 * @throws `INVALID_INPUT` when the size is none.
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
  const zones = new Map(PROJECTS.map(({ timezone }) => [timezone, createZone(timezone)]));
  const days = new LRUCache<string, StoredEvent[]>({
    maxSize: size.events <= MAX_CACHED_EVENTS ? 2 * MAX_CACHED_EVENTS : MAX_CACHED_EVENTS_OF_LARGE,
    sizeCalculation: (events) => Math.max(1, events.length),
  });
  const datasets = new Map<string, Dataset>();
  const writtenEvents = new Map(PROJECTS.map(({ id }) => [id, new WrittenEvents()]));
  const profiles = new Map<string, Profiles>();
  for (const event of importedEvents ?? []) writtenEvents.get(MAIN_PROJECT_ID)?.add(event);

  function getDataset(projectId: string): Dataset {
    let existing = datasets.get(projectId);
    if (!existing) {
      existing = createDataset(projectId, size, startedAt);
      datasets.set(projectId, existing);
    }
    return existing;
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

  const store: DataStore = {
    projects: PROJECTS,
    now,
    zone: ({ timezone }) => zones.get(timezone)!,
    rawEvents: (projectId, range) =>
      merge(generatedEvents(projectId, range), writtenEvents.get(projectId)?.inRange(range) ?? []),
    events: (projectId, range) => deduplicate(store.rawEvents(projectId, range)),
    profiles(projectId) {
      let existing = profiles.get(projectId);
      if (!existing) {
        existing = createProfiles(getDataset(projectId), now);
        profiles.set(projectId, existing);
      }
      return existing;
    },
    write(writes) {
      for (const write of writes) {
        if (write.kind === 'event') writtenEvents.get(write.projectId)?.add(write.event);
        else store.profiles(write.projectId).update(write);
      }
      store.onWrite?.(writes);
    },
  };
  return store;
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
