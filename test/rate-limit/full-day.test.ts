import { expect, test } from 'vitest';
import { createRateLimiter } from '../../src/rate-limit/limiter.js';
import type { QuotaScope } from '../../src/rate-limit/types.js';
import { advance, HOUR, installVirtualClock, MINUTE, SECOND, sleep } from '../virtual-clock.js';
import { FakeMixpanelQuota, maxStartsPerHour } from './mixpanel-quota.js';

installVirtualClock();

const scope: QuotaScope = { region: 'US', projectId: '1234567', family: 'query' };

/** Callers without end: whenever one is through, the next asks. */
function keepBusy(callers: number, submit: () => Promise<void>): void {
  for (let caller = 0; caller < callers; caller += 1) {
    void (async () => {
      for (;;) await submit();
    })();
  }
}

test('a saturated day uses 99 % of what the hour allows, and never a start or a place more', async () => {
  const limiter = createRateLimiter({ shared: false });
  const mixpanel = new FakeMixpanelQuota();
  let callCount = 0;
  keepBusy(12, () => {
    callCount += 1;
    // Some calls travel fast and some slowly, so that they arrive closer together than they left.
    return limiter.run(
      scope,
      mixpanel.createTask((1 + (callCount % 20)) * SECOND, { travelMs: (callCount * 137) % 900 }),
    );
  });

  await advance(24 * HOUR);

  expect(maxStartsPerHour(mixpanel.ownStarts)).toBe(60);
  expect(mixpanel.maxConcurrent).toBe(5);
  expect(mixpanel.rejections).toBe(0);
  expect(mixpanel.ownStarts.length).toBeGreaterThanOrEqual(0.99 * 24 * 60);
});

test.each([
  ['one query every two minutes', 1, 2 * MINUTE],
  ['ten queries every ten minutes', 10, 10 * MINUTE],
  ['thirty queries every hour', 30, HOUR],
])(
  'a day with another client that wants %s leaves nothing unused, and asks in vain less than every two minutes',
  async (_name, burst, everyMs) => {
    const limiter = createRateLimiter({ shared: false });
    const mixpanel = new FakeMixpanelQuota();
    const other = async () => {
      for (;;) {
        for (let query = 0; query < burst; query += 1) mixpanel.addExternalStart();
        await sleep(everyMs);
      }
    };
    void other();
    keepBusy(12, () => limiter.run(scope, mixpanel.createTask(5 * SECOND)).catch(() => {}));

    await advance(24 * HOUR);

    expect(maxStartsPerHour(mixpanel.allStarts)).toBe(60);
    expect(mixpanel.allStarts.length).toBeGreaterThanOrEqual(0.97 * 24 * 60);
    expect(mixpanel.rejections).toBeLessThanOrEqual(24 * 30);
  },
);
