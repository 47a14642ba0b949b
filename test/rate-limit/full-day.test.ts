import { expect, test } from 'vitest';
import { createQuotaGate, type QuotaScope } from '../../src/rate-limit/limiter.js';
import { HOUR, MINUTE, pass, SECOND, sleep, startAtNine } from '../virtual-clock.js';
import { MixpanelQuota, mostInAnHour } from './mixpanel-quota.js';

startAtNine();

const scope: QuotaScope = { region: 'US', projectId: '1234567', family: 'query' };

/** Callers without end: whenever one is through, the next asks. */
function saturate(callers: number, ask: () => Promise<void>): void {
  for (let caller = 0; caller < callers; caller += 1) {
    void (async () => {
      for (;;) await ask();
    })();
  }
}

test('a saturated day uses 99 % of what the hour allows, and never a start or a place more', async () => {
  const gate = createQuotaGate({ shared: false });
  const mixpanel = new MixpanelQuota();
  let turn = 0;
  saturate(12, () => {
    turn += 1;
    // Some calls travel fast and some slowly, so that they arrive closer together than they left.
    return gate.run(scope, mixpanel.call((1 + (turn % 20)) * SECOND, { travelMs: (turn * 137) % 900 }));
  });

  await pass(24 * HOUR);

  expect(mostInAnHour(mixpanel.ours)).toBe(60);
  expect(mixpanel.mostAtOnce).toBe(5);
  expect(mixpanel.refusals).toBe(0);
  expect(mixpanel.ours.length).toBeGreaterThanOrEqual(0.99 * 24 * 60);
});

test.each([
  ['one query every two minutes', 1, 2 * MINUTE],
  ['ten queries every ten minutes', 10, 10 * MINUTE],
  ['thirty queries every hour', 30, HOUR],
])(
  'a day with another client that wants %s leaves nothing unused, and asks in vain less than every two minutes',
  async (_how, burst, everyMs) => {
    const gate = createQuotaGate({ shared: false });
    const mixpanel = new MixpanelQuota();
    const other = async () => {
      for (;;) {
        for (let query = 0; query < burst; query += 1) mixpanel.serveOther();
        await sleep(everyMs);
      }
    };
    void other();
    saturate(12, () => gate.run(scope, mixpanel.call(5 * SECOND)).catch(() => {}));

    await pass(24 * HOUR);

    expect(mostInAnHour(mixpanel.everyone)).toBe(60);
    expect(mixpanel.everyone.length).toBeGreaterThanOrEqual(0.97 * 24 * 60);
    expect(mixpanel.refusals).toBeLessThanOrEqual(24 * 30);
  },
);
