import type { FieldProblem } from '../../command/definition.js';
import { isObject } from '../../json/object.js';
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
const MAX_REPORTED_PROBLEMS = 20;

/** Every mistake in the list, each with the index of its event; a long list of mistakes is cut with its number. */
export function* checkTrackedEvents(events: readonly unknown[], now: number): Iterable<FieldProblem> {
  let problemCount = 0;
  for (const [index, event] of events.entries()) {
    for (const problem of checkTrackedEvent(event, now)) {
      problemCount += 1;
      if (problemCount <= MAX_REPORTED_PROBLEMS) {
        yield {
          field: 'trackedEvents',
          message: `event ${index}: ${problem.message}`,
          received: problem.received,
        };
      }
    }
  }
  if (problemCount > MAX_REPORTED_PROBLEMS) {
    yield {
      field: 'trackedEvents',
      message: `and ${problemCount - MAX_REPORTED_PROBLEMS} more mistakes like these.`,
    };
  }
}

/** What `/track` would refuse or silently lose in one event; `json` where it is at hand. */
export function* checkTrackedEvent(
  event: unknown,
  now: number,
  json = JSON.stringify(event),
): Iterable<{ message: string; received?: unknown }> {
  if (!isObject(event)) {
    yield { message: 'must be an object with event and properties.', received: event };
    return;
  }
  if (typeof event.event !== 'string' || event.event === '') {
    yield { message: 'needs an event name in "event".', received: event.event };
  }
  if (!isObject(event.properties)) {
    yield {
      message: 'needs a "properties" object with the project token in "token".',
      received: event.properties,
    };
    return;
  }
  const { token, time, $insert_id: insertId } = event.properties;
  if (typeof token !== 'string' || token === '')
    yield { message: 'needs the project token in properties.token.' };
  if (time !== undefined) yield* checkTime(time, now);
  if (insertId !== undefined && !INSERT_ID.test(String(insertId))) {
    yield {
      message: '$insert_id must be 1 to 36 letters, digits or hyphens, or Mixpanel refuses it.',
      received: insertId,
    };
  }
  const propertyCount = Object.keys(event.properties).length;
  if (propertyCount > MAX_EVENT_PROPERTIES)
    yield { message: `has ${propertyCount} properties; Mixpanel takes fewer than 255.` };
  const bytes = Buffer.byteLength(json);
  if (bytes >= MAX_EVENT_BYTES)
    yield { message: `is ${bytes.toLocaleString('en-US')} bytes; Mixpanel takes less than 1 MB.` };
}

function* checkTime(time: unknown, now: number): Iterable<{ message: string; received?: unknown }> {
  const numericTime = typeof time === 'string' && /^\d+(\.\d+)?$/.test(time) ? Number(time) : time;
  const timeMs = typeof numericTime === 'number' ? toEpochMs(numericTime) : Date.parse(String(time));
  if (Number.isNaN(timeMs))
    yield { message: 'time must be epoch seconds, such as 1762000000.', received: time };
  else if (timeMs < now - MAX_EVENT_AGE_MS) {
    yield {
      message: 'is older than the five days /track keeps. Send it to /import with Custom Action instead.',
      received: time,
    };
  }
}

/** The event with an id as its `$insert_id` where it has none, so that Mixpanel knows it when it comes again. */
export function withInsertId(event: unknown, generateId: () => string): unknown {
  if (!isObject(event) || !isObject(event.properties)) return event;
  const { $insert_id: insertId } = event.properties;
  if (insertId !== undefined && insertId !== null) return event;
  return { ...event, properties: { ...event.properties, $insert_id: generateId() } };
}
