import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { PluginError } from '../../src/errors.js';
import { createQuotaGate, type QuotaScope, type Slot } from '../../src/rate-limit/limiter.js';
import { HOUR, MINUTE, NINE, pass, SECOND, sleep } from '../virtual-clock.js';
import { type Call, MixpanelQuota, mostInAnHour } from './mixpanel-quota.js';

const scope: QuotaScope = { region: 'EU', projectId: '42', family: 'query' };
const SEEDS = 1000;

const query = fc.record({
  at: fc.nat(2 * HOUR),
  ms: fc.integer({ min: 1, max: 40 * SECOND }),
  status: fc.constantFrom<NonNullable<Call['status']>>(
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

/** Another client of the project: so many queries within a few seconds. */
const intrusion = fc.record({ at: fc.nat(2 * HOUR), queries: fc.integer({ min: 1, max: 60 }) });

const day = fc.record({
  // Bursts, since a quota is met in bursts: each query comes several times within a moment.
  queries: fc.array(fc.record({ query, times: fc.integer({ min: 1, max: 12 }) }), {
    minLength: 5,
    maxLength: 25,
  }),
  intrusions: fc.array(intrusion, { maxLength: 4 }),
});

test(`whatever comes, the limits hold and every caller hears back (${SEEDS} seeds)`, async () => {
  await fc.assert(
    fc.asyncProperty(day, async ({ queries, intrusions }) => {
      vi.useFakeTimers({ now: NINE });
      try {
        const gate = createQuotaGate({ shared: false });
        const mixpanel = new MixpanelQuota();
        let unanswered = 0;
        for (const { query, times } of queries) {
          for (let copy = 0; copy < times; copy += 1) {
            unanswered += 1;
            void sleep(query.at + copy).then(async () => {
              const { ms, status, uncounted, priority } = query;
              const deadline = query.patienceMs && Date.now() + query.patienceMs;
              const signal = query.abortAfterMs === undefined ? undefined : abortIn(query.abortAfterMs);
              let begunAt: number | undefined;
              const call = mixpanel.call(ms, { status, uncounted, signal });
              const begin = (slot: Slot) => {
                begunAt = Date.now();
                return call(slot);
              };
              const options = { deadline, signal, priority, uncounted };
              await gate.run(scope, begin, options).catch((error: unknown) => {
                expect(PluginError.is(error)).toBe(true);
                begunAt ??= Date.now();
              });
              // Begun or turned away, but never left waiting beyond its time.
              expect(begunAt).toBeLessThanOrEqual(deadline ?? Number.POSITIVE_INFINITY);
              unanswered -= 1;
            });
          }
        }
        for (const { at, queries: count } of intrusions) {
          void sleep(at).then(() => Array.from({ length: count }, () => mixpanel.serveOther()));
        }

        await pass(8 * HOUR);

        expect(unanswered).toBe(0);
        expect(mostInAnHour(mixpanel.ours)).toBeLessThanOrEqual(60);
        expect(mixpanel.mostAtOnce).toBeLessThanOrEqual(5);
        if (intrusions.length === 0) expect(mixpanel.refusals).toBe(0);
        // Nothing of it all sticks: the whole hour is free again.
        expect(await gate.status(scope)).toMatchObject({ left: 60, running: 0, waiting: 0 });
      } finally {
        vi.useRealTimers();
      }
    }),
    { numRuns: SEEDS },
  );
}, 120_000);

function abortIn(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}
