import { createHash, randomUUID } from 'node:crypto';
import { judgeOperation, OPERATIONS } from '../data/profile-updates.js';
import { epochMs } from '../data/state-file.js';
import { type Exchange, jsonReply, type Reply } from '../endpoint/definition.js';
import { isObject, parseJson } from '../records/json.js';
import type { Json, JsonObject, StoredEvent } from '../records/write.js';

/** https://developer.mixpanel.com/reference/import-events, also for the limits that /track and /engage share. */
const RECORDS_PER_REQUEST = 2000;
/** The page says 10 MB; the 2,097,152 of the API description's example is an older limit. */
const REQUEST_BYTES = 10 * 1024 * 1024;
const RECORD_BYTES = 1024 * 1024;
const FEWER_PROPERTIES_THAN = 255;
const FEWER_KEYS_THAN = 255;
const FEWER_ELEMENTS_THAN = 255;
const NESTING_DEPTH = 3;
const STRING_CHARS = 255;
const INSERT_ID = /^[A-Za-z0-9-]{1,36}$/;
const EARLIEST_MS = Date.UTC(1971, 0, 1);
const FUTURE_MS = 3_600_000;
/** https://developer.mixpanel.com/reference/track-event */
const TRACK_HISTORY_MS = 5 * 24 * 3_600_000;

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
export interface Judgement<T> {
  accepted: T[];
  reply: Reply;
}

