import type {
  MixpanelClient,
  MixpanelResponse,
  RequestContext,
  RequestOutcome,
  StreamingResponse,
} from '../mixpanel/client.js';
import { toCanonicalProjectId } from '../mixpanel/project-id.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import { isCharged } from '../rate-limit/feedback.js';
import type { Lease, Priority, QuotaScope, QuotaStatus, RateLimiter } from '../rate-limit/types.js';
import type { Usage } from './usage.js';

export interface TransportContext extends Omit<RequestContext, 'onOutcome'> {
  priority?: Priority;
  /** A follow-up page: takes a concurrency slot, but does not count against the hourly limit. */
  uncounted?: boolean;
  /** Receives what the call cost and how long it waited. */
  usage?: Usage;
}

/** The rate-limited client. Every request to Mixpanel goes through it. */
export interface Transport {
  send(request: MixpanelRequest, context: TransportContext): Promise<MixpanelResponse>;
  /** Opens a stream. The concurrency slot is held until the body is read to its end or destroyed. */
  open(request: MixpanelRequest, context: TransportContext): Promise<StreamingResponse>;
  quota(scope: QuotaScope): Promise<QuotaStatus>;
}

export function createTransport(client: MixpanelClient, limiter: RateLimiter): Transport {
  const whenAdmitted = <T>(
    request: MixpanelRequest,
    context: TransportContext,
    task: (onOutcome: (outcome: RequestOutcome) => void) => Promise<T>,
  ) => {
    const { deadline, signal, priority, uncounted, usage } = context;
    const run = (lease: Lease) => {
      if (usage) usage.waitedMs = Math.max(usage.waitedMs, lease.waitedMs);
      return task((outcome) => {
        lease.reportOutcome(outcome);
        if (usage && !uncounted && isCharged(outcome)) usage.cost += 1;
      });
    };
    return limiter.run(quotaScopeOf(request, context), run, { deadline, signal, priority, uncounted });
  };
  return {
    send: (request, context) =>
      whenAdmitted(request, context, (onOutcome) => client.send(request, { ...context, onOutcome })),
    open: (request, context) =>
      new Promise((resolve, reject) => {
        whenAdmitted(request, context, async (onOutcome) => {
          const response = await client.open(request, { ...context, onOutcome });
          resolve(response);
          await response.done;
        }).catch(reject);
      }),
    quota: (scope) => limiter.status(scope),
  };
}

/** Returns the scope a request counts against. Mixpanel counts per project and API family. */
export function quotaScopeOf(
  { family, projectId = '' }: MixpanelRequest,
  { region }: Pick<RequestContext, 'region'>,
): QuotaScope {
  return { region, projectId: toCanonicalProjectId(projectId), family };
}
