import type { Family } from '../../mixpanel/regions.js';
import { HOUR_MS, SECOND_MS } from '../../time/durations.js';
import type { Reply, SandboxRequest } from '../endpoint/definition.js';
import { IngestionMeter } from './ingestion-meter.js';
import { Meter, type QuotaChange, type QuotaLimits, type QuotaStatus, type QuotaTicket } from './meter.js';
import {
  createConcurrencyReply,
  createExportLimitReply,
  createIngestionLimitReply,
  createQuotaReply,
} from './rate-limit-replies.js';

/** https://developer.mixpanel.com/reference/rate-limits */
const QUERY_LIMITS: QuotaLimits = { starts: 60, windowMs: HOUR_MS, concurrent: 5 };
/** https://developer.mixpanel.com/reference/raw-event-export */
const EXPORT_LIMITS: QuotaLimits = { starts: 60, windowMs: HOUR_MS, concurrent: 100, perSecond: 3 };
/** First path segments below `/api/query/` that spend the quota, as Mixpanel's own clients list them. */
const METERED_SEGMENTS = new Set(
  (
    'arb_funnels cohorts correlate custom-query data_definitions engage events experiments flows formulas funnels ' +
    'impact insights metrics query integrations jql retention segmentation stream trends'
  ).split(' '),
);

/** The families whose calls are counted by number. */
export type MeteredFamily = 'query' | 'export';

export type Admission = { ticket: QuotaTicket } | { rejection: Reply };

/** Mixpanel's quotas of every project. */
export interface Quotas {
  /** False if nothing is refused. */
  readonly enabled: boolean;
  /**
   * Admits or rejects a call. A call of a family without a quota is free; ingestion is counted by bytes and records.
   */
  admit(request: SandboxRequest, family: Family): Admission;
  status(projectId: string): Record<MeteredFamily, QuotaStatus>;
  change(projectId: string, family: MeteredFamily, change: QuotaChange): void;
}

export interface QuotaOptions {
  /** False counts every call and refuses none. Defaults to true. */
  enabled?: boolean;
  /** How many times faster the windows pass: 60 makes an hour a minute. Defaults to 1. */
  timeScale?: number;
  /** The sandbox's clock, epoch milliseconds. */
  now(): number;
}

export function createQuotas({ enabled = true, timeScale = 1, now }: QuotaOptions): Quotas {
  const meters = new Map<string, Meter>();
  const ingestion = new IngestionMeter(timeScale);

  function getMeter(projectId: string, family: MeteredFamily): Meter {
    const key = `${family} ${projectId}`;
    let meter = meters.get(key);
    if (!meter) {
      const limits = family === 'query' ? QUERY_LIMITS : EXPORT_LIMITS;
      meter = new Meter({ ...limits, windowMs: limits.windowMs / timeScale });
      meters.set(key, meter);
    }
    return meter;
  }

  return {
    enabled,

    admit(request, family) {
      if (family === 'ingestion') {
        const exceeded = ingestion.exceeds(request, now(), enabled);
        return exceeded && enabled ? { rejection: createIngestionLimitReply() } : { ticket: FREE_TICKET };
      }
      const projectId = request.project?.id;
      const metered = family === 'export' || (family === 'query' && isMetered(request.path));
      if (projectId === undefined || !metered) return { ticket: FREE_TICKET };
      const meter = getMeter(projectId, family);
      const counted = isCounted(request.path, request.params);
      const exceededLimit = meter.exceededLimit(now(), counted);
      if (!exceededLimit || !enabled) return { ticket: meter.start(now(), counted) };
      if (family === 'export') {
        return {
          rejection: createExportLimitReply(exceededLimit === 'starts' ? meter.limits.windowMs : SECOND_MS),
        };
      }
      const { limit, used, concurrent, running } = meter.status(now());
      const { windowMs } = meter.limits;
      const usage = { path: request.path, projectId, limit, used, windowMs, concurrent, running };
      return {
        rejection: exceededLimit === 'starts' ? createQuotaReply(usage) : createConcurrencyReply(usage),
      };
    },

    status: (projectId) => ({
      query: getMeter(projectId, 'query').status(now()),
      export: getMeter(projectId, 'export').status(now()),
    }),

    change(projectId, family, change) {
      getMeter(projectId, family).change(change, now());
    },
  };
}

/**
 * Returns whether a call spends one of the hourly starts. Pages of `/engage` after the first, requested with the
 * first one's session, are free; so are the aliases.
 */
export function isCounted(path: string, params: Record<string, unknown>): boolean {
  if (path === '/api/2.0/export') return true;
  if (!isMetered(path)) return false;
  if (/\/engage\/?$/.test(path)) return !(Number(params.page) > 0 && Boolean(params.session_id));
  return !path.includes('/engage/aliases');
}

function isMetered(path: string): boolean {
  const segment = /^\/api\/(?:query|2\.0)\/([^/]+)/.exec(path)?.[1];
  return segment !== undefined && METERED_SEGMENTS.has(segment);
}

const FREE_TICKET: QuotaTicket = { settle() {}, release() {}, charged: false };
