import { expect, onTestFinished, test } from 'vitest';
import { health } from '../../src/server/health.js';
import { InFlight } from '../../src/server/in-flight.js';
import { describeWithOwnRedis, RedisServer } from '../redis-server.js';
import { appsmithBody, startService } from './test-service.js';

test('a service that is up says so, and that it takes queries', async () => {
  const { url } = await startService();
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'up' });
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' });
});

test('one whose Redis does not answer still takes queries, and says what it does without', async () => {
  const redis = { name: 'redis', check: () => Promise.reject(new Error('gone')) };
  const other = { name: 'other', check: () => Promise.resolve() };
  const app = health(new InFlight(1), [redis, other]);
  const ready = await app.request('/readyz');
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({ status: 'ready', without: ['redis'], reasons: { redis: 'gone' } });
  expect((await app.request('/healthz')).status).toBe(200);
});

describeWithOwnRedis('a service with a Redis', () => {
  test('is ready while Redis answers, and stays so when it does not: queries go on', async () => {
    const redis = await RedisServer.start();
    onTestFinished(() => redis.stop());
    const { url, execute, lines } = await startService({ redisUrl: redis.url });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await redis.stop();
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      status: 'ready',
      without: ['redis'],
      reasons: { redis: expect.any(String) },
    });
    expect(await execute(appsmithBody())).toMatchObject({ isExecutionSuccess: true });
    expect(lines.join('')).toContain('Redis is unavailable');
  });
});
