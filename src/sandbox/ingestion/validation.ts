import { createHash, randomUUID } from 'node:crypto';
import { MEGABYTE } from '../../json/bytes.js';
import { startOfUtcDay } from '../../time/day.js';
import { DAY_MS, HOUR_MS } from '../../time/durations.js';
import { toEpochMs } from '../../time/epoch.js';
import { PROFILE_OPERATIONS, validateOperation } from '../data/profile-updates.js';
import { jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';
import { isObject, parseJson } from '../records/json.js';
import type { Json, JsonObject, StoredEvent } from '../records/write.js';

/** https://developer.mixpanel.com/reference/import-events, also for the limits that /track and /engage share. */
const MAX_RECORDS_PER_REQUEST = 2000;
/** The page says 10 MB; the 2,097,152 of the API description's example is an older limit. */
const MAX_REQUEST_BYTES = 10 * MEGABYTE;
const MAX_RECORD_BYTES = MEGABYTE;
const PROPERTIES_LIMIT = 255;
const KEYS_LIMIT = 255;
const ELEMENTS_LIMIT = 255;
const MAX_NESTING_DEPTH = 3;
const MAX_STRING_CHARS = 255;
const INSERT_ID_PATTERN = /^[A-Za-z0-9-]{1,36}$/;
const MIN_TIME_MS = startOfUtcDay('1971-01-01');
const MAX_FUTURE_MS = HOUR_MS;
/** https://developer.mixpanel.com/reference/track-event */
const MAX_TRACK_AGE_MS = 5 * DAY_MS;

/** Values that usually betray a mistake; refused as `distinct_id` and as `$insert_id`. */
const BANNED_IDS = new Set(
  (
    '00000000-0000-0000-0000-000000000000 anon anonymous nil none null n/a na undefined unknown <nil> 0 -1 ' +
    'true false [] {}'
  ).split(' '),
);

/** A 1x1 transparent GIF, for `img=1`. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** What of a request may be kept, and what its sender is told. */
export interface ValidationResult<T> {
  accepted: T[];
  reply: Reply;
}

/** An accepted event or update with the token that says whose it is. */
export interface TokenRecord<T> {
  token: string;
  record: T;
}

interface Rejection {
  index: number;
  insertId: string;
  field: string;
  message: string;
}

/**
 * Judges a body of `/track`. It answers 200 and `1` as soon as one event is well-formed, even where none is kept:
 * events older than five days are dropped without a word, and so are those of an unknown token.
 * https://docs.mixpanel.com/troubleshooting/errors/historical-events-not-appearing
 */
export function validateTrack(request: SandboxRequest): ValidationResult<TokenRecord<StoredEvent>> {
  const records = readRecords(request);
  if (exceedsRecordLimit(records))
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

/** Judges a body of `/import`: what is right is kept, what is not is named, with 400. */
export function validateImport(request: SandboxRequest): ValidationResult<StoredEvent> {
  if (request.rawBody.byteLength > MAX_REQUEST_BYTES) {
    return { accepted: [], reply: createTooLargeReply(`${MAX_REQUEST_BYTES} bytes`) };
  }
  const records = readRecords(request);
  if (exceedsRecordLimit(records))
    return { accepted: [], reply: createTooLargeReply(`${MAX_RECORDS_PER_REQUEST} events`) };
  const rejections: Rejection[] = [];
  const accepted: StoredEvent[] = [];
  records.forEach((record, index) => {
    const { event, properties } = readEventFields(record);
    const violation = findImportViolation(event, properties, request.receivedAt);
    if (!violation) accepted.push(toStoredEvent(event, properties, request.receivedAt));
    else rejections.push({ index, insertId: toText(properties.$insert_id), ...violation });
  });
  if (records.length === 0) rejections.push({ index: 0, insertId: '', field: '', message: 'no records' });
  return { accepted, reply: createImportReply(request, accepted.length, rejections) };
}

/** Judges a body of `/engage` or `/groups`. */
export function validateUpdates(
  request: SandboxRequest,
  kind: 'profile' | 'group',
): ValidationResult<TokenRecord<JsonObject>> {
  const records = readRecords(request);
  if (exceedsRecordLimit(records))
    return { accepted: [], reply: createTooLargeReply(`${MAX_RECORDS_PER_REQUEST} updates`) };
  const rejections: Rejection[] = [];
  const accepted: TokenRecord<JsonObject>[] = [];
  records.forEach((record, index) => {
    const violation = findUpdateViolation(record, kind);
    if (violation) rejections.push({ index, insertId: '', ...violation });
    else if (isObject(record)) accepted.push({ token: toText(record.$token), record });
  });
  // Documented only as "a JSON object with per-record error messages": the shape is /import's.
  if (isFlagSet(request.params.strict)) {
    return { accepted, reply: createImportReply(request, accepted.length, rejections) };
  }
  const error = accepted.length > 0 ? undefined : (rejections[0]?.message ?? 'data, missing or empty');
  return { accepted, reply: createPlainReply(request, error) };
}

/**
 * The records of a body: a JSON array or object, one object a line, or a form's `data` field in JSON or base64.
 * Empty where there is nothing that can be read.
 */
export function readRecords(request: SandboxRequest): readonly (Json | undefined)[] {
  const { body, params, rawBody, headers } = request;
  if (headers['content-type']?.includes('ndjson')) return parseNdjson(rawBody);
  // What was parsed from JSON is JSON.
  if (body !== undefined && !(isObject(body) && 'data' in body)) return toList(body as Json);
  const data = toText(params.data);
  if (data) return toList(parseJson(data) ?? parseJson(Buffer.from(data, 'base64').toString('utf8')));
  return parseNdjson(rawBody);
}

function parseNdjson(bytes: Uint8Array): readonly (Json | undefined)[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const records = lines.filter((line) => line.trim() !== '').map((line) => parseJson(line));
  // A body of which not one line is JSON is no list of records at all.
  return records.some((record) => record !== undefined) ? records : [];
}

function findTrackError(record: Json | undefined): string | undefined {
  if (!isObject(record) || toText(record.event) === '') return 'event, missing';
  const properties = isObject(record.properties) ? record.properties : {};
  if (toText(properties.token) === '') return 'token, missing or empty';
  // The limits are documented, the words for breaking them are not.
  return findSizeViolation(properties)?.message;
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

type Violation = Pick<Rejection, 'field' | 'message'>;

/** Two of these messages are Mixpanel's (a blank event, a wrong time); the others follow their pattern. */
function findImportViolation(event: string, properties: JsonObject, now: number): Violation | undefined {
  const { time, distinct_id: distinctId, $insert_id: insertId } = properties;
  if (event === '') return { field: 'event', message: "'event' must not be missing or blank" };
  if (typeof time !== 'number' || toEpochMs(time) < MIN_TIME_MS) {
    return invalidField('properties.time', 'must be specified as seconds since epoch');
  }
  // The page says both that such events are rejected and that their time is overwritten.
  if (toEpochMs(time) > now + MAX_FUTURE_MS) {
    return invalidField('properties.time', 'must not be more than 1 hour in the future');
  }
  if (typeof distinctId !== 'string' && typeof distinctId !== 'number') {
    return { field: 'properties.distinct_id', message: "'properties.distinct_id' must not be missing" };
  }
  if (BANNED_IDS.has(String(distinctId).toLowerCase())) {
    return invalidField('properties.distinct_id', `${JSON.stringify(distinctId)} is not allowed`);
  }
  if (toText(insertId) === '') {
    return {
      field: 'properties.$insert_id',
      message: "'properties.$insert_id' must not be missing or blank",
    };
  }
  if (!INSERT_ID_PATTERN.test(toText(insertId)) || BANNED_IDS.has(toText(insertId).toLowerCase())) {
    return invalidField('properties.$insert_id', 'must be at most 36 bytes, alphanumeric or "-"');
  }
  return findSizeViolation(properties);
}

function findSizeViolation(properties: JsonObject): Violation | undefined {
  if (Object.keys(properties).length >= PROPERTIES_LIMIT) {
    return invalidField('properties', `must have fewer than ${PROPERTIES_LIMIT} properties`);
  }
  if (Buffer.byteLength(JSON.stringify(properties)) >= MAX_RECORD_BYTES) {
    return invalidField('properties', 'must be smaller than 1MB of uncompressed JSON');
  }
  for (const [name, value] of Object.entries(properties)) {
    const message = findNestingError(value, 0);
    if (message) return invalidField(`properties.${name}`, message);
  }
  return undefined;
}

function findNestingError(value: Json, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_NESTING_DEPTH) return `must not be nested deeper than ${MAX_NESTING_DEPTH}`;
  const parts = Array.isArray(value) ? value : Object.values(value);
  if (Array.isArray(value) && parts.length >= ELEMENTS_LIMIT) {
    return `must have fewer than ${ELEMENTS_LIMIT} elements`;
  }
  if (parts.length >= KEYS_LIMIT) return `must have fewer than ${KEYS_LIMIT} keys`;
  return parts.map((part) => findNestingError(part, depth + 1)).find((error) => error !== undefined);
}

function findUpdateViolation(record: Json | undefined, kind: 'profile' | 'group'): Violation | undefined {
  if (!isObject(record)) return { field: '', message: 'data, missing or empty' };
  const names = kind === 'profile' ? ['$token', '$distinct_id'] : ['$token', '$group_key', '$group_id'];
  // Measured for `$token`; the others follow it.
  const missing = names.find((name) => toText(record[name]) === '');
  if (missing) return { field: missing, message: `${missing}, missing or empty` };
  const operations = PROFILE_OPERATIONS.filter((operation) => Object.hasOwn(record, operation));
  if (operations.length === 0)
    return { field: '', message: `no operation, expected one of ${PROFILE_OPERATIONS.join(', ')}` };
  for (const operation of operations) {
    const message = validateOperation(operation, record[operation]);
    if (message) return invalidField(operation, message);
  }
  if (Buffer.byteLength(JSON.stringify(record)) >= MAX_RECORD_BYTES) {
    return invalidField('data', 'must be smaller than 1MB of uncompressed JSON');
  }
  return undefined;
}

function toStoredEvent(event: string, properties: JsonObject, now: number): StoredEvent {
  const truncated = Object.entries(properties).map(([name, value]) => [name, truncate(value)] as const);
  return {
    event,
    properties: {
      ...Object.fromEntries(truncated),
      time: toEpochMs(Number(properties.time)),
      mp_processing_time_ms: now,
    },
  };
}

/** Mixpanel keeps the first 255 characters of any string. */
function truncate(value: Json): Json {
  if (typeof value === 'string') return value.slice(0, MAX_STRING_CHARS);
  if (Array.isArray(value)) return value.map(truncate);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, truncate(part)]));
}

