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

// Limits of `/track`. Source: https://developer.mixpanel.com/reference/track-event
/** Maximum number of events in one request. */
export const MAX_BATCH_EVENTS = 2000;
/**
 * Maximum uncompressed bytes of one request: the lower of Mixpanel's two figures, 2 MB and 10 MB.
 * Source: https://developer.mixpanel.com/reference/import-events
 */
export const MAX_BATCH_BYTES = 2_000_000;
const MAX_EVENT_AGE_MS = 5 * DAY_MS;
const MAX_EVENT_BYTES = 1_000_000;
const MAX_EVENT_PROPERTIES = 254;
/** Source: https://developer.mixpanel.com/reference/import-events (`$insert_id`). */
const INSERT_ID = /^[A-Za-z0-9-]{1,36}$/;
/** Kinds of problems that are listed; further kinds are only counted. */
const MAX_REPORTED_PROBLEMS = 20;

/** Yields every kind of problem in a list of events once, with the indexes of its events. */
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
      message: `and ${all.length - MAX_REPORTED_PROBLEMS} more kinds of problems.`,
    };
  }
}

/** Yields problems for which `/track` would reject or silently drop an event. */
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

/** Yields problems for which any ingestion endpoint would reject an event. */
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

/** Returns the event with an `$insert_id`, so that Mixpanel recognizes it if it is sent again. */
export function withInsertId(event: EventRecord, makeId: () => string): EventRecord {
  const { $insert_id: insertId } = event.properties;
  if (insertId !== undefined && insertId !== null && insertId !== '') return event;
  return { ...event, properties: { ...event.properties, $insert_id: makeId() } };
}

/** Returns the columns of a result row that describe an item. */
export function eventColumns(item: unknown): { event: unknown } {
  return { event: isObject(item) ? (item.event ?? null) : null };
}
