import { PluginError } from '../errors.js';
import type { QuotaMeta } from '../result/query-result.js';
import type { PreparedQuery } from './prepared-query.js';
import type { Transport } from './transport.js';

/** Share of the quota that background work leaves free. */
const HEADROOM_RATIO = 0.5;

/** Returns whether enough quota is left for a background refresh. */
export async function hasHeadroom(transport: Transport, { scope }: PreparedQuery): Promise<boolean> {
  const { limit, left } = await transport.quota(scope);
  return limit === null || left === null || left > limit * HEADROOM_RATIO;
}

/** Returns the limit a query counts against, or `undefined` if Mixpanel publishes none. */
export async function readQuotaMeta(
  transport: Transport,
  { scope }: PreparedQuery,
): Promise<QuotaMeta | undefined> {
  const { limit, left, resetAt } = await transport.quota(scope);
  return limit === null ? undefined : { family: scope.family, limit, left, resetAt };
}

/** Adds `retryAt` to Mixpanel's 429, which does not include it. The rate limiter has updated it from the response. */
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
