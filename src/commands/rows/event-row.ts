import { makeRow, type Row } from '../../result/rows.js';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS, SECOND_MS } from '../../time/durations.js';
import { isEpochSeconds } from '../../time/epoch.js';

/** An event of the export or the activity feed. */
export interface EventRecord {
  event: string;
  /** Absent or null if the event has none. */
  properties?: Row | null;
}

const FIXED_COLUMNS = new Set(['time', 'distinct_id']);

/**
 * Returns the row of an event: `event`, `time` (ISO 8601), `distinct_id`, then the properties. Projects created before
 * 2023 export local time as if it were UTC, so `time` is then local time.
 * Source: https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects#managing-timezones-for-projects
 */
export function toEventRow({ event, properties: given }: EventRecord): Row {
  const properties = given ?? {};
  const { time: rawTime, distinct_id: rawDistinctId } = properties;
  const time = toIsoTime(rawTime);
  const distinctId = rawDistinctId ?? properties.$distinct_id ?? null;
  // Exports contain millions of events, and a spread copies properties several times faster than a loop.
  const row: Row = { event, time, distinct_id: distinctId, ...properties };
  if (Object.hasOwn(properties, 'event') || firstColumn(row) !== 'event') {
    return makeRow({ event, time, distinct_id: distinctId }, properties, FIXED_COLUMNS);
  }
  row.time = time;
  if (rawDistinctId !== distinctId) row.distinct_id = distinctId;
  return row;
}

/** Returns the first column. JavaScript lists whole-number names first, which is how they are detected. */
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

/** The day of the previous event, because consecutive events are mostly of the same day. */
let cachedDay = { dayNumber: Number.NaN, text: '' };

/** Formats epoch seconds like `Date.toISOString`, but faster: an export calls it for every event. */
export function formatEpochSecond(time: number): string {
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
