import type { Family } from '../../mixpanel/regions.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../time/durations.js';
import type { Reply, SandboxRequest } from '../endpoint/definition.js';
import { readRecords } from '../ingestion/request-records.js';
import { isObject } from '../records/json.js';
import type { Json } from '../records/write.js';
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
/** 2 GB of uncompressed JSON or about 30,000 events a second, over a minute. https://developer.mixpanel.com/reference/import-events */
const INGESTION_LIMITS = { bytes: 2_000_000_000, events: 30_000 * 60, windowMs: MINUTE_MS };

/** First path segments below `/api/query/` that spend the quota, as Mixpanel's own clients list them. */
const METERED_SEGMENTS = new Set(
  (
    'arb_funnels cohorts correlate custom-query data_definitions engage events experiments flows formulas funnels ' +
    'impact insights metrics query integrations jql retention segmentation stream trends'
  ).split(' '),
);

/** Answers that Mixpanel does not charge; a query that fails in any other way is. */
const UNCHARGED_STATUSES = new Set([401, 402, 429]);

/** The families whose calls are counted by number. */
export type MeteredFamily = 'query' | 'export';

export interface QuotaLimits {
  /** Starts allowed in any window. */
  starts: number;
  windowMs: number;
  concurrent: number;
  perSecond?: number;
}

/** A place at work. `settle` once the status is known, `release` once the answer has left or the caller has. */
export interface QuotaTicket {
  settle(status: number): void;
  release(): void;
  /** Whether it spends quota as things stand. */
  readonly charged: boolean;
}

export type Admission = { ticket: QuotaTicket } | { rejection: Reply };

export interface QuotaStatus {
  limit: number;
  used: number;
  left: number;
  concurrent: number;
  running: number;
  /** Epoch milliseconds by which every start known now has left the window; now where none has. */
  resetAt: number;
}

export interface QuotaChange {
  /** Pretends that this many calls have started a second ago. */
  used?: number;
  /** Another number of starts per window: Mixpanel raises it for some projects. */
  limit?: number;
  concurrent?: number;
  /** Forgets every start so far; applied before `used`. */
  reset?: boolean;
}

/** Mixpanel's quotas, each project apart. */
export interface Quotas {
  /** False where nothing is refused. */
  readonly enabled: boolean;
  /**
   * Asks for a place. A call of a family without a quota gets one that costs nothing; what is sent for keeping
   * is counted by its bytes and records, for the project of the credentials or else of the first record's token.
   */
  admit(request: SandboxRequest, family: Family): Admission;
  status(projectId: string): Record<MeteredFamily, QuotaStatus>;
  change(projectId: string, family: MeteredFamily, change: QuotaChange): void;
}

export interface QuotaOptions {
  /** False lets everything through, still counting. Default true. */
  enabled?: boolean;
  /** How many times faster the windows pass: 60 makes an hour a minute. Default 1. */
  timeScale?: number;
  /** The sandbox's clock, epoch milliseconds. */
  now(): number;
}

export function createQuotas({ enabled = true, timeScale = 1, now }: QuotaOptions): Quotas {
  const meters = new Map<string, Meter>();
  const ingestionWindows = new Map<string, { at: number; bytes: number; events: number }[]>();

  function getMeter(projectId: string, family: MeteredFamily): Meter {
    const key = `${family} ${projectId}`;
    let meter = meters.get(key);
    if (!meter) {
      meter = new Meter(scaleWindow(family === 'query' ? QUERY_LIMITS : EXPORT_LIMITS, timeScale));
      meters.set(key, meter);
    }
    return meter;
  }

  function admitIngestion(request: SandboxRequest): Admission {
    const records = readRecords(request);
    const key = request.project?.id ?? readToken(records[0]);
    const from = now() - INGESTION_LIMITS.windowMs / timeScale;
    const recent = (ingestionWindows.get(key) ?? []).filter(({ at }) => at > from);
    recent.push({ at: now(), bytes: request.rawBody.byteLength, events: records.length });
    const bytes = recent.reduce((sum, entry) => sum + entry.bytes, 0);
    const events = recent.reduce((sum, entry) => sum + entry.events, 0);
    const exceeded = bytes > INGESTION_LIMITS.bytes || events > INGESTION_LIMITS.events;
    if (exceeded && enabled) return { rejection: createIngestionLimitReply() };
    ingestionWindows.set(key, recent);
    return { ticket: FREE_TICKET };
  }

  return {
    enabled,

    admit(request, family) {
      if (family === 'ingestion') return admitIngestion(request);
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

type LimitKind = 'starts' | 'concurrent' | 'perSecond';

/** The starts of one project in one family. */
class Meter {
  readonly limits: QuotaLimits;
  #starts: number[] = [];
  #running = 0;

  constructor(limits: QuotaLimits) {
    this.limits = { ...limits };
  }

  get running(): number {
    return this.#running;
  }

  /** The limit that one more call would break. */
  exceededLimit(at: number, counted: boolean): LimitKind | undefined {
    if (counted && this.used(at) >= this.limits.starts) return 'starts';
    if (this.#running >= this.limits.concurrent) return 'concurrent';
    const { perSecond } = this.limits;
    if (perSecond !== undefined && this.#countSince(at - SECOND_MS) >= perSecond) return 'perSecond';
    return undefined;
  }

  start(at: number, counted: boolean): QuotaTicket {
    let charged = counted;
    let active = true;
    if (charged) this.#starts.push(at);
    this.#running += 1;
    const refund = () => {
      if (!charged) return;
      charged = false;
      const index = this.#starts.indexOf(at);
      if (index >= 0) this.#starts.splice(index, 1);
    };
    const release = () => {
      if (active) this.#running -= 1;
      active = false;
    };
    return {
      settle(status) {
        if (UNCHARGED_STATUSES.has(status)) refund();
      },
      release,
      get charged() {
        return charged;
      },
    };
  }

  used(at: number): number {
    const from = at - this.limits.windowMs;
    const first = this.#starts.findIndex((start) => start > from);
    this.#starts.splice(0, first < 0 ? this.#starts.length : first);
    return this.#starts.length;
  }

  status(at: number): QuotaStatus {
    const used = this.used(at);
    const last = this.#starts.at(-1);
    return {
      limit: this.limits.starts,
      used,
      left: Math.max(0, this.limits.starts - used),
      concurrent: this.limits.concurrent,
      running: this.#running,
      resetAt: last === undefined ? at : last + this.limits.windowMs,
    };
  }

  change({ used, limit, concurrent, reset }: QuotaChange, at: number): void {
    if (limit !== undefined) this.limits.starts = limit;
    if (concurrent !== undefined) this.limits.concurrent = concurrent;
    if (reset || used !== undefined) this.#starts = [];
    // A second ago, so that the limit per second has nothing to say about them.
    if (used !== undefined) this.#starts = Array.from({ length: used }, () => at - SECOND_MS);
  }

  #countSince(from: number): number {
    return this.#starts.filter((start) => start > from).length;
  }
}

const FREE_TICKET: QuotaTicket = { settle() {}, release() {}, charged: false };

function readToken(record: Json | undefined): string {
  if (!isObject(record)) return '';
  const token = record.$token ?? (isObject(record.properties) ? record.properties.token : undefined);
  return typeof token === 'string' ? token : '';
}

function scaleWindow(limits: QuotaLimits, timeScale: number): QuotaLimits {
  return { ...limits, windowMs: limits.windowMs / timeScale };
}
