import { SECOND_MS } from '../../time/durations.js';
import { jsonReply, type Reply } from '../endpoint/definition.js';

/** A project's quota when it rejects a call. */
export interface QuotaUsage {
  path: string;
  projectId: string;
  /** Starts allowed per window, and those used. */
  limit: number;
  used: number;
  windowMs: number;
  concurrent: number;
  running: number;
}

/** Seconds after which Mixpanel asks to retry when too many calls run at once. */
const CONCURRENCY_RETRY_SECONDS = 10;

/** The 429 of the Query API for a used-up hour. Headers and words as Mixpanel's own client knows them. */
export function createQuotaReply(usage: QuotaUsage): Reply {
  const { path, projectId, limit, used, concurrent, running } = usage;
  const seconds = toSeconds(usage.windowMs);
  return jsonReply(
    429,
    {
      request: `https://mixpanel.com${path}?project_id=${projectId}`,
      error:
        `${formatErrorPrefix(projectId)} rate limit (${used + 1}/${limit} queries running in the last hour). ` +
        'For more information, please consult our documentation at ' +
        'https://help.mixpanel.com/hc/en-us/articles/115004602563-Rate-Limits-for-Export-API-Endpoints',
    },
    {
      'ratelimit-policy': formatPolicy(usage),
      // As Mixpanel does, the whole window: the next slot of a rolling window usually opens sooner.
      ratelimit: `"project";r=0;t=${seconds}, "project-concurrency";r=${Math.max(0, concurrent - running)}`,
      'retry-after': String(seconds),
    },
  );
}

/** The 429 of the Query API for too many at once. */
export function createConcurrencyReply(usage: QuotaUsage): Reply {
  const { projectId, limit, used, concurrent, running } = usage;
  return jsonReply(
    429,
    {
      error: `${formatErrorPrefix(projectId)} concurrency limit (${running + 1}/${concurrent} queries running concurrently).`,
    },
    {
      'ratelimit-policy': formatPolicy(usage),
      ratelimit: `"project";r=${Math.max(0, limit - used)}, "project-concurrency";r=0;t=${CONCURRENCY_RETRY_SECONDS}`,
      'retry-after': String(CONCURRENCY_RETRY_SECONDS),
    },
  );
}

/** The 429 of load shedding. No quota is used up, so it has no quota headers. */
export function createLoadSheddingReply(projectId: string): Reply {
  return jsonReply(429, {
    error: `Query rate limit exceeded for project_id: ${projectId} For more information, please consult our documentation`,
  });
}

/** The 429 of the raw export. The body is an old one; no source has the current one. */
export function createExportLimitReply(waitMs: number): Reply {
  return jsonReply(
    429,
    { error: 'too many export requests in progress for this project' },
    { 'retry-after': String(toSeconds(waitMs)) },
  );
}

/** The 429 of ingestion, without headers. https://docs.mixpanel.com/troubleshooting/errors/429-rate-limit-exceeded */
export function createIngestionLimitReply(): Reply {
  return jsonReply(429, {
    code: 429,
    error: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
    status: 'Too Many Requests',
  });
}

function formatPolicy({ limit, windowMs, concurrent }: QuotaUsage): string {
  return `"project";q=${limit};w=${toSeconds(windowMs)}, "project-concurrency";q=${concurrent};qu="concurrent-requests"`;
}

function formatErrorPrefix(projectId: string): string {
  return `Query rate limit exceeded for project_id: ${projectId}. This request exceeded the`;
}

function toSeconds(ms: number): number {
  return Math.ceil(ms / SECOND_MS);
}
