import type { EventRecord } from './event-row.js';

/**
 * What makes two events one to Mixpanel.
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
 * What tells an exported event from every other in any download of it. Events with one `$insert_id` are told apart
 * by the moment Mixpanel processed them; `distinct_id` is left out, since Mixpanel rewrites it when identities
 * merge. An event without these is known by its whole content alone.
 */
export function eventIdentity(record: unknown): readonly unknown[] | undefined {
  const { event, properties } = record as EventRecord;
  const { time, $insert_id: insertId, mp_processing_time_ms: processedAt } = properties ?? {};
  if (typeof insertId !== 'string' || typeof processedAt !== 'number') return undefined;
  return [event, time, insertId, processedAt];
}
