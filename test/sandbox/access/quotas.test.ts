import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Family } from '../../../src/mixpanel/regions.js';
import { createQuotas, isCounted, type QuotaOptions } from '../../../src/sandbox/access/quotas.js';
import type { Reply, SandboxRequest } from '../../../src/sandbox/endpoint/definition.js';
import { HOUR_MS } from '../../../src/time/durations.js';
import { createRequest, PROJECTS } from '../requests.js';

const [SHOP, WEST] = PROJECTS;

describe('the Query API', () => {
  it('allows 60 in any hour and refuses the 61st in the words and headers of Mixpanel', () => {
    const mixpanel = createMixpanel();
    for (let call = 0; call < 60; call += 1) mixpanel.run();
    const refused = mixpanel.call();
    expect(refused).toMatchObject({
      status: 429,
      headers: {
        'ratelimit-policy': '"project";q=60;w=3600, "project-concurrency";q=5;qu="concurrent-requests"',
        ratelimit: '"project";r=0;t=3600, "project-concurrency";r=5',
        'retry-after': '3600',
      },
    });
    expect(parseBody(refused)).toEqual({
      request: 'https://mixpanel.com/api/query/events?project_id=1234567',
      error: expect.stringContaining(
        'Query rate limit exceeded for project_id: 1234567. This request exceeded the rate limit (61/60 queries running in the last hour).',
      ),
    });
    mixpanel.pass(HOUR_MS - 1);
    expect(mixpanel.call()).toMatchObject({ status: 429 });
    mixpanel.pass(1);
    expect(mixpanel.call()).toHaveProperty('release');
  });

  it('allows five at a time and says which limit the sixth met', () => {
    const mixpanel = createMixpanel();
    const running = Array.from({ length: 5 }, () => mixpanel.start());
    const refused = mixpanel.call();
    expect(refused).toMatchObject({
      status: 429,
      headers: {
        ratelimit: '"project";r=55, "project-concurrency";r=0;t=10',
        'retry-after': '10',
      },
    });
    expect(parseBody(refused)).toEqual({
      error:
        'Query rate limit exceeded for project_id: 1234567. This request exceeded the concurrency limit (6/5 queries running concurrently).',
    });
    running[0]!.release();
    expect(mixpanel.call()).toHaveProperty('release');
  });

  it('counts each project apart', () => {
    const mixpanel = createMixpanel();
    mixpanel.quotas.change('1234567', 'query', { used: 60 });
    expect(mixpanel.call()).toMatchObject({ status: 429 });
    expect(mixpanel.call({ project: WEST })).toHaveProperty('release');
  });

  it.each([401, 402, 429])('gives the start of a call that ended with %i back', (status) => {
    const mixpanel = createMixpanel();
    const ticket = mixpanel.start();
    expect(mixpanel.left()).toBe(59);
    ticket.settle(status);
    expect(mixpanel.left()).toBe(60);
    expect(ticket.charged).toBe(false);
  });

  it.each([200, 400, 403, 500, 502])('charges a call that ended with %i', (status) => {
    const mixpanel = createMixpanel();
    mixpanel.start().settle(status);
    expect(mixpanel.left()).toBe(59);
  });

  it('has its places back however often a ticket is released', () => {
    const mixpanel = createMixpanel();
    const ticket = mixpanel.start();
    ticket.release();
    ticket.release();
    expect(mixpanel.quotas.status('1234567').query.running).toBe(0);
  });

  it.each([
    ['/api/query/engage', {}, true],
    ['/api/query/engage', { page: 0 }, true],
    ['/api/query/engage', { page: '1', session_id: 's' }, false],
    ['/api/query/engage/aliases', {}, false],
    ['/api/query/cohorts/list', {}, true],
    ['/api/query/stream/query', {}, true],
    ['/api/query/annotations', {}, false],
    ['/api/2.0/engage', {}, true],
    ['/api/2.0/export', {}, true],
    ['/api/app/me', {}, false],
  ])('%s with %j spends the quota: %s', (path, params, counted) => {
    expect(isCounted(path, params)).toBe(counted);
  });

  it('lets a further page of profiles through when the hour is used up', () => {
    const mixpanel = createMixpanel();
    mixpanel.quotas.change('1234567', 'query', { used: 60 });
    const page = { path: '/api/query/engage', params: { page: 1, session_id: 's' } };
    expect(mixpanel.call(page)).toHaveProperty('release');
  });

  it('has the larger quota Mixpanel grants some projects, and says so', () => {
    const mixpanel = createMixpanel();
    mixpanel.quotas.change('1234567', 'query', { limit: 120, used: 120 });
    const refused = mixpanel.call();
    expect(refused).toMatchObject({
      headers: { 'ratelimit-policy': expect.stringMatching(/^"project";q=120;w=3600/) },
    });
    mixpanel.quotas.change('1234567', 'query', { reset: true });
    expect(mixpanel.left()).toBe(120);
  });

  it('never starts more than allowed in any rolling hour, whatever the rhythm', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            after: fc.integer({ min: 0, max: 1_200_000 }),
            status: fc.constantFrom(200, 500, 429),
          }),
          {
            maxLength: 200,
          },
        ),
        fc.integer({ min: 1, max: 8 }),
        (calls, limit) => {
          const mixpanel = createMixpanel();
          mixpanel.quotas.change('1234567', 'query', { limit });
          const charged: number[] = [];
          for (const { after, status } of calls) {
            mixpanel.pass(after);
            const outcome = mixpanel.call();
            const inLastHour = charged.filter((at) => at > mixpanel.time() - HOUR_MS).length;
            if ('status' in outcome) {
              // Refused only when the hour is full: a quota that gives nothing would pass the other check.
              expect(inLastHour).toBe(limit);
              continue;
            }
            outcome.settle(status);
            outcome.release();
            if (status !== 429) charged.push(mixpanel.time());
            expect(charged.filter((at) => at > mixpanel.time() - HOUR_MS).length).toBeLessThanOrEqual(limit);
          }
        },
      ),
    );
  });
});

