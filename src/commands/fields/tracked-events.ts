import type { FieldProblem } from '../../command/definition.js';
import { isObject } from '../../json/object.js';
import {
  type EventReadOptions,
  type EventRecord,
  type RecordProblem,
  readEventRecord,
} from '../../records/event-record.js';
import { describePlaces, ProblemGroups } from '../../records/problem-groups.js';
import { DAY_MS } from '../../time/durations.js';
import { toEpochMs } from '../../time/epoch.js';

/** What `/track` takes. Source of every number: https://developer.mixpanel.com/reference/track-event */
/** Events in one request. */
export const MAX_BATCH_EVENTS = 2000;
/**
 * Bytes of one request, uncompressed: the lower of the two numbers Mixpanel gives, 2 MB and 10 MB.
 * Source: https://developer.mixpanel.com/reference/import-events
 */
export const MAX_BATCH_BYTES = 2_000_000;
const MAX_EVENT_AGE_MS = 5 * DAY_MS;
const MAX_EVENT_BYTES = 1_000_000;
const MAX_EVENT_PROPERTIES = 254;
/** Source: https://developer.mixpanel.com/reference/import-events (`$insert_id`). */
const INSERT_ID = /^[A-Za-z0-9-]{1,36}$/;
/** A list has a line for each kind of fault; further kinds are counted. */
const MAX_REPORTED_PROBLEMS = 20;

/** Yields every fault in a list of events, each kind once with the indexes of its events. */
export function* checkTrackedEvents(
  events: readonly unknown[],
  options: EventReadOptions,
  now: number,
): Iterable<FieldProblem> {
  const groups = new ProblemGroups();
  for (const [index, item] of events.entries()) {
    const { event, problems } = readEventRecord(item, options);
    for (const problem of event ? checkTrackedEvent(event, now) : problems) groups.add(index, problem);
  }
  const all = [...groups];
  for (const group of all.slice(0, MAX_REPORTED_PROBLEMS)) {
    yield {
      field: 'trackedEvents',
      message: `${describePlaces('event', group)}: ${group.message}`,
      received: group.received,
    };
  }
  if (all.length > MAX_REPORTED_PROBLEMS) {
    yield {
      field: 'trackedEvents',
      message: `and ${all.length - MAX_REPORTED_PROBLEMS} more kinds of faults.`,
    };
  }
}

/** Yields what `/track` would refuse or silently lose in one event. */
export function* checkTrackedEvent(
  event: EventRecord,
  now: number,
  json = JSON.stringify(event),
): Iterable<RecordProblem> {
  const { token, time } = event.properties;
  if (typeof token !== 'string' || token === '')
    yield { message: 'needs the project token in properties.token.' };
  if (typeof time === 'number' && toEpochMs(time) < now - MAX_EVENT_AGE_MS) {
    yield {
      message:
        'is older than the five days that /track keeps. Send it with "track --import" of the command line, or to /import with Custom Action.',
      received: time,
    };
  }
  yield* checkImportedEvent(event, json);
}

/** Yields what any ingestion endpoint would refuse in one event. */
export function* checkImportedEvent({ properties }: EventRecord, json: string): Iterable<RecordProblem> {
  const { $insert_id: insertId } = properties;
  if (insertId !== undefined && insertId !== null && !INSERT_ID.test(String(insertId))) {
    yield {
      message: '$insert_id must be 1 to 36 letters, digits or hyphens, or Mixpanel refuses it.',
      received: insertId,
    };
  }
  const propertyCount = Object.keys(properties).length;
  if (propertyCount > MAX_EVENT_PROPERTIES)
    yield { message: 'has too many properties; Mixpanel takes fewer than 255.', received: propertyCount };
  const bytes = Buffer.byteLength(json);
  if (bytes >= MAX_EVENT_BYTES) {
    yield {
      message: 'is too large; Mixpanel takes less than 1 MB.',
      received: `${bytes.toLocaleString('en-US')} bytes`,
    };
  }
}

/** Returns the event with an id as its `$insert_id` if it has none, so that Mixpanel knows it when it comes again. */
export function withInsertId(event: EventRecord, makeId: () => string): EventRecord {
  const { $insert_id: insertId } = event.properties;
  if (insertId !== undefined && insertId !== null && insertId !== '') return event;
  return { ...event, properties: { ...event.properties, $insert_id: makeId() } };
}

/** Returns what a result row says of an item. */
export function eventColumns(item: unknown): { event: unknown } {
  return { event: isObject(item) ? (item.event ?? null) : null };
}
