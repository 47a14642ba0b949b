import type {
  MixpanelClient,
  MixpanelResponse,
  RequestContext,
  StreamingResponse,
} from '../mixpanel/client.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { Lease, Priority, QuotaScope, QuotaStatus, RateLimiter } from '../rate-limit/types.js';

export interface TransportContext extends Omit<RequestContext, 'onOutcome'> {
  priority?: Priority;
  /** A follow-up page: takes a place, but is not counted in the hour. */
  uncounted?: boolean;
}

export type WithWaitTime<T> = T & {
  /** Milliseconds the call waited for its place. */
  waitedMs: number;
};

/** The client behind the quota: the only way from a command to Mixpanel. */
export interface Transport {
  send(request: MixpanelRequest, context: TransportContext): Promise<WithWaitTime<MixpanelResponse>>;
  /** The place is held until the body is read to its end or destroyed. */
  open(request: MixpanelRequest, context: TransportContext): Promise<WithWaitTime<StreamingResponse>>;
  quota(scope: QuotaScope): Promise<QuotaStatus>;
}

export function createTransport(client: MixpanelClient, limiter: RateLimiter): Transport {
  const whenAdmitted = <T>(
    request: MixpanelRequest,
    context: TransportContext,
    task: (slot: Lease) => Promise<T>,
  ) => {
    const { deadline, signal, priority, uncounted } = context;
    return limiter.run(quotaScopeOf(request, context), task, { deadline, signal, priority, uncounted });
  };
  return {
    send: (request, context) =>
      whenAdmitted(request, context, async (slot) => ({
        ...(await client.send(request, { ...context, onOutcome: (outcome) => slot.reportOutcome(outcome) })),
        waitedMs: slot.waitedMs,
      })),
    open: (request, context) =>
      new Promise((resolve, reject) => {
        whenAdmitted(request, context, async (slot) => {
          const answer = await client.open(request, {
            ...context,
            onOutcome: (outcome) => slot.reportOutcome(outcome),
          });
          resolve({ ...answer, waitedMs: slot.waitedMs });
          await answer.done;
        }).catch(reject);
      }),
    quota: (scope) => limiter.status(scope),
  };
}

export function quotaScopeOf(
  { family, projectId = '' }: MixpanelRequest,
  { region }: Pick<RequestContext, 'region'>,
): QuotaScope {
  return { region, projectId, family };
}
