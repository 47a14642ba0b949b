import { makeRow, type Row } from '../../result/rows.js';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS, SECOND_MS } from '../../time/durations.js';
import { isEpochSeconds } from '../../time/epoch.js';

/** An event as the export and the activity feed give it. */
export interface EventRecord {
  event: string;
  /** Absent or null for an event without any. */
  properties?: Row | null;
}

const FIXED_COLUMNS = new Set(['time', 'distinct_id']);

/**
 * `event`, `time` (ISO 8601), `distinct_id`, then the properties under their own names. Projects created before
 * 2023 export their local clock as if it were UTC; that clock is what `time` then shows.
 * Source: https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects#managing-timezones-for-projects
 */
export function toEventRow({ event, properties: given }: EventRecord): Row {
  const properties = given ?? {};
  const { time: rawTime, distinct_id: rawDistinctId } = properties;
  const time = toIsoTime(rawTime);
  const distinctId = rawDistinctId ?? properties.$distinct_id ?? null;
  // Exports hold millions of events, and a spread copies properties several times faster than a loop over them.
  const row: Row = { event, time, distinct_id: distinctId, ...properties };
  if (Object.hasOwn(properties, 'event') || firstColumn(row) !== 'event') {
    return makeRow({ event, time, distinct_id: distinctId }, properties, FIXED_COLUMNS);
  }
  row.time = time;
  if (rawDistinctId !== distinctId) row.distinct_id = distinctId;
  return row;
}

/** Properties whose names are whole numbers come first in any object, which is how they are found. */
function firstColumn(row: Row): string | undefined {
  for (const name in row) return name;
  return undefined;
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

function toIsoTime(time: unknown): unknown {
  if (typeof time !== 'number' || !Number.isFinite(time)) return time ?? null;
  const inSeconds = isEpochSeconds(time);
  if (inSeconds && Number.isInteger(time) && time >= 0) return formatEpochSecond(time);
  const date = new Date(inSeconds ? time * SECOND_MS : time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

/** The day of the event before, which is mostly the day of the next one too. */
let cachedDay = { dayNumber: Number.NaN, text: '' };

/** `Date.toISOString` for whole seconds, of which an export has one for each event. */
function formatEpochSecond(time: number): string {
  const dayNumber = Math.floor(time / DAY_SECONDS);
  if (dayNumber !== cachedDay.dayNumber) {
    cachedDay = {
      dayNumber,
      text: new Date(dayNumber * DAY_SECONDS * SECOND_MS).toISOString().slice(0, 11),
    };
  }
  const second = time - dayNumber * DAY_SECONDS;
  const hours = TWO_DIGITS[Math.floor(second / HOUR_SECONDS)];
  const minutes = TWO_DIGITS[Math.floor(second / MINUTE_SECONDS) % 60];
  return `${cachedDay.text}${hours}:${minutes}:${TWO_DIGITS[second % 60]}.000Z`;
}