/** An accepted event or update with the token that says whose it is. */
export interface Tokened<T> {
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
export function judgeTrack(exchange: Exchange): Judgement<Tokened<StoredEvent>> {
  const records = readRecords(exchange);
  if (tooMany(records)) return { accepted: [], reply: tooLarge(`${RECORDS_PER_REQUEST} events`) };
  const errors: string[] = [];
  const accepted: Tokened<StoredEvent>[] = [];
  for (const record of records) {
    const error = trackError(record);
    if (error) errors.push(error);
    else accepted.push(trackedEvent(record, exchange));
  }
  const wellFormed = accepted.length > 0;
  const recent = accepted.filter(
    ({ record }) => exchange.receivedAt - Number(record.properties.time) <= TRACK_HISTORY_MS,
  );
  return {
    accepted: recent,
    reply: plainReply(exchange, wellFormed ? undefined : (errors[0] ?? 'data, missing or empty')),
  };
}

/** Judges a body of `/import`: what is right is kept, what is not is named, with 400. */
export function judgeImport(exchange: Exchange): Judgement<StoredEvent> {
  if (exchange.rawBody.byteLength > REQUEST_BYTES) {
    return { accepted: [], reply: tooLarge(`${REQUEST_BYTES} bytes`) };
  }
  const records = readRecords(exchange);
  if (tooMany(records)) return { accepted: [], reply: tooLarge(`${RECORDS_PER_REQUEST} events`) };
  const rejections: Rejection[] = [];
  const accepted: StoredEvent[] = [];
  records.forEach((record, index) => {
    const { event, properties } = importable(record);
    const fault = importFault(event, properties, exchange.receivedAt);
    if (!fault) accepted.push(storedEvent(event, properties, exchange.receivedAt));
    else rejections.push({ index, insertId: textOf(properties.$insert_id), ...fault });
  });
  if (records.length === 0) rejections.push({ index: 0, insertId: '', field: '', message: 'no records' });
  return { accepted, reply: importReply(exchange, accepted.length, rejections) };
}

/** Judges a body of `/engage` or `/groups`. */
export function judgeUpdates(exchange: Exchange, kind: 'profile' | 'group'): Judgement<Tokened<JsonObject>> {
  const records = readRecords(exchange);
  if (tooMany(records)) return { accepted: [], reply: tooLarge(`${RECORDS_PER_REQUEST} updates`) };
  const rejections: Rejection[] = [];
  const accepted: Tokened<JsonObject>[] = [];
  records.forEach((record, index) => {
    const fault = updateFault(record, kind);
    if (fault) rejections.push({ index, insertId: '', ...fault });
    else if (isObject(record)) accepted.push({ token: textOf(record.$token), record });
  });
  // Documented only as "a JSON object with per-record error messages": the shape is /import's.
  if (isOne(exchange.params.strict)) {
    return { accepted, reply: importReply(exchange, accepted.length, rejections) };
  }
  const error = accepted.length > 0 ? undefined : (rejections[0]?.message ?? 'data, missing or empty');
  return { accepted, reply: plainReply(exchange, error) };
}

/**
 * The records of a body: a JSON array or object, one object a line, or a form's `data` field in JSON or base64.
 * Empty where there is nothing that can be read.
 */
export function readRecords(exchange: Exchange): readonly (Json | undefined)[] {
  const { body, params, rawBody, headers } = exchange;
  if (headers['content-type']?.includes('ndjson')) return ndjson(rawBody);
  // What was parsed from JSON is JSON.
  if (body !== undefined && !(isObject(body) && 'data' in body)) return listOf(body as Json);
  const data = textOf(params.data);
  if (data) return listOf(parseJson(data) ?? parseJson(Buffer.from(data, 'base64').toString('utf8')));
  return ndjson(rawBody);
}

function ndjson(bytes: Uint8Array): readonly (Json | undefined)[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const records = lines.filter((line) => line.trim() !== '').map((line) => parseJson(line));
  // A body of which not one line is JSON is no list of records at all.
  return records.some((record) => record !== undefined) ? records : [];
}

function trackError(record: Json | undefined): string | undefined {
  if (!isObject(record) || textOf(record.event) === '') return 'event, missing';
  const properties = isObject(record.properties) ? record.properties : {};
  if (textOf(properties.token) === '') return 'token, missing or empty';
  // The limits are documented, the words for breaking them are not.
  return sizeFault(properties)?.message;
}

function trackedEvent(record: Json | undefined, exchange: Exchange): Tokened<StoredEvent> {
  const { event, properties } = importable(record);
  const { token, ...rest } = properties;
  const now = exchange.receivedAt;
  const given = typeof rest.time === 'number' ? epochMs(rest.time) : now;
  const anonymous = isOne(exchange.params.ip) ? hashOfAddress(exchange) : '';
  return {
    token: textOf(token),
    record: storedEvent(
      event,
      {
        ...rest,
        // A time in the future becomes the present.
        time: Math.min(given, now),
        distinct_id: rest.distinct_id ?? rest.$distinct_id ?? anonymous,
        $insert_id: rest.$insert_id ?? randomUUID(),
      },
      now,
    ),
  };
}

type Fault = Pick<Rejection, 'field' | 'message'>;

/** Two of these messages are Mixpanel's (a blank event, a wrong time); the others follow their pattern. */
function importFault(event: string, properties: JsonObject, now: number): Fault | undefined {
  const { time, distinct_id: distinctId, $insert_id: insertId } = properties;
  if (event === '') return { field: 'event', message: "'event' must not be missing or blank" };
  if (typeof time !== 'number' || epochMs(time) < EARLIEST_MS) {
    return invalid('properties.time', 'must be specified as seconds since epoch');
  }
  // The page says both that such events are rejected and that their time is overwritten.
  if (epochMs(time) > now + FUTURE_MS) {
    return invalid('properties.time', 'must not be more than 1 hour in the future');
  }
  if (typeof distinctId !== 'string' && typeof distinctId !== 'number') {
    return { field: 'properties.distinct_id', message: "'properties.distinct_id' must not be missing" };
  }
  if (BANNED_IDS.has(String(distinctId).toLowerCase())) {
    return invalid('properties.distinct_id', `${JSON.stringify(distinctId)} is not allowed`);
  }
  if (textOf(insertId) === '') {
    return {
      field: 'properties.$insert_id',
      message: "'properties.$insert_id' must not be missing or blank",
    };
  }
  if (!INSERT_ID.test(textOf(insertId)) || BANNED_IDS.has(textOf(insertId).toLowerCase())) {
    return invalid('properties.$insert_id', 'must be at most 36 bytes, alphanumeric or "-"');
  }
  return sizeFault(properties);
}

function sizeFault(properties: JsonObject): Fault | undefined {
  if (Object.keys(properties).length >= FEWER_PROPERTIES_THAN) {
    return invalid('properties', `must have fewer than ${FEWER_PROPERTIES_THAN} properties`);
  }
  if (Buffer.byteLength(JSON.stringify(properties)) >= RECORD_BYTES) {
    return invalid('properties', 'must be smaller than 1MB of uncompressed JSON');
  }
  for (const [name, value] of Object.entries(properties)) {
    const message = nestingError(value, 0);
    if (message) return invalid(`properties.${name}`, message);
  }
  return undefined;
}

function nestingError(value: Json, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= NESTING_DEPTH) return `must not be nested deeper than ${NESTING_DEPTH}`;
  const parts = Array.isArray(value) ? value : Object.values(value);
  if (Array.isArray(value) && parts.length >= FEWER_ELEMENTS_THAN) {
    return `must have fewer than ${FEWER_ELEMENTS_THAN} elements`;
  }
  if (parts.length >= FEWER_KEYS_THAN) return `must have fewer than ${FEWER_KEYS_THAN} keys`;
  return parts.map((part) => nestingError(part, depth + 1)).find((error) => error !== undefined);
}

