import { createHash, randomUUID } from 'node:crypto';
import { DAY_MS } from '../../time/durations.js';
import { toEpochMs } from '../../time/epoch.js';
import type { SandboxRequest } from '../endpoint/definition.js';
import { isObject, toText } from '../records/json.js';
import type { Json, StoredEvent } from '../records/write.js';
import { findPropertiesViolation, MAX_RECORDS_PER_REQUEST } from './limits.js';
import { createPlainReply, createTooLargeReply, isFlagSet, type ValidationResult } from './replies.js';
import { readRecords } from './request-records.js';
import { readEventFields, type TokenRecord, toStoredEvent } from './stored-event.js';

/** https://developer.mixpanel.com/reference/track-event */
const MAX_TRACK_AGE_MS = 5 * DAY_MS;

/**
 * Validates a request to `/track`. The answer is `1` as soon as one event is well-formed, even if none is kept:
 * events older than five days are dropped silently, and so are those of an unknown token.
 * https://docs.mixpanel.com/troubleshooting/errors/historical-events-not-appearing
 */
export function validateTrack(request: SandboxRequest): ValidationResult<TokenRecord<StoredEvent>> {
  const records = readRecords(request);
  if (records.length > MAX_RECORDS_PER_REQUEST)
    return { accepted: [], reply: createTooLargeReply(`${MAX_RECORDS_PER_REQUEST} events`) };
  const errors: string[] = [];
  const accepted: TokenRecord<StoredEvent>[] = [];
  for (const record of records) {
    const error = findTrackError(record);
    if (error) errors.push(error);
    else accepted.push(toTrackedEvent(record, request));
  }
  const wellFormed = accepted.length > 0;
  const recent = accepted.filter(
    ({ record }) => request.receivedAt - Number(record.properties.time) <= MAX_TRACK_AGE_MS,
  );
  return {
    accepted: recent,
    reply: createPlainReply(request, wellFormed ? undefined : (errors[0] ?? 'data, missing or empty')),
  };
}

function findTrackError(record: Json | undefined): string | undefined {
  if (!isObject(record) || toText(record.event) === '') return 'event, missing';
  const properties = isObject(record.properties) ? record.properties : {};
  if (toText(properties.token) === '') return 'token, missing or empty';
  // The limits are documented, the words for breaking them are not.
  return findPropertiesViolation(properties)?.message;
}

function toTrackedEvent(record: Json | undefined, request: SandboxRequest): TokenRecord<StoredEvent> {
  const { event, properties } = readEventFields(record);
  const { token, ...rest } = properties;
  const now = request.receivedAt;
  const eventTime = typeof rest.time === 'number' ? toEpochMs(rest.time) : now;
  const anonymous = isFlagSet(request.params.ip) ? hashAddress(request) : '';
  return {
    token: toText(token),
    record: toStoredEvent(
      event,
      {
        ...rest,
        // A time in the future becomes the present.
        time: Math.min(eventTime, now),
        distinct_id: rest.distinct_id ?? rest.$distinct_id ?? anonymous,
        $insert_id: rest.$insert_id ?? randomUUID(),
      },
      now,
    ),
  };
}

function hashAddress({ headers }: SandboxRequest): string {
  return createHash('sha1')
    .update(headers['x-forwarded-for'] ?? '127.0.0.1')
    .digest('hex');
}
