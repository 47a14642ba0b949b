import { DAY_MS, MINUTE_MS } from '../../time/durations.js';

/** A time zone's calendar. Local times are milliseconds as if the zone's clock were UTC's. */
export interface Zone {
  readonly name: string;
  /** What the zone's clock is ahead of UTC at that moment, in milliseconds. */
  offset(at: number): number;
  /** The moment at which a local day begins. */
  startOfDay(day: string): number;
  /** The local day of a moment, `2026-11-24`. */
  dayOf(at: number): string;
  /** `2026-11-24T00:00:00-08:00` */
  formatIso(at: number): string;
}

/** @param name an IANA name, such as `US/Pacific`. */
export function createZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  const offsets = new Map<number, number>();

  function offset(at: number): number {
    if (name === 'UTC') return 0;
    // Zones change their clocks at a full quarter of an hour at the most often.
    const quarter = Math.floor(at / (15 * MINUTE_MS));
    let cached = offsets.get(quarter);
    if (cached === undefined) {
      const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(text) ?? [];
      const distance = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
      cached = sign === '-' ? -distance : distance;
      offsets.set(quarter, cached);
    }
    return cached;
  }

  return {
    name,
    offset,
    startOfDay(day) {
      const local = Date.parse(`${day}T00:00:00Z`);
      const estimate = local - offset(local);
      return local - offset(estimate);
    },
    dayOf: (at) => formatDate(at + offset(at)),
    formatIso(at) {
      const offsetMs = offset(at);
      const minutes = Math.abs(offsetMs) / MINUTE_MS;
      const padTwo = (value: number) => String(Math.floor(value)).padStart(2, '0');
      const local = new Date(at + offsetMs).toISOString().slice(0, 23).replace('.000', '');
      return `${local}${offsetMs < 0 ? '-' : '+'}${padTwo(minutes / 60)}:${padTwo(minutes % 60)}`;
    },
  };
}

/** The date of a moment in UTC. */
export function formatDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** A day so many days later, or earlier. */
export function addDays(day: string, days: number): string {
  return formatDate(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}
