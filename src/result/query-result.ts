import type { CacheState } from '../cache/types.js';
import type { PluginError } from '../errors.js';
import type { Family } from '../mixpanel/regions.js';

/**
 * Result of one query. `body` is an array of flat rows, CSV text, or Mixpanel's answer when the query asks for
 * `response: raw`. Hosts dress it in their own shape (`hosts/`); nothing in the core knows one.
 */
export type QueryResult = QuerySuccess | QueryFailure;

export interface QuerySuccess {
  ok: true;
  body: unknown;
  meta: ResultMeta;
  /** What a person should know beside the data: rows cut, an older result served. */
  messages: string[];
}

export interface QueryFailure {
  ok: false;
  error: PluginError;
  meta: ResultMeta;
  messages: string[];
}

/** What fits no row. Every field but `cost` is absent when it does not apply. */
export interface ResultMeta extends AnswerMeta {
  /** Calls this query spent of the hourly limit its family has; 0 when a cached result served. */
  cost: number;
  /** How the cache served the result; absent for writes and failures. */
  cache?: { state: CacheState; ageMs: number };
  /** Milliseconds the query waited for the rate limiter. */
  waitedMs?: number;
  /** The limit this query counts against, after it ended; absent where Mixpanel publishes none. */
  quota?: QuotaMeta;
}

export interface QuotaMeta {
  /** Queries and exports have an hour of their own each. */
  family: Family;
  limit: number;
  left: number | null;
  /** Epoch milliseconds by which every call known today has left the window. */
  resetAt: number;
}

/** The part of the meta that comes with an answer, and is cached with it. */
export interface AnswerMeta {
  /** Rows in the body. */
  rows?: number;
  /** Whether rows were cut; a message says why. */
  truncated?: boolean;
  /** Session of a paginated list; further pages of it are free. */
  sessionId?: string;
  /** Number of the last page in the body; the first is 0. */
  page?: number;
  /** Pages in the body. */
  pages?: number;
  pageSize?: number;
  /** Records in all pages, as Mixpanel counts them. */
  total?: number;
  /** Records that Mixpanel accepted. */
  accepted?: number;
  /** Requests they were sent in. */
  batches?: number;
  /** Lines of an export that stayed unreadable and were skipped. */
  linesSkipped?: number;
  /** When Mixpanel computed a saved report, as it says. */
  computedAt?: string;
  /** Part of the events a report counted, when Mixpanel sampled; between 0 and 1. */
  samplingFactor?: number;
  /** Whether Mixpanel left out segments of a breakdown. */
  breakdownCut?: boolean;
}

/** A body in the form the query asked for, with what came beside it. */
export interface FormattedAnswer {
  body: unknown;
  meta: AnswerMeta;
  messages?: string[];
}

/** Returns the result of a query that failed before anything was sent. */
export function failureOf(error: PluginError): QueryFailure {
  return { ok: false, error, meta: { cost: 0 }, messages: [] };
}
