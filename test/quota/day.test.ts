import { expect, test } from 'vitest';
import { createQuotaGate, type QuotaScope } from '../../src/quota/index.js';
import { HOUR, pass, SECOND, startAtNine } from './clock.js';
import { MixpanelQuota, mostInAnHour } from './mixpanel.js';

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
    return gate.run(scope, mixpanel.call((1 + (turn % 20)) * SECOND));
  });

  await pass(24 * HOUR);

  expect(mostInAnHour(mixpanel.ours)).toBe(60);
  expect(mixpanel.mostAtOnce).toBe(5);
  expect(mixpanel.refusals).toBe(0);
  expect(mixpanel.ours.length).toBeGreaterThanOrEqual(0.99 * 24 * 60);
});
