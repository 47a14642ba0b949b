import { MEGABYTE } from '../../json/bytes.js';
import { isObject } from '../records/json.js';
import type { Json, JsonObject } from '../records/write.js';

/** https://developer.mixpanel.com/reference/import-events, also for the limits that /track and /engage share. */
export const MAX_RECORDS_PER_REQUEST = 2000;
/** The page says 10 MB; the 2,097,152 of the API description's example is an older limit. */
export const MAX_REQUEST_BYTES = 10 * MEGABYTE;
const MAX_RECORD_BYTES = MEGABYTE;
const PROPERTIES_LIMIT = 255;
const KEYS_LIMIT = 255;
const ELEMENTS_LIMIT = 255;
const MAX_NESTING_DEPTH = 3;
const MAX_STRING_CHARS = 255;

/** What is wrong with a record. */
export interface Violation {
  /** The field, such as `properties.time`; empty for the record as a whole. */
  field: string;
  message: string;
}

/** Returns a violation in the pattern of Mixpanel's messages: `'properties.time' is invalid: ...`. */
export function invalidField(field: string, message: string): Violation {
  return { field, message: `'${field}' is invalid: ${message}` };
}

/** Returns what makes a record too large, if anything. */
export function findRecordSizeViolation(field: string, record: JsonObject): Violation | undefined {
  if (Buffer.byteLength(JSON.stringify(record)) < MAX_RECORD_BYTES) return undefined;
  return invalidField(field, 'must be smaller than 1MB of uncompressed JSON');
}

/** Returns the first limit that the properties of an event exceed. */
export function findPropertiesViolation(properties: JsonObject): Violation | undefined {
  if (Object.keys(properties).length >= PROPERTIES_LIMIT) {
    return invalidField('properties', `must have fewer than ${PROPERTIES_LIMIT} properties`);
  }
  const tooLarge = findRecordSizeViolation('properties', properties);
  if (tooLarge) return tooLarge;
  for (const [name, value] of Object.entries(properties)) {
    const message = findNestingError(value, 0);
    if (message) return invalidField(`properties.${name}`, message);
  }
  return undefined;
}

/** Returns a value with its strings cut: Mixpanel keeps the first 255 characters. */
export function truncateStrings(value: Json): Json {
  if (typeof value === 'string') return value.slice(0, MAX_STRING_CHARS);
  if (Array.isArray(value)) return value.map(truncateStrings);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, truncateStrings(part)]));
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
