import { tzOffset } from '@date-fns/tz/tzOffset';
import { startOfUtcDay, toUtcDay } from './day.js';
import { DAY_MS, MINUTE_MS } from './durations.js';
import { formatUtc } from './utc.js';

/**
 * A time zone. Times are epoch milliseconds; local times are the epoch milliseconds at which UTC's clock shows what
 * the zone's clock shows.
 */
export interface Zone {
  /** The IANA name, `US/Pacific`. */
  readonly name: string;
  /** Returns how far the zone's clock is ahead of UTC at a time, in milliseconds. */
  offset(at: number): number;
  /** Returns the local time of a time. */
  toLocal(at: number): number;
  /**
   * Returns the time of a local time: the first of two if a clock was put back, and as if the clock had not been put
   * forward if it never showed that time.
   */
  fromLocal(local: number): number;
  /** Returns the time at which a local day begins: 1:00 if a clock is put forward at midnight. */
  startOfDay(day: string): number;
  /** Returns the local day of a time, `2026-11-24`. */
  dayOf(at: number): string;
  /** Returns a time as ISO 8601 with the zone's offset, `2026-11-24T00:00:00-08:00`, with milliseconds if it has any. */
  formatIso(at: number): string;
}

// No zone changes its clock other than at a full quarter of an hour.
const QUARTER_HOUR_MS = 15 * MINUTE_MS;

/** Returns whether the runtime knows a time zone by this name. */
export function isZone(name: string): boolean {
  return name !== '' && !Number.isNaN(tzOffset(name, new Date(0)));
}

/**
 * Returns the time zone of an IANA name, such as `US/Pacific`.
 *
 * @throws `RangeError` if the runtime does not know the name.
 */
export function createZone(name: string): Zone {
  if (!isZone(name)) throw new RangeError(`Unknown time zone: ${name}`);
  // tzOffset formats a date on each call, which is six times slower than this look-up.
  const offsets = new Map<number, number>();
  const days = new Map<number, string>();

  function offset(at: number): number {
    if (name === 'UTC') return 0;
    const quarter = Math.floor(at / QUARTER_HOUR_MS);
    let cached = offsets.get(quarter);
    if (cached === undefined) {
      cached = tzOffset(name, new Date(quarter * QUARTER_HOUR_MS)) * MINUTE_MS;
      offsets.set(quarter, cached);
    }
    return cached;
  }

  function toLocal(at: number): number {
    return at + offset(at);
  }

  // TZDate would do, but with two midnights in a day it answers by the machine's own zone (@date-fns/tz 1.5, Azores).
  function fromLocal(local: number): number {
    const candidates = [local - offset(local - DAY_MS), local - offset(local + DAY_MS)];
    return candidates.find((at) => toLocal(at) === local) ?? Math.max(...candidates);
  }

  return {
    name,
    offset,
    toLocal,
    fromLocal,
    startOfDay: (day) => fromLocal(startOfUtcDay(day)),
    dayOf(at) {
      const local = toLocal(at);
      const number = Math.floor(local / DAY_MS);
      let day = days.get(number);
      if (day === undefined) {
        day = toUtcDay(local);
        days.set(number, day);
      }
      return day;
    },
    formatIso(at) {
      const offsetMs = offset(at);
      const local = at + offsetMs;
      const sign = offsetMs < 0 ? '-' : '+';
      const clock = formatUtc(
        local,
        local % 1000 === 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.SSS",
      );
      return `${clock}${sign}${formatUtc(Math.abs(offsetMs), 'HH:mm')}`;
    },
  };
}
