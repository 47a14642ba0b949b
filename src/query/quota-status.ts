import { PluginError } from '../errors.js';
import type { QuotaScope, QuotaStatus } from '../rate-limit/types.js';
import type { HeaderValues } from '../result/query-result.js';
import type { PreparedCall } from './prepared-query.js';
import { type Gateway, scopeOf } from './transport.js';

/** The part of the quota that must be left for work that nobody waits for. */
const PLENTIFUL = 0.5;

/** The quota as one call meets it. */
export function createQuotaView(gateway: Gateway) {
  const scopeOfCall = ({ command, input, context }: PreparedCall): QuotaScope =>
    scopeOf(command.request(input, context), context);
  const statusOf = (call: PreparedCall): Promise<QuotaStatus> => gateway.quota(scopeOfCall(call));

  return {
    /** Whether a query may be spent on a result that could still serve. */
    async isPlentiful(call: PreparedCall): Promise<boolean> {
      const { limit, left } = await statusOf(call);
      return limit === null || left === null || left > limit * PLENTIFUL;
    },

    /** What a result tells of the quota; nothing where Mixpanel publishes no limit. */
    async headers(call: PreparedCall): Promise<HeaderValues> {
      const scope = scopeOfCall(call);
      const { limit, left, resetAt } = await gateway.quota(scope);
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
    async withNextSlot(error: PluginError, call: PreparedCall): Promise<PluginError> {
      if (error.retryAt !== undefined || !error.code.startsWith('RATE_LIMITED')) return error;
      const { nextSlotAt } = await statusOf(call);
      if (nextSlotAt <= Date.now()) return error;
      return new PluginError(error.code, error.message, { ...error, retryAt: nextSlotAt });
    },
  };
}
