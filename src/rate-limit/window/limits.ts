import type { Family } from '../../mixpanel/regions.js';
import { HOUR_MS, SECOND_MS } from '../../time/durations.js';

/** At most `limit` starts in any stretch of `windowMs`. The window rolls: it does not begin on the hour. */
export interface RollingWindow {
  limit: number;
  windowMs: number;
}

export interface FamilyLimits {
  /** The longest window first: status and error messages report that one. */
  windows: readonly RollingWindow[];
  /** Calls at one time; `Infinity` if Mixpanel publishes no number. */
  concurrent: number;
}

/**
 * The limits Mixpanel publishes for a project, by API family. A project may have others: the window log learns
 * them from answers. Mixpanel limits ingestion by bytes and events per minute, and the App API by numbers it does
 * not publish, so neither is limited here until a 429 asks for a pause.
 * Source: https://developer.mixpanel.com/reference/rate-limits
 */
export const MIXPANEL_LIMITS: Record<Family, FamilyLimits> = {
  query: { windows: [{ limit: 60, windowMs: HOUR_MS }], concurrent: 5 },
  export: {
    windows: [
      { limit: 60, windowMs: HOUR_MS },
      { limit: 3, windowMs: SECOND_MS },
    ],
    concurrent: 100,
  },
  ingestion: { windows: [], concurrent: Number.POSITIVE_INFINITY },
  app: { windows: [], concurrent: Number.POSITIVE_INFINITY },
};
