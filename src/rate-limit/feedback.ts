import {
  concurrentQuota,
  type ExceededLimit,
  exceededLimit,
  hourlyQuota,
  parseRateLimit,
} from '../mixpanel/rate-limit-headers.js';
import { SECOND_MS } from '../time/durations.js';
import type { RequestOutcome } from './types.js';

/** What the end of a call teaches the ledger. */
export interface LimitFeedback {
  /** Whether Mixpanel counts the call in the hour. */
  charged: boolean;
  /** Whether Mixpanel took the call on, which proves that the quota had room for it. */
  admitted: boolean;
  limited?: ExceededLimit;
  /** The project's real limits, where the answer names them. */
  hourly?: number;
  concurrent?: number;
  /** Starts left in the hour, where the answer names them. */
  left?: number;
  /** Milliseconds Mixpanel asks us to wait; not for `hourly`, where it names the whole hour. */
  waitMs?: number;
}

// A query that fails is counted like any other; these answers are not, nor is a call that never reached Mixpanel.
// Source: Mixpanel's own client, mixpanel-headless `docs/guide/request-pacing.md`.
const UNCHARGED_STATUSES = new Set([401, 402, 429]);

const MIN_SERVER_ERROR_STATUS = 500;

/** Returns whether Mixpanel counts a call that ended so. */
export function isCharged(outcome: RequestOutcome): boolean {
  return outcome.kind === 'failed' ? outcome.reached : !UNCHARGED_STATUSES.has(outcome.status);
}

export function parseFeedback(outcome: RequestOutcome): LimitFeedback {
  const charged = isCharged(outcome);
  if (outcome.kind === 'failed') return { charged, admitted: false };
  const { status, headers, body = '' } = outcome;
  const rateLimitState = parseRateLimit(headers.ratelimit);
  const findState = (limit: string) => rateLimitState.find(({ name }) => name === limit);
  const limited = status === 429 ? exceededLimit(headers, body) : undefined;
  const resetSeconds = limited === 'concurrent' ? findState('project-concurrency')?.t : undefined;
  return {
    charged,
    admitted: charged && status < MIN_SERVER_ERROR_STATUS,
    limited,
    hourly: hourlyQuota(headers),
    concurrent: concurrentQuota(headers),
    left: findState('project')?.r,
    waitMs: resetSeconds === undefined ? parseRetryAfterMs(headers['retry-after']) : resetSeconds * SECOND_MS,
  };
}

/** `Retry-After`: whole seconds, or a date. */
function parseRetryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * SECOND_MS : Date.parse(header) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
