/**
 * What Mixpanel says of its limits: the `RateLimit-Policy` and `RateLimit` headers of a 429 and the text of its
 * body. Source: Mixpanel's own client, mixpanel-headless `docs/guide/request-pacing.md`.
 *
 *     RateLimit-Policy: "project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests"
 *     RateLimit: "project";r=0;t=3600, "project-concurrency";r=3
 */
export interface RateLimitItem {
  name: string;
  /** Quota of the policy. */
  q?: number;
  /** Window of the policy, seconds. */
  w?: number;
  /** Remaining (`r`, in some answers `a`). */
  r?: number;
  /** Seconds until it resets: the worst case, not the next slot. */
  t?: number;
}

export type ExceededLimit = 'hourly' | 'concurrent' | 'load';

type ResponseHeaders = Readonly<Record<string, string>>;

const HOURLY_POLICY = 'project';
const CONCURRENT_POLICY = 'project-concurrency';

/** Far longer than any sentence of Mixpanel's; a proxy's page may be of any length. */
const MAX_SENTENCE_CHARACTERS = 2000;

/** Returns which limit a 429 tripped: headers first, then the text. Without either Mixpanel is shedding load. */
export function exceededLimit(headers: ResponseHeaders, body: string): ExceededLimit {
  const text = body.slice(0, MAX_SENTENCE_CHARACTERS);
  const exhausted = parseRateLimit(headers.ratelimit).find(({ r }) => r === 0);
  if (exhausted?.name === HOURLY_POLICY) return 'hourly';
  if (exhausted?.name === CONCURRENT_POLICY) return 'concurrent';
  const exceeds = (pattern: RegExp) => {
    const [, running, allowed] = pattern.exec(text) ?? [];
    return running !== undefined && Number(running) > Number(allowed);
  };
  // The older text names both limits in one sentence; the one that is exceeded tripped.
  if (exceeds(/(\d{1,9})\/(\d{1,9}) queries running in the last hour/)) return 'hourly';
  if (exceeds(/(\d{1,9})\/(\d{1,9}) queries running concurrently/)) return 'concurrent';
  return /too many .*requests in progress/i.test(text) ? 'concurrent' : 'load';
}

/** The project's real hourly quota, where the answer tells it: many projects have more than 60. */
export function hourlyQuota(headers: ResponseHeaders): number | undefined {
  return findQuota(headers, HOURLY_POLICY);
}

export function concurrentQuota(headers: ResponseHeaders): number | undefined {
  return findQuota(headers, CONCURRENT_POLICY);
}

/** Far above any project's. A larger number is no quota, but would be remembered as one. */
const MAX_QUOTA = 100_000;

function findQuota(headers: ResponseHeaders, policy: string): number | undefined {
  const quota = parseRateLimit(headers['ratelimit-policy']).find(({ name }) => name === policy)?.q;
  return quota !== undefined && quota >= 1 && quota <= MAX_QUOTA ? quota : undefined;
}

export function parseRateLimit(header: string | undefined): RateLimitItem[] {
  return (header ?? '')
    .split(',')
    .map((item) => item.trim().split(';'))
    .filter(([name]) => name)
    .map(([name, ...parameters]) => {
      const numbers = parameters
        .map((each) => each.trim().split('='))
        .filter(([, value]) => /^\d+$/.test(value ?? ''))
        .map(([key, value]) => [key === 'a' ? 'r' : key, Number(value)]);
      return { name: name!.replaceAll('"', ''), ...Object.fromEntries(numbers) };
    });
}
