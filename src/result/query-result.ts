import type { CacheState } from '../cache/types.js';
import type { PluginError } from '../errors.js';
import type { Family } from '../mixpanel/regions.js';

/**
 * Result of one query. `body` is an array of flat rows, CSV text, or with `response: raw` Mixpanel's answer. Host
 * adapters (`hosts/`) convert it to their host's shape; the core knows no host.
 */
export type QueryResult = QuerySuccess | QueryFailure;

export interface QuerySuccess {
  ok: true;
  body: unknown;
  meta: ResultMeta;
  /** Notices for the user, such as truncated rows or a stale result. */
  messages: string[];
}

export interface QueryFailure {
  ok: false;
  error: PluginError;
  meta: ResultMeta;
  messages: string[];
}

/** Metadata of a result. Every field except `cost` is absent if it does not apply. */
export interface ResultMeta extends AnswerMeta {
  /** Calls of its family's hourly limit that this query used; 0 for a cached result. */
  cost: number;
  /**
   * How the cache served the result; absent for writes and failures. `freshMs` says for how many milliseconds the same
   * query is answered with this result and costs nothing; absent if it is asked anew every time.
   */
  cache?: { state: CacheState; ageMs: number; freshMs?: number };
  /** Milliseconds the query waited for the rate limiter. */
  waitedMs?: number;
  /** The limit this query counts against, after the query; absent if Mixpanel publishes none. */
  quota?: QuotaMeta;
}

/** Days as `yyyy-mm-dd`, both included. */
export interface DatesMeta {
  from?: string;
  to?: string;
  /** For relative dates the time zone in which today was today: the project's, or UTC if that is unknown. */
  timezone?: string;
}

export interface QuotaMeta {
  /** Queries and exports have separate hourly limits. */
  family: Family;
  limit: number;
  left: number | null;
  /** When the full limit is available again, in epoch milliseconds, if no further call is made. */
  resetAt: number;
}

/** Metadata that comes with an answer and is cached with it. */
export interface AnswerMeta {
  /** Rows in the body. */
  rows?: number;
  /** Whether rows were truncated; a message says why. */
  truncated?: boolean;
  /** Session of a paginated list. Its follow-up pages are free. */
  sessionId?: string;
  /** Number of the last page in the body; the first is 0. */
  page?: number;
  /** Pages in the body. */
  pages?: number;
  pageSize?: number;
  /** Total number of records, as Mixpanel counts them. */
  total?: number;
  /** Number of records that Mixpanel accepted. */
  accepted?: number;
  /** Number of requests that sent them. */
  batches?: number;
  /** Number of unreadable lines that an export skipped. */
  linesSkipped?: number;
  /** The days of a query that had relative dates, such as `-30d`, or the days that a saved report covers. */
  dates?: DatesMeta;
  /** When Mixpanel computed a saved report, in its own format. */
  computedAt?: string;
  /** Fraction of the events that a sampled report counted, between 0 and 1. */
  samplingFactor?: number;
  /** Whether Mixpanel omitted segments of a breakdown. */
  breakdownCut?: boolean;
}

/** A body in the requested format, with its metadata. */
export interface FormattedAnswer {
  body: unknown;
  meta: AnswerMeta;
  messages?: string[];
}

/** Returns the result of a query that failed before anything was sent. */
export function failureOf(error: PluginError): QueryFailure {
  return { ok: false, error, meta: { cost: 0 }, messages: [] };
}
