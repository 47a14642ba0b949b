import { expect, test } from 'vitest';
import { createCacheKey } from '../../src/cache/key.js';
import { createResultCache } from '../../src/cache/result-cache.js';
import { createRateLimiter } from '../../src/rate-limit/limiter.js';
import type { QuotaScope } from '../../src/rate-limit/types.js';
import { FakeMixpanelQuota } from '../rate-limit/mixpanel-quota.js';
import { advance, installVirtualClock, MINUTE, SECOND, sleep } from '../virtual-clock.js';

installVirtualClock();

const scope: QuotaScope = { region: 'US', projectId: '1234567', family: 'query' };
const PEOPLE = 200;
const QUERIES = 12;

test('a page of 12 queries opened by 200 people within a minute costs 12', async () => {
  const limiter = createRateLimiter({ shared: false });
  const cache = createResultCache();
  const mixpanel = new FakeMixpanelQuota();
  const served: number[] = [];

  const query = async (number: number) => {
    const key = createCacheKey({
      username: 'u',
      password: 'p',
      region: 'US',
      command: 'GET_TOP_EVENTS',
      input: { number },
    });
    const deadline = Date.now() + 30 * SECOND;
    const { value } = await cache.getOrLoad(key, { freshMs: 5 * MINUTE, deadline }, async (signal) => {
      await limiter.run(scope, mixpanel.createTask(2 * SECOND), { signal, deadline });
      return number;
    });
    expect(value).toBe(number);
    served.push(number);
  };
  for (let person = 0; person < PEOPLE; person += 1) {
    void sleep((person * MINUTE) / PEOPLE).then(() => {
      for (let number = 0; number < QUERIES; number += 1) void query(number);
    });
  }
  await advance(2 * MINUTE);

  expect(served).toHaveLength(PEOPLE * QUERIES);
  expect(mixpanel.ownStarts).toHaveLength(QUERIES);
});
