import { toEpochMs } from '../../time/epoch.js';
import { isObject, toText } from '../records/json.js';
import type { Json, JsonObject, StoredEvent } from '../records/write.js';
import { truncateStrings } from './limits.js';

/** An accepted event or update with the token of its project. */
export interface TokenRecord<T> {
  token: string;
  record: T;
}

/** Returns an event as it is kept. */
export function toStoredEvent(event: string, properties: JsonObject, now: number): StoredEvent {
  const truncated = Object.entries(properties).map(
    ([name, value]) => [name, truncateStrings(value)] as const,
  );
  return {
    event,
    properties: {
      ...Object.fromEntries(truncated),
      time: toEpochMs(Number(properties.time)),
      mp_processing_time_ms: now,
    },
  };
}

/** Returns the name and properties of a record; empty if it has none. */
export function readEventFields(record: Json | undefined): { event: string; properties: JsonObject } {
  if (!isObject(record)) return { event: '', properties: {} };
  return { event: toText(record.event), properties: isObject(record.properties) ? record.properties : {} };
}
