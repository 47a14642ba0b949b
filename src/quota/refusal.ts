import { PluginError } from '../errors.js';
import type { Family } from '../mixpanel/regions.js';
import type { QuotaScope } from './gate.js';
import type { Limit } from './lesson.js';

/** Why a caller cannot have a slot in time. */
export interface Obstacle {
  limit: Limit;
  /** Starts, or places, that are taken, and how many there are. */
  used: number;
  of: number;
  /** Epoch milliseconds of the first moment at which the caller's turn could come. */
  retryAt: number;
}

const NOUNS: Record<Family, string> = {
  query: 'queries',
  export: 'exports',
  ingestion: 'imports',
  app: 'calls',
};

/** Says why a caller is turned away and when to come back: nothing was sent, nothing was spent. */
export function refuse(scope: QuotaScope, { limit, used, of, retryAt }: Obstacle): PluginError {
  const noun = NOUNS[scope.family];
  const time = timeOfDay(retryAt);
  switch (limit) {
    case 'hourly':
      return new PluginError(
        'RATE_LIMITED_HOURLY',
        `${used} of ${of} ${noun} of project ${scope.projectId} used; next slot ${time}. Run it again then.`,
        { retryAt },
      );
    case 'concurrent':
      return new PluginError(
        'RATE_LIMITED_CONCURRENT',
        `${used} of ${of} ${noun} of project ${scope.projectId} are running and none ended in time. Run it again in a moment, or allow it more time.`,
        { retryAt },
      );
    case 'load':
      return new PluginError(
        'RATE_LIMITED_LOAD',
        `Mixpanel asked project ${scope.projectId} to pause until ${time}. Run it again then.`,
        { retryAt },
      );
  }
}

export function cancelled(): PluginError {
  return new PluginError('CANCELLED', 'The query was cancelled before it was sent; it cost nothing.');
}

function timeOfDay(at: number): string {
  // Rounded up: who comes back at the second named must not be a moment early.
  return `${new Date(Math.ceil(at / 1000) * 1000).toISOString().slice(11, 19)} UTC`;
}
