import { randomInt } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { LimiterEvent } from '../../../src/rate-limit/events.js';
import { createRateLimiter } from '../../../src/rate-limit/limiter.js';
import { createRedisKey } from '../../../src/rate-limit/store/redis.js';
import type { QuotaScope, RateLimiter, RunOptions } from '../../../src/rate-limit/types.js';
import { RedisConnection, type RedisEvent } from '../../../src/redis/index.js';
import { describeWithOwnRedis, describeWithRedis, RedisServer } from '../../redis-server.js';

/** A Redis that is not ours may remember the projects of earlier runs. */
const RUN = randomInt(1_000_000, 10_000_000);
const WAIT_OPTIONS = { timeout: 10_000, interval: 10 };

let server: RedisServer;
let project = 0;
let scope: QuotaScope;
const cleanups: (() => Promise<void>)[] = [];

beforeEach(() => {
  project += 1;
  scope = { region: 'US', projectId: `${RUN}${project}`, family: 'query' };
});
afterEach(async () => {
  for (const close of cleanups.splice(0)) await close();
});

/** Lets the tests of a group share a server. */
function startSharedServer(): void {
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());
}

/** A limiter as another process would have it: with its own connection. */
function createPeer(options: Parameters<typeof createRateLimiter>[0] = {}) {
  const events: RedisEvent[] = [];
  const limiterEvents: LimiterEvent[] = [];
  const redis = new RedisConnection(server.url, (event) => events.push(event));
  const limiter = createRateLimiter({ redis, onEvent: (event) => limiterEvents.push(event), ...options });
  cleanups.push(
    () => limiter.close(),
    () => redis.close(),
  );
  return { limiter, events, limiterEvents };
}

function consume(limiter: RateLimiter, count: number, options: RunOptions = {}): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, () => limiter.run(scope, async () => {}, options)));
}

/** Calls that run until `finish` is called; resolves when they run. */
async function occupySlots(limiter: RateLimiter, count: number, options: RunOptions = {}) {
  let finish = () => {};
  const busy = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const started = Array.from({ length: count }, () => {
    return new Promise<void>((resolve) => {
      void limiter.run(
        scope,
        () => {
          resolve();
          return busy;
        },
        options,
      );
    });
  });
  await Promise.all(started);
  return finish;
}

