import { PluginError } from '../errors.js';
import type { ExceededLimit } from '../mixpanel/rate-limit-headers.js';
import type { Family } from '../mixpanel/regions.js';
import { SECOND_MS } from '../time/durations.js';
import { formatUtc } from '../time/utc.js';
import type { QuotaScope } from './types.js';

/** Why a caller cannot have its turn in time. Times are epoch milliseconds. */
export type RejectionReason =
  /** Its time was over when it asked. */
  | { kind: 'deadline' }
  /** The starts of the window are used, or promised to those ahead in the line. */
  | { kind: 'window'; max: number; nextSlotAt: number }
  /** Our own calls hold every place. */
  | { kind: 'concurrency'; max: number }
  /** Mixpanel has asked for a pause. */
  | { kind: 'pause'; limit: ExceededLimit; until: number };

const FAMILY_NOUNS: Record<Family, string> = {
  query: 'queries',
  export: 'exports',
  ingestion: 'imports',
  app: 'calls',
};

/** Says why a caller is turned away and when to come back: nothing was sent, nothing was spent. */
export function createRejectionError(
  { family, projectId }: QuotaScope,
  reason: RejectionReason,
): PluginError {
  const noun = FAMILY_NOUNS[family];
  switch (reason.kind) {
    case 'deadline':
      return new PluginError(
        'TIMEOUT',
        'The time was over before the query was sent; it cost nothing. Allow it more time.',
      );
    case 'window': {
      const { max, nextSlotAt } = reason;
      return new PluginError(
        'RATE_LIMITED_HOURLY',
        `${max} of ${max} ${noun} of project ${projectId} used; next slot ${formatUtcTime(nextSlotAt)}. Run it again then.`,
        { retryAt: nextSlotAt },
      );
    }
    case 'concurrency':
      return new PluginError(
        'RATE_LIMITED_CONCURRENT',
        `${reason.max} ${noun} of project ${projectId} are running, as many as Mixpanel allows, and none ended in time. Run it again in a moment, or allow it more time.`,
      );
    case 'pause': {
      const { limit, until } = reason;
      const cause = limit === 'load' ? 'is busy' : `runs too many ${noun} of project ${projectId} for others`;
      return new PluginError(
        limit === 'load' ? 'RATE_LIMITED_LOAD' : 'RATE_LIMITED_CONCURRENT',
        `Mixpanel ${cause} and asks to wait until ${formatUtcTime(until)}. Run it again then.`,
        { retryAt: until },
      );
    }
  }
}

/** The limit an obstacle comes of; none where only the caller's time was short. */
export function getExceededLimit(reason: RejectionReason): ExceededLimit | undefined {
  switch (reason.kind) {
    case 'deadline':
      return undefined;
    case 'window':
      return 'hourly';
    case 'concurrency':
      return 'concurrent';
    case 'pause':
      return reason.limit;
  }
}

export function createCancelledError(): PluginError {
  return new PluginError('CANCELLED', 'The query was cancelled before it was sent; it cost nothing.');
}

function formatUtcTime(timestamp: number): string {
  // Rounded up: whoever comes back at the second named must not be a moment early.
  return `${formatUtc(Math.ceil(timestamp / SECOND_MS) * SECOND_MS, 'HH:mm:ss')} UTC`;
}
