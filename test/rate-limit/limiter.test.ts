import { describe, expect, test, vi } from 'vitest';
import type { RequestOutcome } from '../../src/mixpanel/client.js';
import type { LimiterEvent } from '../../src/rate-limit/events.js';
import { createRateLimiter } from '../../src/rate-limit/limiter.js';
import type { QuotaScope } from '../../src/rate-limit/types.js';
import { formatUtc } from '../../src/time/utc.js';
import { advance, HOUR, installVirtualClock, MINUTE, NINE_AM, SECOND, sleep } from '../virtual-clock.js';
import { CONCURRENCY_LIMIT_HEADERS, HOURLY_LIMIT_HEADERS } from './mixpanel-quota.js';

installVirtualClock();

const scope: QuotaScope = { region: 'US', projectId: '1234567', family: 'query' };

const OK: RequestOutcome = { kind: 'answered', status: 200, headers: {} };
const LOAD_SHED: RequestOutcome = {
  kind: 'answered',
  status: 429,
  headers: {},
  body: '{"error":"Query rate limit exceeded"}',
};

function answer(status: number, headers: Record<string, string> = {}): RequestOutcome {
  return { kind: 'answered', status, headers };
}

/** A limiter, and calls through it that record when they start and end. */
function createTestLimiter() {
  const events: LimiterEvent[] = [];
  const limiter = createRateLimiter({ shared: false, onEvent: (event) => events.push(event) });
  const transcript: string[] = [];
  const record = (line: string) => transcript.push(`${formatUtc(Date.now(), 'HH:mm:ss')} ${line}`);
  const submit = (name: string, { ms = SECOND, outcome = OK, to = scope, ...options }: TestCall = {}) =>
    limiter
      .run(
        to,
        async (lease) => {
          record(`START ${name}`);
          await sleep(ms);
          lease.reportOutcome(outcome);
          record(`END ${name}`);
        },
        options,
      )
      .catch((error: Error) => record(`REFUSED ${name}: ${error.message}`));
  /** Uses `count` starts of the hour within the same second. */
  const consume = async (count: number) => {
    for (let call = 0; call < count; call += 1) {
      void limiter.run(scope, async (lease) => lease.reportOutcome(OK));
    }
    await advance(0);
  };
  return { limiter, submit, consume, transcript, events };
}

interface TestCall {
  ms?: number;
  outcome?: RequestOutcome;
  to?: QuotaScope;
  deadline?: number;
  signal?: AbortSignal;
  priority?: 'interactive' | 'background';
  uncounted?: boolean;
}

describe('a full hour', () => {
  test('refuses at once, with the time of the next slot, a caller who cannot wait for it', async () => {
    const { limiter, consume } = createTestLimiter();
    await consume(60);
    await advance(2 * MINUTE);
    const rejection = limiter.run(scope, async () => {}, { deadline: Date.now() + 30 * SECOND });
    await expect(rejection).rejects.toMatchObject({
      code: 'RATE_LIMITED_HOURLY',
      message: '60 of 60 queries of project 1234567 used; next slot 10:00:01 UTC. Run it again then.',
      retryAt: NINE_AM + HOUR + SECOND,
    });
    expect(Date.now()).toBe(NINE_AM + 2 * MINUTE);
  });

  test('counts the waiters ahead: a caller who would start too late after them is refused at once', async () => {
    const { submit, limiter, transcript } = createTestLimiter();
    for (let minute = 0; minute < 60; minute += 1) {
      void submit(`${minute}`, { ms: 1 });
      await advance(MINUTE);
    }
    transcript.length = 0;
    // One slot opens every minute from 10:00:01 on.
    void submit('first', { ms: 1 });
    void submit('second', { ms: 1 });
    const third = limiter.run(scope, async () => {}, { deadline: Date.now() + 2 * MINUTE });
    await expect(third).rejects.toMatchObject({ retryAt: NINE_AM + HOUR + 2 * MINUTE + SECOND });
    await advance(3 * MINUTE);
    expect(transcript).toEqual([
      '10:00:01 START first',
      '10:00:01 END first',
      '10:01:01 START second',
      '10:01:01 END second',
    ]);
  });

  test('lets follow-up pages through, which Mixpanel does not count', async () => {
    const { submit, consume, transcript, limiter } = createTestLimiter();
    await consume(60);
    void submit('query');
    void submit('page 1', { uncounted: true });
    await advance(MINUTE);
    expect(transcript).toEqual(['09:00:00 START page 1', '09:00:01 END page 1']);
    expect(await limiter.status(scope)).toMatchObject({ left: 0, waiting: 1 });
  });

  test('of one project, one family or one region is none of the others’ business', async () => {
    const { submit, consume, transcript } = createTestLimiter();
    await consume(60);
    void submit('other project', { to: { ...scope, projectId: '2' } });
    void submit('other family', { to: { ...scope, family: 'export' } });
    void submit('other region', { to: { ...scope, region: 'EU' } });
    await advance(0);
    expect(transcript).toEqual([
      '09:00:00 START other project',
      '09:00:00 START other family',
      '09:00:00 START other region',
    ]);
  });
});