describeWithRedis('limiters that share a Redis', () => {
  startSharedServer();

  test('spend one hour together, to the last start', async () => {
    const limiters = [createPeer().limiter, createPeer().limiter, createPeer().limiter];
    const deadline = Date.now() + 20_000;
    const calls = limiters.flatMap((limiter) =>
      Array.from({ length: 30 }, () => limiter.run(scope, async () => {}, { deadline })),
    );
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(60);
    const rejections = results.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(new Set(rejections.map(({ code }) => code))).toEqual(new Set(['RATE_LIMITED_HOURLY']));
    await vi.waitFor(
      async () => expect(await limiters[0]!.status(scope)).toMatchObject({ limit: 60, left: 0, running: 0 }),
      WAIT_OPTIONS,
    );
  });

  test('run five at a time together', async () => {
    const [first, second] = [createPeer().limiter, createPeer().limiter];
    let running = 0;
    let maxRunning = 0;
    const task = async () => {
      running += 1;
      maxRunning = Math.max(maxRunning, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, (_, call) => (call % 2 ? first : second).run(scope, task)));
    expect(maxRunning).toBe(5);
    await vi.waitFor(
      async () => expect(await first.status(scope)).toMatchObject({ left: 40, running: 0 }),
      WAIT_OPTIONS,
    );
  });

  test('wait for a slot that another process holds, and get it when it is free', async () => {
    const [first, second] = [createPeer().limiter, createPeer().limiter];
    const finish = await occupySlots(first, 5);
    let started = false;
    const waiting = second.run(scope, async () => {
      started = true;
    });
    await vi.waitFor(
      async () => expect(await second.status(scope)).toMatchObject({ running: 5, waiting: 1 }),
      WAIT_OPTIONS,
    );
    expect(started).toBe(false);
    finish();
    await waiting;
  });

  test('start interactive calls before the background work of another process', async () => {
    const [first, second, holder] = [createPeer().limiter, createPeer().limiter, createPeer().limiter];
    const finish = await occupySlots(holder, 5);
    const order: string[] = [];
    const record = (name: string) => async () => {
      order.push(name);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    };
    const background = Array.from({ length: 5 }, () =>
      first.run(scope, record('background'), { priority: 'background' }),
    );
    const people = Array.from({ length: 5 }, () => second.run(scope, record('person')));
    await vi.waitFor(async () => {
      const state = JSON.parse(
        String(await server.command('GET', createRedisKey(`US:${scope.projectId}:query`))),
      );
      expect(state.reserved.slot).toBeGreaterThan(0);
    }, WAIT_OPTIONS);
    finish();
    await Promise.all([...background, ...people]);
    expect(order.slice(0, 5)).toEqual(['person', 'person', 'person', 'person', 'person']);
  });

  test('take the slots of a process that died once its leases have expired', async () => {
    const { limiter } = createPeer();
    await consume(limiter, 1);
    const key = createRedisKey(`US:${scope.projectId}:query`);
    const state = JSON.parse(String(await server.command('GET', key)));
    for (let call = 0; call < 5; call += 1) state.leases[`dead-${call}`] = Date.now() + 300;
    await server.command('SET', key, JSON.stringify(state));
    await expect(limiter.run(scope, async () => {}, { deadline: Date.now() + 50 })).rejects.toMatchObject({
      code: 'RATE_LIMITED_CONCURRENT',
    });
    await consume(limiter, 1);
  });

  test('learn from each other’s answers', async () => {
    const [first, second] = [createPeer().limiter, createPeer().limiter];
    const headers = { 'ratelimit-policy': '"project";q=200;w=3600' };
    await first.run(scope, async (slot) => slot.reportOutcome({ kind: 'answered', status: 200, headers }));
    await vi.waitFor(
      async () => expect(await second.status(scope)).toMatchObject({ limit: 200, left: 199 }),
      WAIT_OPTIONS,
    );
  });

  test('a cancelled waiter leaves no trace', async () => {
    const { limiter } = createPeer();
    const controller = new AbortController();
    const cancelled = limiter.run(scope, async () => {}, { signal: controller.signal });
    // The state is on its way to Redis and back at this moment.
    setImmediate(() => controller.abort());
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(
      async () => expect(await limiter.status(scope)).toMatchObject({ left: 60, running: 0 }),
      WAIT_OPTIONS,
    );
  });

  test('keep nothing but times and counts in Redis, under keys that name no project', async () => {
    await consume(createPeer().limiter, 1);
    const key = createRedisKey(`US:${scope.projectId}:query`);
    expect(JSON.parse(String(await server.command('GET', key)))).toMatchObject({
      starts: [{ id: expect.stringMatching(/^[0-9a-f]{8}-1$/), at: expect.any(Number) }],
      leases: {},
    });
    expect(Number(await server.command('PTTL', key))).toBeGreaterThan(3_600_000);
    expect(await server.command('KEYS', `*${scope.projectId}*`)).toEqual([]);
  });

  test.each([
    ['no JSON', '{"starts":'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['of another shape', '{"starts":"many"}'],
  ])('put a state aside that is %s, say so, and go on', async (_name, text) => {
    const key = createRedisKey(`US:${scope.projectId}:query`);
    const { limiter, limiterEvents } = createPeer();
    await consume(limiter, 2);
    await server.command('SET', key, text);
    await consume(limiter, 1);
    // What this process knows is not lost.
    expect(await limiter.status(scope)).toMatchObject({ left: 57 });
    expect(await server.command('GET', `${key}:discarded`)).toBe(text);
    expect(limiterEvents).toContainEqual({
      type: 'state-discarded',
      message: expect.stringContaining('put aside'),
    });
  });

  test('put a state aside that is no text', async () => {
    const key = createRedisKey(`US:${scope.projectId}:query`);
    await server.command('RPUSH', key, 'a', 'b');
    const { limiter } = createPeer();
    await consume(limiter, 1);
    expect(await limiter.status(scope)).toMatchObject({ left: 59 });
    expect(await server.command('TYPE', `${key}:discarded`)).toBe('list');
  });

  test('are not locked by times that lie ten years ahead', async () => {
    const key = createRedisKey(`US:${scope.projectId}:query`);
    const { limiter } = createPeer();
    await consume(limiter, 1);
    await limiter.close();
    const ahead = Date.now() + 10 * 365 * 86_400_000;
    const state = JSON.parse(String(await server.command('GET', key)));
    state.starts.push({ id: 'ahead-1', at: ahead });
    state.pause = { until: ahead, at: ahead, repeats: 1, limit: 'load' };
    state.leases['ahead-2'] = ahead;
    state.members.ahead = { starts: 5, slots: 5, until: ahead };
    state.settlesAt = ahead;
    await server.command('SET', key, JSON.stringify(state));
    const { left, nextSlotAt } = await createPeer().limiter.status(scope);
    expect(left).toBe(58);
    expect(nextSlotAt - Date.now()).toBeLessThanOrEqual(61_000);
  });

  test('use a client handed in, and leave it open', async () => {
    const client = new Redis(server.url);
    const connection = new RedisConnection(client);
    const limiter = createRateLimiter({ redis: connection });
    await consume(limiter, 1);
    await limiter.close();
    await connection.close();
    expect(await client.ping()).toBe('PONG');
    expect(await createPeer().limiter.status(scope)).toMatchObject({ left: 59 });
    client.disconnect();
  });
});

describeWithOwnRedis('limiters whose Redis goes away', () => {
  startSharedServer();

  test('go on with a tenth of the quota while Redis is unavailable, and report it afterwards', async () => {
    const [first, second] = [createPeer(), createPeer()];
    await consume(first.limiter, 10);
    await server.stop();

    // One of the ten known starts and five of its own make the tenth of sixty.
    await consume(first.limiter, 5);
    expect(await first.limiter.status(scope)).toMatchObject({ limit: 6, left: 0 });
    await expect(
      first.limiter.run(scope, async () => {}, { deadline: Date.now() + 1000 }),
    ).rejects.toMatchObject({
      code: 'RATE_LIMITED_HOURLY',
      message: expect.stringContaining('Redis is unavailable'),
    });

    await server.start();
    await vi.waitFor(
      async () => expect(await first.limiter.status(scope)).toMatchObject({ limit: 60, left: 45 }),
      WAIT_OPTIONS,
    );
    expect(first.events.map(({ type }) => type)).toEqual(['redis-lost', 'redis-back']);
    await vi.waitFor(
      async () => expect(await second.limiter.status(scope)).toMatchObject({ left: 45 }),
      WAIT_OPTIONS,
    );
  });

  test('do not hang with a Redis that hangs', async () => {
    const { limiter, events } = createPeer();
    await consume(limiter, 1);
    server.freeze();
    try {
      await consume(limiter, 2);
      expect(events.map(({ type }) => type)).toEqual(['redis-lost']);
    } finally {
      server.thaw();
    }
    await vi.waitFor(
      async () => expect(await limiter.status(scope)).toMatchObject({ limit: 60, left: 57 }),
      WAIT_OPTIONS,
    );
  });

  test('start alone when Redis was never there, and say so once', async () => {
    const events: RedisEvent[] = [];
    const redis = new RedisConnection('redis://127.0.0.1:1', (event) => events.push(event));
    const limiter = createRateLimiter({ redis });
    cleanups.push(() => redis.close());
    await consume(limiter, 6);
    expect(await limiter.status(scope)).toMatchObject({ limit: 6, left: 0 });
    expect(events).toEqual([
      { type: 'redis-lost', message: expect.stringContaining('this process uses a small share') },
    ]);
  });
});
