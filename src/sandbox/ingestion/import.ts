import { randomUUID } from 'node:crypto';
import { startOfUtcDay } from '../../time/day.js';
import { HOUR_MS } from '../../time/durations.js';
import { toEpochMs } from '../../time/epoch.js';
import type { SandboxRequest } from '../endpoint/definition.js';
import { toText } from '../records/json.js';
import type { JsonObject, StoredEvent } from '../records/write.js';
import {
  findPropertiesViolation,
  invalidField,
  MAX_RECORDS_PER_REQUEST,
  MAX_REQUEST_BYTES,
  type Violation,
} from './limits.js';
import {
  createImportReply,
  createTooLargeReply,
  isFlagSet,
  type Rejection,
  type ValidationResult,
} from './replies.js';
import { readRecords } from './request-records.js';
import { readEventFields, toStoredEvent } from './stored-event.js';

const INSERT_ID_PATTERN = /^[A-Za-z0-9-]{1,36}$/;
const MIN_TIME_MS = startOfUtcDay('1971-01-01');
const MAX_FUTURE_MS = HOUR_MS;

/** Values that are usually mistakes, refused as `distinct_id` and as `$insert_id`. */
const BANNED_IDS = new Set(
  (
    '00000000-0000-0000-0000-000000000000 anon anonymous nil none null n/a na undefined unknown <nil> 0 -1 ' +
    'true false [] {}'
  ).split(' '),
);

/**
 * Validates a request to `/import`: what is right is kept. Only with `strict=1` are the ids of an event checked;
 * otherwise missing ones are filled in.
 */
export function validateImport(request: SandboxRequest): ValidationResult<StoredEvent> {
  if (request.rawBody.byteLength > MAX_REQUEST_BYTES) {
    return { accepted: [], reply: createTooLargeReply(`${MAX_REQUEST_BYTES} bytes`) };
  }
  const records = readRecords(request);
  if (records.length > MAX_RECORDS_PER_REQUEST)
    return { accepted: [], reply: createTooLargeReply(`${MAX_RECORDS_PER_REQUEST} events`) };
  const isStrict = isFlagSet(request.params.strict);
  const rejections: Rejection[] = [];
  const accepted: StoredEvent[] = [];
  records.forEach((record, index) => {
    const { event, properties } = readEventFields(record);
    const violation =
      findEventViolation(event, properties, request.receivedAt) ??
      (isStrict ? findIdViolation(properties) : undefined) ??
      findPropertiesViolation(properties);
    if (violation) rejections.push({ index, insertId: toText(properties.$insert_id), ...violation });
    else accepted.push(toStoredEvent(event, withIds(properties), request.receivedAt));
  });
  if (records.length === 0) rejections.push({ index: 0, insertId: '', field: '', message: 'no records' });
  return { accepted, reply: createImportReply(request, accepted.length, rejections) };
}

/** Two of these messages are Mixpanel's (a blank event, a wrong time); the other follows their pattern. */
function findEventViolation(event: string, { time }: JsonObject, now: number): Violation | undefined {
  if (event === '') return { field: 'event', message: "'event' must not be missing or blank" };
  if (typeof time !== 'number' || toEpochMs(time) < MIN_TIME_MS) {
    return invalidField('properties.time', 'must be specified as seconds since epoch');
  }
  // The page says both that such events are rejected and that their time is overwritten.
  if (toEpochMs(time) > now + MAX_FUTURE_MS) {
    return invalidField('properties.time', 'must not be more than 1 hour in the future');
  }
  return undefined;
}

function findIdViolation({
  distinct_id: distinctId,
  $insert_id: insertId,
}: JsonObject): Violation | undefined {
  if (typeof distinctId !== 'string' && typeof distinctId !== 'number') {
    return { field: 'properties.distinct_id', message: "'properties.distinct_id' must not be missing" };
  }
  if (BANNED_IDS.has(String(distinctId).toLowerCase())) {
    return invalidField('properties.distinct_id', `${JSON.stringify(distinctId)} is not allowed`);
  }
  // The field and the words for a wrong character are Mixpanel's: mixpanel/mixpanel-utils issue 40.
  if (toText(insertId) === '') {
    return { field: '$insert_id', message: "'$insert_id' must not be missing or blank" };
  }
  if (!INSERT_ID_PATTERN.test(toText(insertId)) || BANNED_IDS.has(toText(insertId).toLowerCase())) {
    return invalidField('$insert_id', "must only contain alphanumeric or hyphen '-' characters");
  }
  return undefined;
}

function withIds(properties: JsonObject): JsonObject {
  return {
    ...properties,
    distinct_id: properties.distinct_id ?? '',
    $insert_id: toText(properties.$insert_id) || randomUUID(),
  };
}