describe('five at a time', () => {
  test('start in order of arrival, interactive before background', async () => {
    const { submit, transcript } = createTestLimiter();
    for (const name of ['a', 'b', 'c', 'd', 'e']) void submit(name);
    void submit('export', { priority: 'background' });
    void submit('page for a person');
    await advance(0);
    void submit('another person', { ms: 2 * SECOND });
    await advance(MINUTE);
    expect(transcript.filter((line) => line.includes('START')).slice(5)).toEqual([
      '09:00:01 START page for a person',
      '09:00:01 START another person',
      '09:00:01 START export',
    ]);
  });

  test('an aborted call keeps its slot until its socket is closed', async () => {
    const { submit, transcript } = createTestLimiter();
    const controller = new AbortController();
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      void submit(name, { ms: 10 * SECOND, signal: controller.signal });
    void submit('next');
    await advance(SECOND);
    controller.abort();
    await advance(8 * SECOND);
    expect(transcript).toHaveLength(5);
    await advance(SECOND);
    expect(transcript).toContain('09:00:10 START next');
  });

  test('a caller whose deadline passes in the queue learns that no slot was free', async () => {
    const { submit, transcript } = createTestLimiter();
    for (const name of ['a', 'b', 'c', 'd', 'e']) void submit(name, { ms: HOUR });
    void submit('late', { deadline: NINE_AM + 10 * SECOND });
    await advance(20 * SECOND);
    expect(transcript.at(-1)).toMatch(/^09:00:10 REFUSED late: 5 queries of project 1234567 are running/);
  });
});

test('a call whose deadline has passed already is rejected without cost', async () => {
  const { limiter } = createTestLimiter();
  await expect(limiter.run(scope, async () => {}, { deadline: NINE_AM })).rejects.toMatchObject({
    code: 'TIMEOUT',
  });
  expect(await limiter.status(scope)).toMatchObject({ left: 60 });
});

test('a listener that throws stops nothing', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const limiter = createRateLimiter({
    shared: false,
    onEvent: () => {
      throw new Error('the counter is broken');
    },
  });
  await expect(limiter.run(scope, async () => 'done')).resolves.toBe('done');
  expect(warn).toHaveBeenCalledWith(new Error('the counter is broken'));
  warn.mockRestore();
});

