import type { Family } from '../mixpanel/regions.js';
import { HOUR_MS, SECOND_MS } from '../time/durations.js';

/** So many starts in any stretch of time this long: the window rolls, it does not begin at the full hour. */
export interface RollingWindow {
  limit: number;
  windowMs: number;
}

export interface FamilyLimits {
  /** The longest window first: it is the one a person is told about. */
  windows: readonly RollingWindow[];
  /** Calls at one time; `Infinity` where Mixpanel publishes no number. */
  concurrent: number;
}

/**
 * What Mixpanel allows a project, by API family. A project may have more: the ledger learns that from answers.
 * Source: https://developer.mixpanel.com/reference/rate-limits. Ingestion is limited by bytes and events in a
 * minute, the App API by numbers Mixpanel does not publish: both are free here until a 429 asks for a pause.
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