function updateFault(record: Json | undefined, kind: 'profile' | 'group'): Fault | undefined {
  if (!isObject(record)) return { field: '', message: 'data, missing or empty' };
  const names = kind === 'profile' ? ['$token', '$distinct_id'] : ['$token', '$group_key', '$group_id'];
  // Measured for `$token`; the others follow it.
  const missing = names.find((name) => textOf(record[name]) === '');
  if (missing) return { field: missing, message: `${missing}, missing or empty` };
  const operations = OPERATIONS.filter((operation) => Object.hasOwn(record, operation));
  if (operations.length === 0)
    return { field: '', message: `no operation, expected one of ${OPERATIONS.join(', ')}` };
  for (const operation of operations) {
    const message = judgeOperation(operation, record[operation]);
    if (message) return invalid(operation, message);
  }
  if (Buffer.byteLength(JSON.stringify(record)) >= RECORD_BYTES) {
    return invalid('data', 'must be smaller than 1MB of uncompressed JSON');
  }
  return undefined;
}

function storedEvent(event: string, properties: JsonObject, now: number): StoredEvent {
  const kept = Object.entries(properties).map(([name, value]) => [name, truncate(value)] as const);
  return {
    event,
    properties: {
      ...Object.fromEntries(kept),
      time: epochMs(Number(properties.time)),
      mp_processing_time_ms: now,
    },
  };
}

/** Mixpanel keeps the first 255 characters of any string. */
function truncate(value: Json): Json {
  if (typeof value === 'string') return value.slice(0, STRING_CHARS);
  if (Array.isArray(value)) return value.map(truncate);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, truncate(part)]));
}

function importable(record: Json | undefined): { event: string; properties: JsonObject } {
  if (!isObject(record)) return { event: '', properties: {} };
  return { event: textOf(record.event), properties: isObject(record.properties) ? record.properties : {} };
}

/**
 * `/track`, `/engage` and `/groups` say `1` or `0`, or the same as JSON, always with status 200. Mixpanel's API
 * description contradicts itself here: its only 200 is an integer in `text/plain`, while its text on `verbose`
 * promises a JSON object. The text is followed, as the live service does.
 */
function plainReply({ params }: Exchange, error: string | undefined): Reply {
  const status = error === undefined ? 1 : 0;
  if (isOne(params.img)) return { status: 200, headers: { 'content-type': 'image/gif' }, body: PIXEL };
  const said = isOne(params.verbose) ? JSON.stringify({ error: error ?? null, status }) : String(status);
  const callback = textOf(params.callback);
  if (/^[\w$.]+$/.test(callback)) {
    return { status: 200, headers: { 'content-type': 'text/javascript' }, body: `${callback}(${said});` };
  }
  const type = isOne(params.verbose) ? 'application/json' : 'text/plain';
  return { status: 200, headers: { 'content-type': type }, body: said };
}

function importReply({ params }: Exchange, imported: number, rejections: readonly Rejection[]): Reply {
  const failed = rejections.length > 0;
  const error = failed ? { error: 'some data points in the request failed validation' } : {};
  // Without strict validation a batch is never refused, and the status is a number.
  if (textOf(params.strict) === '0') {
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
function tooLarge(limit: string): Reply {
  return jsonReply(413, {
    code: 413,
    error: `request exceeds max limit of ${limit}`,
    status: 'Request Entity Too Large',
  });
}

function invalid(field: string, message: string): Fault {
  return { field, message: `'${field}' is invalid: ${message}` };
}

function hashOfAddress({ headers }: Exchange): string {
  return createHash('sha1')
    .update(headers['x-forwarded-for'] ?? '127.0.0.1')
    .digest('hex');
}

function tooMany(records: readonly unknown[]): boolean {
  return records.length > RECORDS_PER_REQUEST;
}

function listOf(value: Json | undefined): readonly (Json | undefined)[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isOne(value: unknown): boolean {
  return String(value) === '1' || value === true;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