test('a hundred waiters that cancel at once start no other before a slot is free', async () => {
  const { submit, limiter, transcript } = createTestLimiter();
  for (const name of ['a', 'b', 'c', 'd', 'e']) void submit(name, { ms: 10 * SECOND });
  const crowd = Array.from({ length: 100 }, () => new AbortController());
  for (const { signal } of crowd) void submit('crowd', { signal });
  for (const name of ['f', 'g', 'h', 'i', 'j', 'k']) void submit(name, { ms: 10 * SECOND });
  await advance(SECOND);
  for (const caller of crowd) caller.abort();
  await advance(SECOND);
  expect(await limiter.status(scope)).toMatchObject({ running: 5, waiting: 6 });
  transcript.length = 0;
  await advance(9 * SECOND);
  expect(transcript.filter((line) => line.includes('START'))).toEqual(
    ['f', 'g', 'h', 'i', 'j'].map((name) => `09:00:10 START ${name}`),
  );
  expect(await limiter.status(scope)).toMatchObject({ left: 50, running: 5, waiting: 1 });
});

describe('a cancelled waiter', () => {
  test('is rejected at once and changes nothing', async () => {
    const { submit, consume, limiter, transcript, events } = createTestLimiter();
    await consume(60);
    const controller = new AbortController();
    void submit('cancelled', { signal: controller.signal });
    void submit('patient');
    await advance(MINUTE);
    controller.abort();
    await advance(0);
    expect(transcript).toEqual([
      '09:01:00 REFUSED cancelled: The query was cancelled while queued. No quota was used.',
    ]);
    expect(await limiter.status(scope)).toMatchObject({ running: 0, waiting: 1 });
    expect(events.at(-1)).toEqual({ type: 'cancelled', scope });
  });

  test('costs nothing even when it was about to start', async () => {
    const { submit, limiter, transcript } = createTestLimiter();
    const controller = new AbortController();
    const asked = submit('cancelled', { signal: controller.signal });
    controller.abort();
    await asked;
    await advance(0);
    expect(transcript).toHaveLength(1);
    expect(await limiter.status(scope)).toMatchObject({ left: 60, running: 0, waiting: 0 });
  });
});

describe('what Mixpanel counts', () => {
  test.each([
    ['a good answer', answer(200), 59],
    ['a refused query', answer(400), 59],
    ['a missing report', answer(404), 59],
    ['a server error', answer(500), 59],
    ['a read time-out', { kind: 'failed', reached: true } as const, 59],
    ['wrong credentials', answer(401), 60],
    ['a plan without the API', answer(402), 60],
    ['a connection never made', { kind: 'failed', reached: false } as const, 60],
  ])('%s', async (_name, outcome, left) => {
    const { submit, limiter } = createTestLimiter();
    await Promise.all([submit('it', { outcome }), advance(SECOND)]);
    expect(await limiter.status(scope)).toMatchObject({ left });
  });

  test('a call without a reported outcome is counted', async () => {
    const { limiter } = createTestLimiter();
    await limiter.run(scope, async () => {});
    expect(await limiter.status(scope)).toMatchObject({ left: 59 });
  });

  test('a refunded start goes to the next waiter at once', async () => {
    const { submit, consume, transcript } = createTestLimiter();
    await consume(59);
    void submit('refused', { outcome: answer(401) });
    void submit('next');
    await advance(SECOND);
    expect(transcript).toEqual(['09:00:00 START refused', '09:00:01 END refused', '09:00:01 START next']);
  });
});

describe('a project with another quota', () => {
  const POLICY = '"project";q=600;w=3600, "project-concurrency";q=20;qu="concurrent-requests"';

  test('has it from the first answer that names it', async () => {
    const { submit, limiter, transcript } = createTestLimiter();
    await Promise.all([
      submit('first', { outcome: answer(200, { 'ratelimit-policy': POLICY }) }),
      advance(SECOND),
    ]);
    expect(await limiter.status(scope)).toMatchObject({ limit: 600, left: 599 });
    for (let call = 0; call < 30; call += 1) void submit(`${call}`);
    transcript.length = 0;
    await advance(0);
    expect(transcript).toHaveLength(20);
  });

  test('of less than was thought turns away those who now come too late', async () => {
    const { submit, consume, transcript } = createTestLimiter();
    await consume(19);
    for (let call = 0; call < 5; call += 1) {
      void submit(`${call}`, {
        ms: 5 * SECOND,
        outcome: answer(200, { 'ratelimit-policy': '"project";q=24;w=3600' }),
      });
    }
    void submit('late', { deadline: NINE_AM + MINUTE });
    await advance(5 * SECOND);
    expect(transcript).toContainEqual(
      expect.stringMatching(/^09:00:05 REFUSED late: 24 of 24 queries of project 1234567 used; next slot/),
    );
  });
});

