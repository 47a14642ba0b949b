import { PluginError } from '../errors.js';
import type { ExceededLimit } from '../mixpanel/rate-limit-headers.js';
import type { Family } from '../mixpanel/regions.js';
import { SECOND_MS } from '../time/durations.js';
import { formatUtc } from '../time/utc.js';
import type { QuotaScope } from './types.js';

/** Why a call cannot start in time. Times are epoch milliseconds. */
export type RejectionReason =
  /** Its deadline had passed when it was submitted. */
  | { kind: 'deadline' }
  /** The starts of the window are used, or taken by calls ahead in the queue. */
  | { kind: 'window'; max: number; nextSlotAt: number }
  /** Our own calls hold every slot. */
  | { kind: 'concurrency'; max: number }
  /** Redis is unavailable, and this process has used what it may start without it. */
  | { kind: 'alone'; nextSlotAt: number }
  /** Mixpanel has asked for a pause. */
  | { kind: 'pause'; limit: ExceededLimit; until: number };

const FAMILY_NOUNS: Record<Family, string> = {
  query: 'queries',
  export: 'exports',
  ingestion: 'imports',
  app: 'calls',
};

/** Creates the error of a call that cannot start in time. Nothing was sent and no quota was used. */
export function createRejectionError(
  { family, projectId }: QuotaScope,
  reason: RejectionReason,
): PluginError {
  const noun = FAMILY_NOUNS[family];
  switch (reason.kind) {
    case 'deadline':
      return new PluginError('TIMEOUT', 'Timed out while queued. No quota was used. Increase the timeout.');
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
        `${reason.max} ${noun} of project ${projectId} are running, which is Mixpanel’s limit, and none finished in time. No quota was used. Run it again in a moment, or increase the timeout.`,
      );
    case 'alone':
      return new PluginError(
        'RATE_LIMITED_HOURLY',
        `Redis is unavailable, and this process has used the ${noun} of project ${projectId} that it may start without it. No quota was used. Run it again when Redis is back.`,
        { retryAt: reason.nextSlotAt },
      );
    case 'pause': {
      const { limit, until } = reason;
      const cause =
        limit === 'load' ? 'is overloaded' : `reports too many concurrent ${noun} for project ${projectId}`;
      return new PluginError(
        limit === 'load' ? 'RATE_LIMITED_LOAD' : 'RATE_LIMITED_CONCURRENT',
        `Mixpanel ${cause} and asks to wait until ${formatUtcTime(until)}. Run it again then.`,
        { retryAt: until },
      );
    }
  }
}

/** Returns the limit behind a rejection; `undefined` if only the caller's time was short. */
export function getExceededLimit(reason: RejectionReason): ExceededLimit | undefined {
  switch (reason.kind) {
    case 'deadline':
      return undefined;
    case 'window':
    case 'alone':
      return 'hourly';
    case 'concurrency':
      return 'concurrent';
    case 'pause':
      return reason.limit;
  }
}

function formatUtcTime(timestamp: number): string {
  // Rounded up, so that a caller who returns at that second is not a moment early.
  return `${formatUtc(Math.ceil(timestamp / SECOND_MS) * SECOND_MS, 'HH:mm:ss')} UTC`;
}
