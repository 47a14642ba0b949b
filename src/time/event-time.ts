import { isValid } from 'date-fns/isValid';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './durations.js';
import { createZone, type Zone } from './zone.js';

export interface EventTimeOptions {
  /** IANA name of the zone of times that name none. Defaults to UTC. */
  timezone?: string;
  /** Reads times of another format, before all others: see `date-format.ts`. */
  readFormatted?: (text: string, timezone: string | undefined) => EventTime | undefined;
}

export interface EventTime {
  /** Epoch milliseconds. */
  ms: number;
  /** Whether the text named no zone, so that `timezone` was used. */
  zoneAssumed: boolean;
}

/** Upper bounds of an epoch time by its unit: the year 5138 in each of them. */
const EPOCH_UNITS: readonly { below: bigint; perMillisecond: number }[] = [
  { below: 10n ** 11n, perMillisecond: 1 / SECOND_MS },
  { below: 10n ** 14n, perMillisecond: 1 },
  { below: 10n ** 17n, perMillisecond: 1000 },
  { below: 10n ** 20n, perMillisecond: 1_000_000 },
];

/** A longer number may be one of milliseconds. */
const MAX_SECONDS_DIGITS = 11;

const EPOCH = /^(\d{1,20})(?:\.(\d+))?$/;
const ISO_OR_SQL =
  /^(\d{4})-(\d{2})-(\d{2})(?:(?:[Tt]|\s+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Reads the time of an event: epoch seconds, milliseconds, microseconds or nanoseconds (distinguished by size, as number
 * or text, with a decimal part), ISO 8601, SQL, a date alone, or a text in the format that the caller names. The result
 * does not depend on the zone of this machine. Returns `undefined` for anything else.
 */
export function readEventTime(value: unknown, options: EventTimeOptions = {}): EventTime | undefined {
  if (value instanceof Date) {
    return isValid(value) ? { ms: value.getTime(), zoneAssumed: false } : undefined;
  }
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const text = String(value).trim();
  if (text === '') return undefined;
  const formatted = options.readFormatted?.(text, options.timezone);
  if (formatted) return formatted;
  return readEpoch(text) ?? readIso(text, options.timezone);
}

function readEpoch(text: string): EventTime | undefined {
  const [, whole, fraction = ''] = EPOCH.exec(text) ?? [];
  if (whole === undefined) return undefined;
  // Seconds, as most times are, need no large integers.
  if (whole.length <= MAX_SECONDS_DIGITS)
    return { ms: Math.round(Number(`${whole}.${fraction}`) / (1 / SECOND_MS)), zoneAssumed: false };
  const integer = BigInt(whole);
  const unit = EPOCH_UNITS.find(({ below }) => integer < below);
  if (!unit) return undefined;
  // Nanoseconds have more digits than a JavaScript number keeps: they are divided before they become one.
  const ms =
    unit.perMillisecond > 1
      ? Number(integer / BigInt(unit.perMillisecond))
      : Math.round(Number(`${whole}.${fraction}`) / unit.perMillisecond);
  return { ms, zoneAssumed: false };
}

function readIso(text: string, timezone = 'UTC'): EventTime | undefined {
  const match = ISO_OR_SQL.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fraction = Math.floor(Number(`0.${match[7] ?? 0}`) * SECOND_MS);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, fraction);
  const calendar = new Date(utc);
  if (calendar.getUTCMonth() !== month - 1 || calendar.getUTCDate() !== day) return undefined;
  const offset = match[8];
  if (offset !== undefined) {
    const offsetMs = readOffset(offset);
    return offsetMs === undefined ? undefined : { ms: utc - offsetMs, zoneAssumed: false };
  }
  return { ms: toMoment(utc, timezone), zoneAssumed: true };
}

function readOffset(offset: string): number | undefined {
  if (/^[a-z]/i.test(offset)) return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  if (sign === undefined || Number(hours) > 14 || Number(minutes) > 59) return undefined;
  const ms = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  return sign === '-' ? -ms : ms;
}

// A zone remembers its offsets, which are slow to find.
const zones = new Map<string, Zone>();

/** The moment at which a clock in `timezone` shows what a UTC clock shows at `wallClockMs`. */
export function toMoment(wallClockMs: number, timezone: string): number {
  if (timezone === 'UTC') return wallClockMs;
  let zone = zones.get(timezone);
  if (!zone) {
    zone = createZone(timezone);
    zones.set(timezone, zone);
  }
  return zone.fromLocal(wallClockMs);
}

/**
 * Returns a time as Mixpanel takes it: epoch seconds if it is a whole second, else milliseconds, an integer either way.
 * Source: https://developer.mixpanel.com/reference/import-events (`time`).
 */
export function toMixpanelTime(ms: number): number {
  return ms % SECOND_MS === 0 ? ms / SECOND_MS : ms;
}