describe('when somebody else uses the project', () => {
  test('the next try comes after a minute, then after two, then after four', async () => {
    const { submit, transcript } = createTestLimiter();
    for (const name of ['a', 'b', 'c', 'd'])
      void submit(name, { ms: 0, outcome: answer(429, HOURLY_LIMIT_HEADERS) });
    await advance(0);
    // Four had left before the first was refused; they count as one refusal.
    for (const name of ['e', 'f', 'g'])
      void submit(name, { ms: 0, outcome: answer(429, HOURLY_LIMIT_HEADERS) });
    transcript.length = 0;
    await advance(10 * MINUTE);
    expect(transcript.filter((line) => line.includes('START'))).toEqual([
      '09:01:00 START e',
      '09:03:00 START f',
      '09:07:00 START g',
    ]);
  });

  test('the hour counts as full, whatever we used of it', async () => {
    const { submit, limiter, consume } = createTestLimiter();
    await consume(3);
    await Promise.all([submit('refused', { ms: 0, outcome: answer(429, HOURLY_LIMIT_HEADERS) }), advance(0)]);
    expect(await limiter.status(scope)).toMatchObject({ left: 0, nextSlotAt: NINE_AM + MINUTE });
    await expect(
      limiter.run(scope, async () => {}, { deadline: NINE_AM + 30 * SECOND }),
    ).rejects.toMatchObject({
      code: 'RATE_LIMITED_HOURLY',
      message: '60 of 60 queries of project 1234567 used; next slot 09:01:00 UTC. Run it again then.',
    });
  });

  test('calls that get through win the hour back, faster with each', async () => {
    const { submit, limiter } = createTestLimiter();
    await Promise.all([submit('refused', { ms: 0, outcome: answer(429, HOURLY_LIMIT_HEADERS) }), advance(0)]);
    await advance(MINUTE);
    const left = [];
    for (let call = 0; call < 6; call += 1) {
      await Promise.all([submit(`${call}`, { ms: 0 }), advance(0)]);
      left.push((await limiter.status(scope)).left);
    }
    expect(left).toEqual([1, 2, 5, 12, 27, 54]);
  });

  test('what we started ourselves stays known', async () => {
    const { submit, limiter, consume } = createTestLimiter();
    await consume(59);
    await Promise.all([submit('refused', { ms: 0, outcome: answer(429, HOURLY_LIMIT_HEADERS) }), advance(0)]);
    await advance(MINUTE);
    await Promise.all([submit('through', { ms: 0 }), advance(0)]);
    expect(await limiter.status(scope)).toMatchObject({ left: 0, nextSlotAt: NINE_AM + HOUR + SECOND });
  });
});

describe('too many at once, by somebody else', () => {
  test('pauses for as long as Mixpanel asks, not for the hour', async () => {
    const { submit, transcript } = createTestLimiter();
    void submit('refused', { ms: 0, outcome: answer(429, CONCURRENCY_LIMIT_HEADERS) });
    await advance(0);
    void submit('next');
    await advance(30 * SECOND);
    expect(transcript).toContain('09:00:10 START next');
  });

  test('names the limit to a caller that cannot wait', async () => {
    const { submit, limiter } = createTestLimiter();
    await Promise.all([
      submit('refused', { ms: 0, outcome: answer(429, CONCURRENCY_LIMIT_HEADERS) }),
      advance(0),
    ]);
    await expect(
      limiter.run(scope, async () => {}, { deadline: NINE_AM + 5 * SECOND }),
    ).rejects.toMatchObject({
      code: 'RATE_LIMITED_CONCURRENT',
      retryAt: NINE_AM + 10 * SECOND,
    });
  });
});

