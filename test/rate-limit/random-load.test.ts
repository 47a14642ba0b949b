import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { PluginError } from '../../src/errors.js';
import { createRateLimiter } from '../../src/rate-limit/limiter.js';
import type { Lease, QuotaScope } from '../../src/rate-limit/types.js';
import { SEEDS } from '../seeds.js';
import { advance, HOUR, MINUTE, NINE_AM, SECOND, sleep } from '../virtual-clock.js';
import { FakeMixpanelQuota, maxStartsPerHour, type SimulatedCall } from './mixpanel-quota.js';

const scope: QuotaScope = { region: 'EU', projectId: '42', family: 'query' };

const query = fc.record({
  at: fc.nat(2 * HOUR),
  ms: fc.integer({ min: 1, max: 40 * SECOND }),
  status: fc.constantFrom<NonNullable<SimulatedCall['status']>>(
    200,
    200,
    200,
    200,
    400,
    401,
    402,
    500,
    'unreachable',
    'timed out',
  ),
  uncounted: fc.constantFrom(false, false, false, true),
  priority: fc.constantFrom('interactive', 'background'),
  patienceMs: fc.option(fc.integer({ min: 1, max: 30 * MINUTE }), { nil: undefined }),
  abortAfterMs: fc.option(fc.nat(5 * MINUTE), { nil: undefined }),
});

/** Another client of the project, which sends all its queries at one moment. */
const externalBurst = fc.record({ at: fc.nat(2 * HOUR), queries: fc.integer({ min: 1, max: 60 }) });

const scenario = fc.record({
  // Bursts, since a quota is met in bursts: each query comes several times within a moment.
  queries: fc.array(fc.record({ query, times: fc.integer({ min: 1, max: 12 }) }), {
    minLength: 5,
    maxLength: 25,
  }),
  intrusions: fc.array(externalBurst, { maxLength: 4 }),
});

test(`under random load the limits hold and every call settles (${SEEDS} seeds)`, async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ queries, intrusions }) => {
      vi.useFakeTimers({ now: NINE_AM });
      try {
        const limiter = createRateLimiter({ shared: false });
        const mixpanel = new FakeMixpanelQuota();
        let pending = 0;
        for (const { query, times } of queries) {
          for (let copy = 0; copy < times; copy += 1) {
            pending += 1;
            void sleep(query.at + copy).then(async () => {
              const { ms, status, uncounted, priority } = query;
              const deadline = query.patienceMs && Date.now() + query.patienceMs;
              const signal = query.abortAfterMs === undefined ? undefined : abortAfter(query.abortAfterMs);
              let startedAt: number | undefined;
              const call = mixpanel.createTask(ms, { status, uncounted, signal });
              const task = (lease: Lease) => {
                startedAt = Date.now();
                return call(lease);
              };
              const options = { deadline, signal, priority, uncounted };
              await limiter.run(scope, task, options).catch((error: unknown) => {
                expect(PluginError.is(error)).toBe(true);
                startedAt ??= Date.now();
              });
              // Started or refused, but never left waiting beyond its deadline.
              expect(startedAt).toBeLessThanOrEqual(deadline ?? Number.POSITIVE_INFINITY);
              pending -= 1;
            });
          }
        }
        for (const { at, queries: count } of intrusions) {
          void sleep(at).then(() => Array.from({ length: count }, () => mixpanel.addExternalStart()));
        }

        await advance(8 * HOUR);

        expect(pending).toBe(0);
        expect(maxStartsPerHour(mixpanel.ownStarts)).toBeLessThanOrEqual(60);
        expect(mixpanel.maxConcurrent).toBeLessThanOrEqual(5);
        if (intrusions.length === 0) expect(mixpanel.rejections).toBe(0);
        // Nothing of it all sticks: the whole hour is free again.
        expect(await limiter.status(scope)).toMatchObject({ left: 60, running: 0, waiting: 0 });
      } finally {
        vi.useRealTimers();
      }
    }),
    { numRuns: SEEDS },
  );
}, 120_000);

function abortAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}
