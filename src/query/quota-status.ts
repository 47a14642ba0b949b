import { PluginError } from '../errors.js';
import type { QuotaScope, QuotaStatus } from '../rate-limit/types.js';
import type { HeaderValues } from '../result/query-result.js';
import type { PreparedQuery } from './prepared-query.js';
import { quotaScopeOf, type Transport } from './transport.js';

/** The part of the quota that must be left for work that nobody waits for. */
const HEADROOM_RATIO = 0.5;

/** The quota as one call meets it. */
export function createRateLimitView(transport: Transport) {
  const scopeOfQuery = ({ command, input, context }: PreparedQuery): QuotaScope =>
    quotaScopeOf(command.request(input, context), context);
  const statusOf = (query: PreparedQuery): Promise<QuotaStatus> => transport.quota(scopeOfQuery(query));

  return {
    /** Whether a query may be spent on a result that could still serve. */
    async hasHeadroom(query: PreparedQuery): Promise<boolean> {
      const { limit, left } = await statusOf(query);
      return limit === null || left === null || left > limit * HEADROOM_RATIO;
    },

    /** What a result tells of the quota; nothing where Mixpanel publishes no limit. */
    async headers(query: PreparedQuery): Promise<HeaderValues> {
      const scope = scopeOfQuery(query);
      const { limit, left, resetAt } = await transport.quota(scope);
      if (limit === null) return {};
      return {
        // Queries and exports have an hour of their own each.
        'x-quota-family': scope.family,
        'x-quota-limit': limit,
        'x-quota-left': left ?? undefined,
        'x-quota-reset': new Date(resetAt).toISOString(),
      };
    },

    /** A refusal of Mixpanel's own does not say when to come back; the ledger, which has learnt from it, does. */
    async withRetryAt(error: PluginError, query: PreparedQuery): Promise<PluginError> {
      if (error.retryAt !== undefined || !error.code.startsWith('RATE_LIMITED')) return error;
      const { nextSlotAt } = await statusOf(query);
      if (nextSlotAt <= Date.now()) return error;
      return new PluginError(error.code, error.message, { ...error, retryAt: nextSlotAt });
    },
  };
}