describe('the raw export', () => {
  const path = '/api/2.0/export';

  it('has 60 an hour and 3 a second of its own', () => {
    const mixpanel = createMixpanel();
    for (let call = 0; call < 3; call += 1) mixpanel.run({ path }, 'export');
    const refused = mixpanel.call({ path }, 'export');
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    mixpanel.pass(1000);
    expect(mixpanel.call({ path }, 'export')).toHaveProperty('release');
    mixpanel.quotas.change('1234567', 'export', { used: 60 });
    expect(mixpanel.call({ path }, 'export')).toMatchObject({
      status: 429,
      headers: { 'retry-after': '3600' },
    });
    expect(mixpanel.left()).toBe(60);
  });
});

describe('ingestion', () => {
  it('allows 1.8 million events a minute for a token and answers 429 without headers', () => {
    const mixpanel = createMixpanel();
    const body = Array.from({ length: 2000 }, () => ({ event: 'a', properties: { token: 'token-1234567' } }));
    const call = { path: '/track', method: 'POST', project: undefined, body, rawBody: new Uint8Array() };
    for (let batch = 0; batch < 900; batch += 1)
      expect(mixpanel.call(call, 'ingestion')).toHaveProperty('release');
    const refused = mixpanel.call(call, 'ingestion');
    expect(parseBody(refused)).toEqual({
      code: 429,
      error: 'Project exceeded rate limits. Please retry the request with exponential backoff.',
      status: 'Too Many Requests',
    });
    expect(refused).not.toHaveProperty('headers.retry-after');
    const other = [{ event: 'a', properties: { token: 'token-2345678' } }];
    expect(mixpanel.call({ ...call, body: other }, 'ingestion')).toHaveProperty('release');
    mixpanel.pass(60_000);
    expect(mixpanel.call(call, 'ingestion')).toHaveProperty('release');
  });
});

it('counts nothing for the App API', () => {
  const mixpanel = createMixpanel();
  for (let call = 0; call < 200; call += 1) mixpanel.run({ path: '/api/app/me' }, 'app');
  expect(mixpanel.left()).toBe(60);
});

it('switched off lets everything through and still shows what was used', () => {
  const mixpanel = createMixpanel({ enabled: false });
  for (let call = 0; call < 61; call += 1) mixpanel.start();
  expect(mixpanel.quotas.status('1234567').query).toMatchObject({ used: 61, left: 0, running: 61 });
});

it('with a time scale of 60 passes an hour in a minute, and says so in its headers', () => {
  const mixpanel = createMixpanel({ timeScale: 60 });
  mixpanel.quotas.change('1234567', 'query', { used: 60 });
  expect(mixpanel.call()).toMatchObject({ headers: { 'retry-after': '60' } });
  mixpanel.pass(60_000);
  expect(mixpanel.call()).toHaveProperty('release');
});

function createMixpanel(options: Partial<QuotaOptions> = {}) {
  let at = Date.UTC(2026, 4, 20);
  const quotas = createQuotas({ now: () => at, ...options });
  const call = (part: Partial<SandboxRequest> = {}, family: Family = 'query') => {
    const admission = quotas.admit(createRequest({ project: SHOP, ...part }), family);
    return 'ticket' in admission ? admission.ticket : admission.rejection;
  };
  const start = (part?: Partial<SandboxRequest>, family?: Family) => {
    const outcome = call(part, family);
    if ('status' in outcome) throw new Error(`refused: ${String(outcome.body)}`);
    return outcome;
  };
  return {
    quotas,
    call,
    start,
    run: (part?: Partial<SandboxRequest>, family?: Family) => start(part, family).release(),
    left: () => quotas.status('1234567').query.left,
    time: () => at,
    pass(ms: number) {
      at += ms;
    },
  };
}

function parseBody(outcome: Reply | object): unknown {
  return 'body' in outcome ? JSON.parse(String(outcome.body)) : undefined;
}
