import type { Family } from '../mixpanel/regions.js';
import type { Exchange, Reply } from './exchange.js';

/** https://developer.mixpanel.com/reference/rate-limits */
const QUERY_LIMITS: QuotaLimits = { starts: 60, windowMs: 3_600_000, concurrent: 5 };
/** https://developer.mixpanel.com/reference/raw-event-export */
const EXPORT_LIMITS: QuotaLimits = { starts: 60, windowMs: 3_600_000, concurrent: 100, perSecond: 3 };
/** 2 GB of uncompressed JSON or about 30,000 events a second, over a minute. https://developer.mixpanel.com/reference/import-events */
const INGESTION_LIMITS = { bytes: 2_000_000_000, events: 30_000 * 60, windowMs: 60_000 };
const SECOND_MS = 1000;
/** What Mixpanel says when too many run at once: come back in ten seconds. */
const CONCURRENCY_RETRY_SECONDS = 10;

/** First path segments below `/api/query/` that spend the quota, as Mixpanel's own clients list them. */
const COUNTED_SEGMENTS = new Set(
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

export type Admission = { ticket: QuotaTicket } | { refusal: Reply };

export interface QuotaView {
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
  /** Asks for a place; a call of a family without a quota gets one that costs nothing. */
  admit(exchange: Exchange, family: Family, projectId: string | undefined): Admission;
  /** Asks to take in so much; returns the refusal, or nothing when it may. */
  ingest(projectId: string, bytes: number, events: number): Reply | undefined;
  status(projectId: string): Record<MeteredFamily, QuotaView>;
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
  const intakes = new Map<string, { at: number; bytes: number; events: number }[]>();

  function meterOf(projectId: string, family: MeteredFamily): Meter {
    const key = `${family} ${projectId}`;
    let meter = meters.get(key);
    if (!meter) {
      meter = new Meter(scale(family === 'query' ? QUERY_LIMITS : EXPORT_LIMITS, timeScale));
      meters.set(key, meter);
    }
    return meter;
  }

  return {
    admit(exchange, family, projectId) {
      if (projectId === undefined || family === 'app' || family === 'ingestion')
        return { ticket: FREE_TICKET };
      if (family === 'query' && !isMetered(exchange.path)) return { ticket: FREE_TICKET };
      const meter = meterOf(projectId, family);
      const counted = isCounted(exchange.path, exchange.params);
      const tripped = meter.tripped(now(), counted);
      if (tripped && enabled) {
        const facts = { meter, tripped, projectId, at: now(), timeScale };
        return { refusal: family === 'query' ? refuseQuery(exchange, facts) : refuseExport(facts) };
      }
      return { ticket: meter.start(now(), counted) };
    },

    ingest(projectId, bytes, events) {
      const from = now() - INGESTION_LIMITS.windowMs / timeScale;
      const recent = (intakes.get(projectId) ?? []).filter((intake) => intake.at > from);
      const total = recent.reduce(
        (sum, intake) => ({ bytes: sum.bytes + intake.bytes, events: sum.events + intake.events }),
        { bytes, events },
      );
      const tooMuch = total.bytes > INGESTION_LIMITS.bytes || total.events > INGESTION_LIMITS.events;
      if (tooMuch && enabled) return INGESTION_REFUSAL;
      recent.push({ at: now(), bytes, events });
      intakes.set(projectId, recent);
      return undefined;
    },

    status: (projectId) => ({
      query: meterOf(projectId, 'query').view(now()),
      export: meterOf(projectId, 'export').view(now()),
    }),

    change(projectId, family, change) {
      meterOf(projectId, family).change(change, now());
    },
  };
}

/**
 * Tells whether a call spends one of the hourly starts. Pages of `/engage` after the first, asked for with the
 * first one's session, are free; so are the aliases.
 */
export function isCounted(path: string, params: Record<string, unknown>): boolean {
  if (path === '/api/2.0/export') return true;
  if (!isMetered(path)) return false;
  if (/\/engage\/?$/.test(path)) return !(Number(params.page) > 0 && Boolean(params.session_id));
  return !path.includes('/engage/aliases');
}

/** The 429 of a Mixpanel that sheds load: nobody's quota is used up, so it bears no quota headers. */
export function shedLoad(projectId: string): Reply {
  return refuse(
    {},
    {
      error: `Query rate limit exceeded for project_id: ${projectId} For more information, please consult our documentation`,
    },
  );
}

function isMetered(path: string): boolean {
  const segment = /^\/api\/(?:query|2\.0)\/([^/]+)/.exec(path)?.[1];
  return segment !== undefined && COUNTED_SEGMENTS.has(segment);
}

type Limit = 'starts' | 'concurrent' | 'perSecond';

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
  tripped(at: number, counted: boolean): Limit | undefined {
    if (counted && this.used(at) >= this.limits.starts) return 'starts';
    if (this.#running >= this.limits.concurrent) return 'concurrent';
    const { perSecond } = this.limits;
    if (perSecond !== undefined && this.#since(at - SECOND_MS) >= perSecond) return 'perSecond';
    return undefined;
  }

  start(at: number, counted: boolean): QuotaTicket {
    let charged = counted;
    let held = true;
    if (charged) this.#starts.push(at);
    this.#running += 1;
    const refund = () => {
      if (!charged) return;
      charged = false;
      const index = this.#starts.indexOf(at);
      if (index >= 0) this.#starts.splice(index, 1);
    };
    const release = () => {
      if (held) this.#running -= 1;
      held = false;
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

  view(at: number): QuotaView {
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

  #since(from: number): number {
    return this.#starts.filter((start) => start > from).length;
  }
}

const FREE_TICKET: QuotaTicket = { settle() {}, release() {}, charged: false };

interface Refused {
  meter: Meter;
  tripped: Limit;
  projectId: string;
  at: number;
  timeScale: number;
}

/** Headers and words as Mixpanel's own client knows them from the live service. */
function refuseQuery(exchange: Exchange, { meter, tripped, projectId, at }: Refused): Reply {
  const { starts, windowMs, concurrent } = meter.limits;
  // As Mixpanel does, the whole window: the next slot of a rolling window usually opens sooner.
  const windowSeconds = Math.ceil(windowMs / SECOND_MS);
  const left = Math.max(0, starts - meter.used(at));
  const free = Math.max(0, concurrent - meter.running);
  const prefix = `Query rate limit exceeded for project_id: ${projectId}. This request exceeded the`;
  const policy = `"project";q=${starts};w=${windowSeconds}, "project-concurrency";q=${concurrent};qu="concurrent-requests"`;

  if (tripped === 'concurrent') {
    return refuse(
      {
        'ratelimit-policy': policy,
        ratelimit: `"project";r=${left}, "project-concurrency";r=0;t=${CONCURRENCY_RETRY_SECONDS}`,
        'retry-after': String(CONCURRENCY_RETRY_SECONDS),
      },
      {
        error: `${prefix} concurrency limit (${meter.running + 1}/${concurrent} queries running concurrently).`,
      },
    );
  }
  return refuse(
    {
      'ratelimit-policy': policy,
      ratelimit: `"project";r=0;t=${windowSeconds}, "project-concurrency";r=${free}`,
      'retry-after': String(windowSeconds),
    },
    {
      request: `https://mixpanel.com${exchange.path}?project_id=${projectId}`,
      error:
        `${prefix} rate limit (${meter.used(at) + 1}/${starts} queries running in the last hour). ` +
        'For more information, please consult our documentation at ' +
        'https://help.mixpanel.com/hc/en-us/articles/115004602563-Rate-Limits-for-Export-API-Endpoints',
    },
  );
}

/** The body is an old one: what the export says today is in no source. */
function refuseExport({ meter, tripped }: Refused): Reply {
  const waitMs = tripped === 'starts' ? meter.limits.windowMs : SECOND_MS;
  return refuse(
    { 'retry-after': String(Math.ceil(waitMs / SECOND_MS)) },
    { error: 'too many export requests in progress for this project' },
  );
}

const INGESTION_REFUSAL = refuse(
  {},
  {
    code: 429,
    error: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
    status: 'Too Many Requests',
  },
);

function refuse(headers: Record<string, string>, body: unknown): Reply {
  return {
    status: 429,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function scale(limits: QuotaLimits, timeScale: number): QuotaLimits {
  return { ...limits, windowMs: limits.windowMs / timeScale };
}
