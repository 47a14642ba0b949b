import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createResultCache } from '../../src/cache/result-cache.js';
import type { Loader } from '../../src/cache/types.js';
import { PluginError } from '../../src/errors.js';
import { RedisConnection } from '../../src/redis/index.js';
import { describeWithOwnRedis, describeWithRedis, RedisServer } from '../redis-server.js';

const MINUTE = 60_000;

describeWithRedis('caches that share a Redis', () => {
  let server: RedisServer;
  let key: string;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    key = randomUUID();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A cache as another process would have it: with its own connection. */
  function createPeer() {
    const redis = new RedisConnection(server.url);
    closing.push(() => redis.close());
    return createResultCache({ redis });
  }

  /** A Mixpanel whose answers come when the test says so. */
  function createMixpanel() {
    let answer = (_value: string): void => {};
    const answered = new Promise<string>((resolve) => {
      answer = resolve;
    });
    let markStarted = () => {};
    const started = new Promise<void>((resolve) => {
      markStarted = resolve;
    });
    const mixpanel = { calls: 0, started, answer, load: (async () => '') as Loader<string> };
    mixpanel.load = async () => {
      mixpanel.calls += 1;
      markStarted();
      return answered;
    };
    return mixpanel;
  }

  test('hand each other their results', async () => {
    const [first, second] = [createPeer(), createPeer()];
    await first.getOrLoad(key, { freshMs: MINUTE }, async () => [{ rows: 1 }]);
    const served = await second.getOrLoad(key, { freshMs: MINUTE }, async () => [{ rows: 2 }]);
    expect(served).toMatchObject({ value: [{ rows: 1 }], state: 'HIT' });
    expect(served.ageMs).toBeLessThan(MINUTE);
    expect(Object.isFrozen(served.value[0])).toBe(true);
  });

  test('share a request in flight', async () => {
    const [first, second] = [createPeer(), createPeer()];
    const mixpanel = createMixpanel();
    const leading = first.getOrLoad(key, { freshMs: MINUTE }, mixpanel.load);
    await mixpanel.started;
    const following = second.getOrLoad(key, { freshMs: MINUTE }, mixpanel.load);
    mixpanel.answer('shared');
    expect(await leading).toMatchObject({ value: 'shared', state: 'MISS' });
    expect(await following).toMatchObject({ value: 'shared', state: expect.stringMatching(/SHARED|HIT/) });
    expect(mixpanel.calls).toBe(1);
  });

  test('take a request over when the one who began it fails', async () => {
    const [first, second] = [createPeer(), createPeer()];
    let fail = (_error: Error): void => {};
    let markStarted = () => {};
    const started = new Promise<void>((resolve) => {
      markStarted = resolve;
    });
    const leading = first.getOrLoad(key, { freshMs: MINUTE }, () => {
      markStarted();
      return new Promise<string>((_resolve, reject) => {
        fail = reject;
      });
    });
    await started;
    const following = second.getOrLoad(key, { freshMs: MINUTE }, async () => 'second');
    fail(new PluginError('BAD_REQUEST', 'Wrong.'));
    await expect(leading).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await following).toMatchObject({ value: 'second', state: 'MISS' });
  });

  test.each([
    ['no JSON', '{"value":'],
    ['of another shape', '{"rows":[1],"at":1}'],
    ['from years ahead', JSON.stringify({ value: 'ahead', at: Date.now() + 1e11 })],
    ['refused by the caller', JSON.stringify({ value: 7, at: Date.now() })],
    ['longer than any result', `"${'x'.repeat(40_000_000)}"`],
  ])('load anew what is %s', async (_name, text) => {
    await server.command('SET', `mixpanel-datasource:result.2:${key}`, text);
    const isValue = (value: unknown) => typeof value === 'string';
    expect(
      await createPeer().getOrLoad(key, { freshMs: MINUTE, isValue }, async () => 'loaded'),
    ).toMatchObject({ value: 'loaded', state: 'MISS' });
  });

  test('load anew what is no text', async () => {
    await server.command('RPUSH', `mixpanel-datasource:result.2:${key}`, 'a');
    expect(await createPeer().getOrLoad(key, { freshMs: MINUTE }, async () => 'loaded')).toMatchObject({
      value: 'loaded',
      state: 'MISS',
    });
  });

  test('do not wait for one that died', async () => {
    await server.command('SET', `mixpanel-datasource:result.2:${key}:lock`, 'dead', 'PX', '300');
    expect(await createPeer().getOrLoad(key, { freshMs: MINUTE }, async () => 'alive')).toMatchObject({
      value: 'alive',
    });
  });

  test('serve what another kept when Mixpanel is down', async () => {
    await createPeer().getOrLoad(key, { freshMs: 1 }, async () => 'old');
    const down = async (): Promise<string> => {
      throw new PluginError('NETWORK', 'Mixpanel could not be reached.');
    };
    await vi.waitFor(async () => {
      expect(await createPeer().getOrLoad(key, { freshMs: 1 }, down)).toMatchObject({
        value: 'old',
        state: 'STALE',
      });
    });
  });

  test('leave no lock behind, and results for as long as they may serve', async () => {
    await createPeer().getOrLoad(key, { freshMs: MINUTE }, async () => 'value');
    expect(await server.command('KEYS', `*${key}*`)).toEqual([`mixpanel-datasource:result.2:${key}`]);
    expect(Number(await server.command('PTTL', `mixpanel-datasource:result.2:${key}`))).toBeGreaterThan(
      23 * 60 * MINUTE,
    );
  });
});

describeWithOwnRedis('a cache whose Redis goes away', () => {
  test('goes on alone', async () => {
    const server = await RedisServer.start();
    const redis = new RedisConnection(server.url);
    const cache = createResultCache({ redis });
    const get = (key: string, value: string) => cache.getOrLoad(key, { freshMs: MINUTE }, async () => value);
    await get('before', 'kept');
    await server.stop();
    expect(await get('before', 'again')).toMatchObject({ value: 'kept', state: 'HIT' });
    expect(await get('after', 'loaded')).toMatchObject({ value: 'loaded', state: 'MISS' });
    expect(await get('after', 'again')).toMatchObject({ value: 'loaded', state: 'HIT' });
    await redis.close();
  });
});
