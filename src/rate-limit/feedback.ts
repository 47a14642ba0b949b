import type { RequestOutcome } from '../mixpanel/client.js';
import {
  concurrentQuota,
  exceededLimit as getExceededLimit,
  hourlyQuota,
  parseRateLimit,
} from '../mixpanel/rate-limit-headers.js';
import { SECOND_MS } from '../time/durations.js';
import type { LimitFeedback } from './window/window-log.js';

// A failed query counts like any other. These answers do not, nor does a call that never reached Mixpanel.
// Source: Mixpanel's own client, mixpanel-headless `docs/guide/request-pacing.md`.
const UNCHARGED_STATUSES = new Set([401, 402, 429]);

const MIN_SERVER_ERROR_STATUS = 500;

/** Returns whether Mixpanel counts a call that ended like this. */
export function isCharged(outcome: RequestOutcome): boolean {
  return outcome.kind === 'failed' ? outcome.reached : !UNCHARGED_STATUSES.has(outcome.status);
}

/** Returns what the end of a call says about the limits. */
export function parseFeedback(outcome: RequestOutcome): LimitFeedback {
  const charged = isCharged(outcome);
  if (outcome.kind === 'failed') return { charged, accepted: false };
  const { status, headers, body = '' } = outcome;
  const rateLimitState = parseRateLimit(headers.ratelimit);
  const findState = (limit: string) => rateLimitState.find(({ name }) => name === limit);
  const exceededLimit = status === 429 ? getExceededLimit(headers, body) : undefined;
  const resetSeconds = exceededLimit === 'concurrent' ? findState('project-concurrency')?.t : undefined;
  return {
    charged,
    accepted: charged && status < MIN_SERVER_ERROR_STATUS,
    exceededLimit,
    hourlyLimit: hourlyQuota(headers),
    concurrencyLimit: concurrentQuota(headers),
    remaining: findState('project')?.r,
    retryAfterMs:
      resetSeconds === undefined ? parseRetryAfterMs(headers['retry-after']) : resetSeconds * SECOND_MS,
  };
}

/** Returns the milliseconds of a `Retry-After` header: whole seconds, or a date. */
function parseRetryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * SECOND_MS : Date.parse(header) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
