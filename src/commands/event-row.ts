import { makeRow, type Row } from '../row.js';

/** An event as the export and the activity feed give it. */
export interface EventRecord {
  event: string;
  properties: Row;
}

const OWN_COLUMNS = new Set(['time', 'distinct_id']);
const SECOND_MS = 1000;
// Epoch seconds stay below this until the year 5138; milliseconds passed it in 1973.
const SMALLEST_MS = 100_000_000_000;

/**
 * `event`, `time` (ISO 8601), `distinct_id`, then the properties under their own names. Projects created before
 * 2023 export their local clock as if it were UTC; that clock is what `time` then shows.
 * Source: https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects#managing-timezones-for-projects
 */
export function eventRow({ event, properties }: EventRecord): Row {
  const distinctId = properties.distinct_id ?? properties.$distinct_id ?? null;
  return makeRow({ event, time: isoTime(properties.time), distinct_id: distinctId }, properties, OWN_COLUMNS);
}

function isoTime(time: unknown): unknown {
  if (typeof time !== 'number' || !Number.isFinite(time)) return time ?? null;
  const date = new Date(Math.abs(time) < SMALLEST_MS ? time * SECOND_MS : time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}
