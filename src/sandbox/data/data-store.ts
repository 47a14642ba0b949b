import { LRUCache } from 'lru-cache';
import { PluginError } from '../../errors.js';
import type { StoredEvent, Write } from '../records/write.js';
import { createZone, DAY_MS, type Zone } from '../time/zone.js';
import { type Endowment, endow, type Size } from './dataset/dataset.js';
import { createDay, timeOf } from './dataset/day-events.js';
import type { SandboxProject } from './dataset/project.js';
import { MAIN_PROJECT_ID, PROJECTS } from './dataset/projects.js';
import { createPeople, type People } from './profiles.js';

/** Moments from `from` up to, not including, `to`; epoch milliseconds. */
export interface Range {
  from: number;
  to: number;
}

/** Everything the endpoints answer from. */
export interface World {
  readonly projects: readonly SandboxProject[];
  /** The sandbox's time, epoch milliseconds. */
  now(): number;
  zone(project: SandboxProject): Zone;
  /** What happened, in order of time, as it was sent: duplicates included. */
  rawEvents(projectId: string, range: Range): Iterable<StoredEvent>;
  /** What happened, in order of time, each event once. */
  events(projectId: string, range: Range): Iterable<StoredEvent>;
  people(projectId: string): People;
  /** Takes writes in; the next query sees them. */
  write(writes: readonly Write[]): void;
  /** Called with everything taken in by `write`, before it returns: the place of a journal. */
  onWrite?: (writes: readonly Write[]) => void;
}

export interface WorldOptions extends Size {
  now(): number;
  /** Events that take the place of the first project's made-up ones. */
  ownEvents?: readonly StoredEvent[];
}

/** Days are made when they are asked for. A data set of this size is kept once made; of a larger one, hardly a day. */
const KEPT_EVENTS = 400_000;
const KEPT_EVENTS_OF_MANY = 60_000;
const LEAST = [
  ['events', 0],
  ['users', 1],
  ['days', 1],
] as const;

/**
 * A world made from a seed, the same for the same size on the same day.
 * @throws `INVALID_INPUT` when the size is none.
 */
export function createWorld({ now, ownEvents, ...size }: WorldOptions): World {
  for (const [name, least] of LEAST) {
    if (!(size[name] >= least)) {
      throw new PluginError(
        'INVALID_INPUT',
        `The sandbox cannot have ${size[name]} ${name}: it needs at least ${least}.`,
      );
    }
  }
  const begunAt = now();
  const zones = new Map(PROJECTS.map(({ timezone }) => [timezone, createZone(timezone)]));
  const days = new LRUCache<string, StoredEvent[]>({
    maxSize: size.events <= KEPT_EVENTS ? 2 * KEPT_EVENTS : KEPT_EVENTS_OF_MANY,
    sizeCalculation: (events) => Math.max(1, events.length),
  });
  const endowments = new Map<string, Endowment>();
  const written = new Map(PROJECTS.map(({ id }) => [id, new Written()]));
  const people = new Map<string, People>();
  for (const event of ownEvents ?? []) written.get(MAIN_PROJECT_ID)?.add(event);

  function endowmentOf(projectId: string): Endowment {
    let known = endowments.get(projectId);
    if (!known) {
      known = endow(projectId, size, begunAt);
      endowments.set(projectId, known);
    }
    return known;
  }

  function dayOf(projectId: string, day: number): StoredEvent[] {
    const key = `${projectId} ${day}`;
    let events = days.get(key);
    if (!events) {
      events = createDay(endowmentOf(projectId), day);
      days.set(key, events);
    }
    return events;
  }

  function* made(projectId: string, { from, to }: Range): Generator<StoredEvent> {
    if (ownEvents && projectId === MAIN_PROJECT_ID) return;
    const { startsAt } = endowmentOf(projectId).period;
    const end = Math.min(to, now() + 1);
    const first = Math.max(0, Math.floor((from - startsAt) / DAY_MS));
    for (let day = first; startsAt + day * DAY_MS < end; day += 1) {
      const events = dayOf(projectId, day);
      for (let index = indexFrom(events, from); index < events.length; index += 1) {
        const event = events[index]!;
        if (timeOf(event) >= end) return;
        yield event;
      }
    }
  }

  const world: World = {
    projects: PROJECTS,
    now,
    zone: ({ timezone }) => zones.get(timezone)!,
    rawEvents: (projectId, range) =>
      merge(made(projectId, range), written.get(projectId)?.within(range) ?? []),
    events: (projectId, range) => eachOnce(world.rawEvents(projectId, range)),
    people(projectId) {
      let known = people.get(projectId);
      if (!known) {
        known = createPeople(endowmentOf(projectId), now);
        people.set(projectId, known);
      }
      return known;
    },
    write(writes) {
      for (const write of writes) {
        if (write.kind === 'event') written.get(write.projectId)?.add(write.event);
        else world.people(write.projectId).update(write);
      }
      world.onWrite?.(writes);
    },
  };
  return world;
}

/** Events from outside, in order of time; those of the same time in order of arrival. */
class Written {
  #events: StoredEvent[] = [];
  #sorted = true;

  add(event: StoredEvent): void {
    const last = this.#events.at(-1);
    this.#sorted &&= last === undefined || timeOf(last) <= timeOf(event);
    this.#events.push(event);
  }

  within({ from, to }: Range): StoredEvent[] {
    if (!this.#sorted) this.#events.sort((one, other) => timeOf(one) - timeOf(other));
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
    if (timeOf(events[middle]!) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* merge(made: Iterable<StoredEvent>, written: readonly StoredEvent[]): Generator<StoredEvent> {
  let index = 0;
  for (const event of made) {
    while (index < written.length && timeOf(written[index]!) < timeOf(event)) {
      yield written[index]!;
      index += 1;
    }
    yield event;
  }
  for (; index < written.length; index += 1) yield written[index]!;
}

/**
 * Leaves out what was sent again: the same event, distinct_id, time and $insert_id.
 * https://developer.mixpanel.com/reference/event-deduplication
 */
function* eachOnce(events: Iterable<StoredEvent>): Generator<StoredEvent> {
  let sameTime: StoredEvent[] = [];
  for (const event of events) {
    if (sameTime[0] === undefined || timeOf(sameTime[0]) !== timeOf(event)) sameTime = [];
    else if (sameTime.some((each) => isSame(each, event))) continue;
    sameTime.push(event);
    yield event;
  }
}

function isSame(one: StoredEvent, other: StoredEvent): boolean {
  return (
    one.event === other.event &&
    one.properties.$insert_id === other.properties.$insert_id &&
    one.properties.distinct_id === other.properties.distinct_id
  );
}
