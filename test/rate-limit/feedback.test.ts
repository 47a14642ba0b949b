import { describe, expect, test } from 'vitest';
import { parseFeedback } from '../../src/rate-limit/feedback.js';
import { CONCURRENCY_LIMIT_HEADERS, HOURLY_LIMIT_HEADERS } from './mixpanel-quota.js';

function parse429(headers: Record<string, string>, body?: string) {
  return parseFeedback({ kind: 'answered', status: 429, headers, body });
}

const LIMIT_TEXT = 'Query rate limit exceeded for project_id: 12345.';

describe('a 429', () => {
  test.each([
    ['of the hour, by its headers', HOURLY_LIMIT_HEADERS, '', 'hourly'],
    ['of the five, by its headers', CONCURRENCY_LIMIT_HEADERS, '', 'concurrent'],
    [
      'whose headers and text disagree, by its headers',
      CONCURRENCY_LIMIT_HEADERS,
      `${LIMIT_TEXT} (61/60 queries running in the last hour)`,
      'concurrent',
    ],
    [
      'of the hour, by its text',
      {},
      `${LIMIT_TEXT} This request exceeded the rate limit (61/60 queries running in the last hour).`,
      'hourly',
    ],
    [
      'of the five, by its text',
      {},
      `${LIMIT_TEXT} This request exceeded the concurrency limit (6/5 queries running concurrently).`,
      'concurrent',
    ],
    [
      'of the hour, in the older words',
      {},
      '1/5 queries running concurrently and 61/60 queries running in the last hour.',
      'hourly',
    ],
    [
      'of the five, in the older words',
      {},
      '6/5 queries running concurrently and 12/60 queries running in the last hour.',
      'concurrent',
    ],
    ['of an export', {}, '{"error": "too many export requests in progress for this project"}', 'concurrent'],
    [
      'that names no limit, as shed load',
      {},
      `${LIMIT_TEXT} For more information, please consult our documentation`,
      'load',
    ],
  ])('%s', (_name, headers, body, exceededLimit) => {
    expect(parse429(headers, body)).toMatchObject({ exceededLimit, charged: false, accepted: false });
  });

  test('teaches the real limits, what is left of the hour, and how long to pause', () => {
    expect(parse429(CONCURRENCY_LIMIT_HEADERS)).toMatchObject({
      hourlyLimit: 60,
      concurrencyLimit: 5,
      remaining: 12,
      retryAfterMs: 10_000,
    });
  });

  test('may name the pause in Retry-After alone, as seconds or as a date', () => {
    expect(parse429({ 'retry-after': '7' }).retryAfterMs).toBe(7000);
    const soon = parse429({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).retryAfterMs;
    expect(soon).toBeGreaterThan(55_000);
    expect(soon).toBeLessThanOrEqual(60_000);
    expect(parse429({ 'retry-after': 'later' }).retryAfterMs).toBeUndefined();
  });
});

test.each(['0', '100001', '99999999999999999999999999', '-5', '1e9'])(
  'a quota of %s, which no project has, is not remembered',
  (quota) => {
    const policy = `"project";q=${quota};w=3600, "project-concurrency";q=${quota}`;
    const feedback = parse429({ 'ratelimit-policy': policy });
    expect(feedback).toMatchObject({ hourlyLimit: undefined, concurrencyLimit: undefined });
  },
);
