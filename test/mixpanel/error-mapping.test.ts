import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { errorFromResponse, errorFromTransport } from '../../src/mixpanel/error-mapping.js';
import { Redactor } from '../../src/mixpanel/redactor.js';

const CONTEXT = { family: 'query', region: 'US', projectId: '12345', host: 'https://mixpanel.com' } as const;
const HOURLY =
  'Query rate limit exceeded for project_id: 12345. This request exceeded the rate limit (61/60 queries running in the last hour).';
const CONCURRENT =
  'Query rate limit exceeded for project_id: 12345. This request exceeded the concurrency limit (6/5 queries running concurrently).';
const BOTH =
  'Query rate limit exceeded, 1/5 queries running concurrently and 61/60 queries running in the last hour.';

/** Status, headers and body as each family of Mixpanel's API answers, and what it means. */
const errorResponses: [code: ErrorCode, status: number, headers: Record<string, string>, body: string][] = [
  ['WRONG_CREDENTIALS', 401, {}, '{"status":"error","error":"Invalid service account credentials"}'],
  ['WRONG_CREDENTIALS', 400, {}, '{"request":"/api/query/events","error":"Unable to authenticate request"}'],
  ['WRONG_CREDENTIALS', 400, {}, 'Unable to authenticate request'],
  [
    'PLAN_LACKS_API',
    402,
    {},
    '{"error":"Your plan does not allow API calls. Upgrade at mixpanel.com/pricing"}',
  ],
  ['HISTORY_LIMIT', 403, {}, '{"error":"Date range exceeds 90 days into the past"}'],
  ['NO_PROJECT_ACCESS', 403, {}, '{"error":"not a project member"}'],
  ['NO_PROJECT_ACCESS', 400, {}, '{"error":"not a project member"}'],
  ['NOT_FOUND', 404, {}, '{"error":"Metric not found for id 999999999","status":"error"}'],
  ['REQUEST_TOO_LARGE', 413, {}, '{"code":413,"error":"request exceeds max limit of 2097152 bytes"}'],
  ['REQUEST_TOO_LARGE', 414, {}, ''],
  ['REQUEST_TOO_LARGE', 431, {}, ''],
  ['BAD_REQUEST', 400, {}, '{"error":"to_date cannot be later than today"}'],
  ['TIMEOUT', 400, {}, '{"request":"/api/2.0/engage/revenue","error":"Timeout Error."}'],
  ['SERVER_TROUBLE', 503, {}, '<html><head><title>503 Service Unavailable</title></head></html>'],
  ['UNEXPECTED_ANSWER', 302, { location: 'https://evil.example/' }, ''],
  [
    'RATE_LIMITED_HOURLY',
    429,
    { ratelimit: '"project";r=0;t=3600, "project-concurrency";r=3' },
    JSON.stringify({ error: CONCURRENT }),
  ],
  [
    'RATE_LIMITED_CONCURRENT',
    429,
    { ratelimit: '"project";r=12, "project-concurrency";r=0;t=10' },
    JSON.stringify({ error: HOURLY }),
  ],
  ['RATE_LIMITED_HOURLY', 429, {}, JSON.stringify({ error: HOURLY })],
  ['RATE_LIMITED_CONCURRENT', 429, {}, JSON.stringify({ error: CONCURRENT })],
  ['RATE_LIMITED_HOURLY', 429, {}, JSON.stringify({ error: BOTH })],
  [
    'RATE_LIMITED_LOAD',
    429,
    {},
    '{"error":"Query rate limit exceeded for project_id: 12345 For more information, please consult our documentation"}',
  ],
];

describe('an error answer becomes a typed error in Mixpanel’s own words, with the next step', () => {
  it.each(errorResponses)('%s for %i %j %s', (code, status, headers, text) => {
    const error = errorFromResponse({ status, headers, text }, CONTEXT);
    expect(error.code).toBe(code);
    expect(error.upstreamStatus).toBe(status);
    if (error.upstream) expect(error.message).toContain(error.upstream);
  });

  it('shows the title of a web page instead of its code', () => {
    const page = '<!DOCTYPE html><html><head><title>Bad &amp; worse</title></head><body>…</body></html>';
    expect(errorFromResponse({ status: 502, headers: {}, text: page }, CONTEXT).upstream).toBe(
      '(a web page) Bad & worse',
    );
  });

  it.each([
    JSON.stringify({ error: 'sent Basic aGk6aHVudGVyMg== by hunter"22' }),
    '<html><title>sent Basic aGk6aHVudGVyMg== by hunter&quot;22</title></html>',
    `${'.'.repeat(490)} hunter"22 aGk6aHVudGVyMg==`,
  ])('keeps the secrets of the call out, whoever repeats them: %s', (text) => {
    const site = { ...CONTEXT, redactor: new Redactor(['hunter"22', 'aGk6aHVudGVyMg==']) };
    const { message, upstream } = errorFromResponse({ status: 502, headers: {}, text }, site);
    expect(message + upstream).toContain('[redacted]'.slice(0, 9));
    expect(message + upstream).not.toMatch(/hunter|aGk/);
  });

  it('reads the words before it hides a secret in them, and hides nothing as short as a syllable', () => {
    const text = 'Unable to authenticate request';
    for (const secret of ['b', 'authenticate']) {
      const { code, upstream } = errorFromResponse(
        { status: 400, headers: {}, text },
        { ...CONTEXT, redactor: new Redactor([secret]) },
      );
      expect(code).toBe('WRONG_CREDENTIALS');
      expect(upstream).toBe(secret === 'b' ? text : 'Unable to [redacted] request');
    }
  });

  it('knows a project that is asked for in the wrong region', () => {
    const response = { status: 400, headers: {}, text: '{"error":"invalid project id for cluster"}' };
    const { code, message } = errorFromResponse(response, { ...CONTEXT, projectId: '12' });
    expect(code).toBe('WRONG_REGION');
    expect(message).toMatch(/Project 12 does not live in the region/);
  });

  it('unescapes the App API’s HTML-escaped words', () => {
    const text = '{"status":"error","error":"&#x27;date&#x27; is a required property"}';
    expect(errorFromResponse({ status: 400, headers: {}, text }, CONTEXT).upstream).toBe(
      "'date' is a required property",
    );
  });
});

describe('a broken call says whether Mixpanel can have counted it', () => {
  const httpClientError = (code: string) =>
    Object.assign(new Error('with config'), {
      code,
      config: { headers: { Authorization: 'Basic c2VjcmV0' } },
    });

  it.each([
    ['ECONNREFUSED', 'NETWORK', false],
    ['ENOTFOUND', 'NETWORK', false],
    ['ECONNRESET', 'NETWORK', true],
    ['ETIMEDOUT', 'TIMEOUT', true],
  ] as const)('%s', (code, expected, reached) => {
    const { error, reached: actualReached } = errorFromTransport(httpClientError(code), CONTEXT);
    expect([error.code, actualReached]).toEqual([expected, reached]);
  });

  it('never carries the HTTP client’s error, which holds the password', async () => {
    const { inspect } = await import('node:util');
    const { error } = errorFromTransport(httpClientError('ECONNRESET'), CONTEXT);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/c2VjcmV0|Authorization/);
    expect(error.cause).toBeUndefined();
  });
});
