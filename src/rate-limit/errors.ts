import { PluginError } from '../errors.js';
import type { Family } from '../mixpanel/regions.js';
import type { Limit } from './feedback.js';
import type { QuotaScope } from './types.js';

/** Why a caller cannot have its turn in time. Times are epoch milliseconds. */
export type Obstacle =
  /** Its time was over when it asked. */
  | { what: 'time' }
  /** The starts of the window are used, or promised to those ahead in the line. */
  | { what: 'window'; of: number; nextSlotAt: number }
  /** Our own calls hold every place. */
  | { what: 'places'; of: number }
  /** Mixpanel has asked for a pause. */
  | { what: 'pause'; limit: Limit; until: number };

const NOUNS: Record<Family, string> = {
  query: 'queries',
  export: 'exports',
  ingestion: 'imports',
  app: 'calls',
};

/** Says why a caller is turned away and when to come back: nothing was sent, nothing was spent. */
export function refuse({ family, projectId }: QuotaScope, obstacle: Obstacle): PluginError {
  const noun = NOUNS[family];
  switch (obstacle.what) {
    case 'time':
      return new PluginError(
        'TIMEOUT',
        'The time was over before the query was sent; it cost nothing. Allow it more time.',
      );
    case 'window': {
      const { of, nextSlotAt } = obstacle;
      return new PluginError(
        'RATE_LIMITED_HOURLY',
        `${of} of ${of} ${noun} of project ${projectId} used; next slot ${timeOfDay(nextSlotAt)}. Run it again then.`,
        { retryAt: nextSlotAt },
      );
    }
    case 'places':
      return new PluginError(
        'RATE_LIMITED_CONCURRENT',
        `${obstacle.of} ${noun} of project ${projectId} are running, as many as Mixpanel allows, and none ended in time. Run it again in a moment, or allow it more time.`,
      );
    case 'pause': {
      const { limit, until } = obstacle;
      const why = limit === 'load' ? 'is busy' : `runs too many ${noun} of project ${projectId} for others`;
      return new PluginError(
        limit === 'load' ? 'RATE_LIMITED_LOAD' : 'RATE_LIMITED_CONCURRENT',
        `Mixpanel ${why} and asks to wait until ${timeOfDay(until)}. Run it again then.`,
        { retryAt: until },
      );
    }
  }
}

/** The limit an obstacle comes of; none where only the caller's time was short. */
export function limitOf(obstacle: Obstacle): Limit | undefined {
  switch (obstacle.what) {
    case 'time':
      return undefined;
    case 'window':
      return 'hourly';
    case 'places':
      return 'concurrent';
    case 'pause':
      return obstacle.limit;
  }
}

export function cancelled(): PluginError {
  return new PluginError('CANCELLED', 'The query was cancelled before it was sent; it cost nothing.');
}

function timeOfDay(at: number): string {
  // Rounded up: whoever comes back at the second named must not be a moment early.
  return `${new Date(Math.ceil(at / 1000) * 1000).toISOString().slice(11, 19)} UTC`;
}