function readEventFields(record: Json | undefined): { event: string; properties: JsonObject } {
  if (!isObject(record)) return { event: '', properties: {} };
  return { event: toText(record.event), properties: isObject(record.properties) ? record.properties : {} };
}

/**
 * `/track`, `/engage` and `/groups` say `1` or `0`, or the same as JSON, always with status 200. Mixpanel's API
 * description contradicts itself here: its only 200 is an integer in `text/plain`, while its text on `verbose`
 * promises a JSON object. The text is followed, as the live service does.
 */
function createPlainReply({ params }: SandboxRequest, error: string | undefined): Reply {
  const status = error === undefined ? 1 : 0;
  if (isFlagSet(params.img)) return { status: 200, headers: { 'content-type': 'image/gif' }, body: PIXEL };
  const text = isFlagSet(params.verbose) ? JSON.stringify({ error: error ?? null, status }) : String(status);
  const callback = toText(params.callback);
  if (/^[\w$.]+$/.test(callback)) {
    return { status: 200, headers: { 'content-type': 'text/javascript' }, body: `${callback}(${text});` };
  }
  const type = isFlagSet(params.verbose) ? 'application/json' : 'text/plain';
  return { status: 200, headers: { 'content-type': type }, body: text };
}

function createImportReply(
  { params }: SandboxRequest,
  imported: number,
  rejections: readonly Rejection[],
): Reply {
  const failed = rejections.length > 0;
  const error = failed ? { error: 'some data points in the request failed validation' } : {};
  // Without strict validation a batch is never refused, and the status is a number.
  if (toText(params.strict) === '0') {
    return jsonReply(200, { code: 200, ...error, num_records_imported: imported, status: failed ? 0 : 1 });
  }
  if (!failed) return jsonReply(200, { code: 200, num_records_imported: imported, status: 'OK' });
  return jsonReply(400, {
    code: 400,
    ...error,
    failed_records: rejections.map(({ index, insertId, field, message }) => ({
      index,
      // As the API description and Mixpanel's Go library have it; a page spells it `$insert_id`.
      insert_id: insertId,
      field,
      message,
    })),
    num_records_imported: imported,
    status: 'Bad Request',
  });
}

/** The words are documented for bytes; for the number of records they follow suit. */
function createTooLargeReply(limit: string): Reply {
  return jsonReply(413, {
    code: 413,
    error: `request exceeds max limit of ${limit}`,
    status: 'Request Entity Too Large',
  });
}

function invalidField(field: string, message: string): Violation {
  return { field, message: `'${field}' is invalid: ${message}` };
}

function hashAddress({ headers }: SandboxRequest): string {
  return createHash('sha1')
    .update(headers['x-forwarded-for'] ?? '127.0.0.1')
    .digest('hex');
}

function exceedsRecordLimit(records: readonly unknown[]): boolean {
  return records.length > MAX_RECORDS_PER_REQUEST;
}

function toList(value: Json | undefined): readonly (Json | undefined)[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isFlagSet(value: unknown): boolean {
  return String(value) === '1' || value === true;
}

function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
