import { PluginError } from '../errors.js';
import type { QuotaMeta } from '../result/query-result.js';
import type { PreparedQuery } from './prepared-query.js';
import type { Transport } from './transport.js';

/** The part of the quota that stays free of background work. */
const HEADROOM_RATIO = 0.5;

/** Returns whether the quota has room for a query whose result could still serve from the cache. */
export async function hasHeadroom(transport: Transport, { scope }: PreparedQuery): Promise<boolean> {
  const { limit, left } = await transport.quota(scope);
  return limit === null || left === null || left > limit * HEADROOM_RATIO;
}

/** Returns the limit a query counts against, or nothing where Mixpanel publishes none. */
export async function readQuotaMeta(
  transport: Transport,
  { scope }: PreparedQuery,
): Promise<QuotaMeta | undefined> {
  const { limit, left, resetAt } = await transport.quota(scope);
  return limit === null ? undefined : { family: scope.family, limit, left, resetAt };
}

/** Adds the next slot to Mixpanel's own 429, which does not name it; the rate limiter has learnt it from the answer. */
export async function withRetryAt(
  transport: Transport,
  error: PluginError,
  { scope }: PreparedQuery,
): Promise<PluginError> {
  if (error.retryAt !== undefined || !error.code.startsWith('RATE_LIMITED')) return error;
  const { nextSlotAt } = await transport.quota(scope);
  if (nextSlotAt <= Date.now()) return error;
  return new PluginError(error.code, error.message, { ...error, retryAt: nextSlotAt });
}