test('a Mixpanel that sheds load is left alone for two seconds, then four, then eight', async () => {
  const { submit, transcript } = createTestLimiter();
  const again = (call: number): void => {
    void submit(`${call}`, { ms: 0, outcome: LOAD_SHED }).then(() => again(call + 1));
  };
  again(0);
  await advance(20 * SECOND);
  expect(transcript.filter((line) => line.includes('START'))).toEqual([
    '09:00:00 START 0',
    '09:00:02 START 1',
    '09:00:06 START 2',
    '09:00:14 START 3',
  ]);
});

describe('the other families', () => {
  test('exports start three in a second', async () => {
    const { submit, transcript } = createTestLimiter();
    for (let call = 0; call < 7; call += 1)
      void submit(`${call}`, { ms: MINUTE, to: { ...scope, family: 'export' } });
    await advance(10 * SECOND);
    expect(transcript).toEqual([
      '09:00:00 START 0',
      '09:00:00 START 1',
      '09:00:00 START 2',
      '09:00:01 START 3',
      '09:00:01 START 4',
      '09:00:01 START 5',
      '09:00:02 START 6',
    ]);
  });

  test.each(['ingestion', 'app'] as const)('%s waits for nothing', async (family) => {
    const { submit, limiter, transcript } = createTestLimiter();
    for (let call = 0; call < 500; call += 1) void submit(`${call}`, { to: { ...scope, family } });
    await advance(0);
    expect(transcript).toHaveLength(500);
    expect(await limiter.status({ ...scope, family })).toMatchObject({
      limit: null,
      left: null,
      running: 500,
    });
  });
});

test('the status reports what is left, until when, and how many run and wait', async () => {
  const { submit, limiter } = createTestLimiter();
  expect(await limiter.status(scope)).toEqual({
    limit: 60,
    left: 60,
    nextSlotAt: NINE_AM,
    resetAt: NINE_AM,
    running: 0,
    waiting: 0,
  });
  for (let call = 0; call < 7; call += 1) void submit(`${call}`);
  await advance(0);
  expect(await limiter.status(scope)).toEqual({
    limit: 60,
    left: 55,
    nextSlotAt: NINE_AM,
    resetAt: NINE_AM + HOUR + SECOND,
    running: 5,
    waiting: 2,
  });
});

test('a task learns how long it waited', async () => {
  const { limiter, submit } = createTestLimiter();
  for (let call = 0; call < 5; call += 1) void submit(`${call}`, { ms: 3 * SECOND });
  const waited = limiter.run(scope, async ({ waitedMs }) => waitedMs);
  await advance(3 * SECOND);
  expect(await waited).toBe(3 * SECOND);
});

test('every start, refund and rejection is reported as an event', async () => {
  const { submit, events } = createTestLimiter();
  await Promise.all([submit('refused', { ms: 0, outcome: answer(429, HOURLY_LIMIT_HEADERS) }), advance(0)]);
  await submit('impatient', { deadline: NINE_AM + SECOND });
  expect(events).toEqual([
    { type: 'started', scope, waitedMs: 0 },
    { type: 'refunded', scope },
    { type: 'limited', scope, by: 'mixpanel', limit: 'hourly' },
    { type: 'limited', scope, by: 'us', limit: 'hourly' },
  ]);
});

test('closing cancels the waiters and lets running calls finish', async () => {
  const { submit, limiter, transcript } = createTestLimiter();
  for (let call = 0; call < 6; call += 1) void submit(`${call}`);
  await advance(0);
  await limiter.close();
  await advance(SECOND);
  expect(transcript).toContain(
    '09:00:00 REFUSED 5: The query was cancelled while queued. No quota was used.',
  );
  expect(transcript.filter((line) => line.includes('END'))).toHaveLength(5);
  await expect(limiter.run(scope, async () => {})).rejects.toMatchObject({ code: 'CANCELLED' });
});
