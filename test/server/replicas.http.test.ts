import { expect, test } from 'vitest';
import { appsmithBody, startService } from './test-service.js';

test('one of sixty services whose Redis is gone keeps to a sixtieth of the quota', async () => {
  const { execute } = await startService({ redisUrl: 'redis://127.0.0.1:1', replicas: 60 });
  const query = (limit: number) =>
    execute(appsmithBody({ command: 'GET_TODAYS_TOP_EVENTS', limit, cacheSeconds: 0 }));
  expect(await query(1)).toMatchObject({ isExecutionSuccess: true });
  expect(await query(2)).toMatchObject({
    isExecutionSuccess: false,
    readableError: expect.stringContaining('Redis is unavailable, and this process has used'),
  });
});
