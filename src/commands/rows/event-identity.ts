import type { EventRecord } from './event-row.js';

/**
 * Returns the key by which Mixpanel considers two events duplicates.
 * Source: https://developer.mixpanel.com/reference/raw-data-export-api and
 * https://developer.mixpanel.com/reference/event-deduplication
 */
export function eventDuplicateKey(record: unknown): readonly unknown[] {
  const { event, properties } = record as EventRecord;
  const {
    distinct_id: distinctId,
    $distinct_id: dollarDistinctId,
    time,
    $insert_id: insertId,
  } = properties ?? {};
  return [event, distinctId ?? dollarDistinctId, time, insertId];
}

/**
 * Returns a key that is unique to an exported event and stable across downloads, or `undefined` if only its content
 * identifies it. Events with the same `$insert_id` differ in when Mixpanel processed them. `distinct_id` is not part of
 * the key, because Mixpanel rewrites it when identities merge.
 */
export function eventIdentity(record: unknown): readonly unknown[] | undefined {
  const { event, properties } = record as EventRecord;
  const { time, $insert_id: insertId, mp_processing_time_ms: processedAt } = properties ?? {};
  if (typeof insertId !== 'string' || typeof processedAt !== 'number') return undefined;
  return [event, time, insertId, processedAt];
}
