import type {
  MixpanelClient,
  MixpanelResponse,
  RequestContext,
  StreamingResponse,
} from '../mixpanel/client.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { Lease, Priority, QuotaScope, QuotaStatus, RateLimiter } from '../rate-limit/types.js';

export interface GatewayContext extends Omit<RequestContext, 'onOutcome'> {
  priority?: Priority;
  /** A follow-up page: takes a place, but is not counted in the hour. */
  uncounted?: boolean;
}

export type Waited<T> = T & {
  /** Milliseconds the call waited for its place. */
  waitedMs: number;
};

/** The client behind the quota: the only way from a command to Mixpanel. */
export interface Gateway {
  send(request: MixpanelRequest, context: GatewayContext): Promise<Waited<MixpanelResponse>>;
  /** The place is held until the body is read to its end or destroyed. */
  open(request: MixpanelRequest, context: GatewayContext): Promise<Waited<StreamingResponse>>;
  quota(scope: QuotaScope): Promise<QuotaStatus>;
}

export function createGateway(client: MixpanelClient, gate: RateLimiter): Gateway {
  const admit = <T>(request: MixpanelRequest, context: GatewayContext, task: (slot: Lease) => Promise<T>) => {
    const { deadline, signal, priority, uncounted } = context;
    return gate.run(scopeOf(request, context), task, { deadline, signal, priority, uncounted });
  };
  return {
    send: (request, context) =>
      admit(request, context, async (slot) => ({
        ...(await client.send(request, { ...context, onOutcome: (outcome) => slot.reportOutcome(outcome) })),
        waitedMs: slot.waitedMs,
      })),
    open: (request, context) =>
      new Promise((resolve, reject) => {
        admit(request, context, async (slot) => {
          const answer = await client.open(request, {
            ...context,
            onOutcome: (outcome) => slot.reportOutcome(outcome),
          });
          resolve({ ...answer, waitedMs: slot.waitedMs });
          await answer.done;
        }).catch(reject);
      }),
    quota: (scope) => gate.status(scope),
  };
}

export function scopeOf(
  { family, projectId = '' }: MixpanelRequest,
  { region }: Pick<RequestContext, 'region'>,
): QuotaScope {
  return { region, projectId, family };
}
