import {
  concurrentQuota,
  hourlyQuota,
  parseRateLimit,
  type TripCause,
  tripCause,
} from '../mixpanel/rate-limit-headers.js';
import { SECOND_MS } from './limits.js';
import type { Outcome } from './types.js';

/** Which limit stands in the way. `load`: Mixpanel sheds load, no limit of the project's is meant. */
export type Limit = TripCause;

/** What the end of a call teaches the ledger. */
export interface Lesson {
  /** Whether Mixpanel counts the call in the hour. */
  charged: boolean;
  /** Whether Mixpanel took the call on, which proves that the quota had room for it. */
  admitted: boolean;
  limited?: Limit;
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
const FREE_STATUSES = new Set([401, 402, 429]);

const FIRST_SERVER_ERROR = 500;

export function readLesson(outcome: Outcome): Lesson {
  if (outcome.kind === 'failed') return { charged: outcome.reached, admitted: false };
  const { status, headers, body = '' } = outcome;
  const charged = !FREE_STATUSES.has(status);
  const state = parseRateLimit(headers.ratelimit);
  const stateOf = (limit: string) => state.find(({ name }) => name === limit);
  const limited = status === 429 ? tripCause(headers, body) : undefined;
  const resetSeconds = limited === 'concurrent' ? stateOf('project-concurrency')?.t : undefined;
  return {
    charged,
    admitted: charged && status < FIRST_SERVER_ERROR,
    limited,
    hourly: hourlyQuota(headers),
    concurrent: concurrentQuota(headers),
    left: stateOf('project')?.r,
    waitMs: resetSeconds === undefined ? retryAfterMs(headers['retry-after']) : resetSeconds * SECOND_MS,
  };
}

/** `Retry-After`: whole seconds, or a date. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * SECOND_MS : Date.parse(header) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}
