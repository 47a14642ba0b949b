import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LimiterEvent } from '../../src/rate-limit/events.js';
import { createRateLimiter } from '../../src/rate-limit/limiter.js';
import {
  createMemoryScheduler,
  createRegistry,
  getOrCreateScheduler,
} from '../../src/rate-limit/registry.js';
import type { QuotaScope, RateLimiter } from '../../src/rate-limit/types.js';
import { MIXPANEL_LIMITS } from '../../src/rate-limit/window/limits.js';
import { HOUR_MS } from '../../src/time/durations.js';

let project = 0;
/** A project no other test has used: what this file tests is shared by the whole process. */
function createScope(): QuotaScope {
  project += 1;
  return { region: 'IN', projectId: `home-${project}`, family: 'query' };
}

async function consume(limiter: RateLimiter, scope: QuotaScope, count: number): Promise<void> {
  for (let call = 0; call < count; call += 1) await limiter.run(scope, async () => {});
}

/** Starts calls that end with `busy`; resolves when they run. */
function startRequests(
  limiter: RateLimiter,
  scope: QuotaScope,
  count: number,
  busy: Promise<void>,
): Promise<unknown> {
  const starts = Array.from({ length: count }, () => {
    return new Promise<void>((started) => {
      void limiter.run(scope, () => {
        started();
        return busy;
      });
    });
  });
  return Promise.all(starts);
}

describe('one quota per process', () => {
  test('two limiters share one hour', async () => {
    const scope = createScope();
    await consume(createRateLimiter(), scope, 2);
    await consume(createRateLimiter(), scope, 3);
    expect(await createRateLimiter().status(scope)).toMatchObject({ left: 55 });
  });

  test('two copies of our code in one process share one hour', async () => {
    const scope = createScope();
    await consume(createRateLimiter(), scope, 1);
    vi.resetModules();
    const again = await import('../../src/rate-limit/limiter.js');
    expect(again.createRateLimiter).not.toBe(createRateLimiter);
    await consume(again.createRateLimiter(), scope, 1);
    expect(await createRateLimiter().status(scope)).toMatchObject({ left: 58 });
  });

  test('closing one limiter cancels its own waiters only', async () => {
    const scope = createScope();
    const [first, second] = [createRateLimiter(), createRateLimiter()];
    let finish = () => {};
    const busy = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await startRequests(first, scope, 5, busy);
    const cancelled = first.run(scope, async () => 'first');
    const kept = second.run(scope, async () => 'second');
    await first.close();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    finish();
    await expect(kept).resolves.toBe('second');
  });

  test('a limiter for another Mixpanel has a quota of its own', async () => {
    const scope = createScope();
    await consume(createRateLimiter({ shared: false }), scope, 1);
    expect(await createRateLimiter().status(scope)).toMatchObject({ left: 60 });
  });
});

test('a project that nobody has used for hours takes no memory', async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  try {
    const registry = createRegistry();
    const getScheduler = (projectId: string) => {
      const scope: QuotaScope = { region: 'US', projectId, family: 'query' };
      return getOrCreateScheduler(registry, scope, (key) =>
        createMemoryScheduler(registry, scope, key, MIXPANEL_LIMITS.query),
      );
    };
    await getScheduler('1').run(
      async () => {},
      {},
      () => {},
    );
    void getScheduler('2').run(
      () => new Promise(() => {}),
      {},
      () => {},
    );
    await getScheduler('2').status();
    vi.setSystemTime(Date.now() + 3 * HOUR_MS);
    getScheduler('3');
    expect([...registry.schedulers.keys()]).toEqual(['US:2:query', 'US:3:query']);
  } finally {
    vi.useRealTimers();
  }
});

describe('a quota kept in a file', () => {
  let folder: string;
  let path: string;
  const events: LimiterEvent[] = [];
  const openLimiter = () =>
    createRateLimiter({ shared: false, persistTo: path, onEvent: (event) => events.push(event) });
  const fileErrors = () => events.filter(({ type }) => type === 'file-trouble');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quota-'));
    path = join(folder, 'quota.json');
    events.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('remembers the hour over a restart, but not the calls that died with the process', async () => {
    const scope = createScope();
    const before = openLimiter();
    await consume(before, scope, 7);
    await startRequests(before, scope, 1, new Promise(() => {}));
    await before.close();

    expect(await openLimiter().status(scope)).toMatchObject({ left: 52, running: 0 });
    expect(fileErrors()).toEqual([]);
  });

  test('forgets what has left the window meanwhile', async () => {
    const scope = createScope();
    const before = openLimiter();
    await consume(before, scope, 7);
    await before.close();
    vi.useFakeTimers({ now: Date.now() + 2 * HOUR_MS, toFake: ['Date'] });
    try {
      expect(await openLimiter().status(scope)).toMatchObject({ left: 60 });
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['cut short', '{"IN:1:query":{"starts":[{"id'],
    ['of another shape', '{"IN:1:query":{"starts":"many"}}'],
    ['empty', ''],
    ['null', 'null'],
    ['a list', '[]'],
    [
      'of times no date can hold',
      '{"version":2,"quotas":{"IN:1:query":{"starts":[{"id":"a","at":1e308}],"externalStarts":[],"observedLimits":{},"hourlyLimitHit":{"at":0,"repeats":0,"successes":0}}}}',
    ],
  ])('begins anew, and says so, when the file is %s', async (_name, text) => {
    const scope = createScope();
    await writeFile(path, text);
    const limiter = openLimiter();
    await consume(limiter, scope, 1);
    await limiter.close();
    expect(fileErrors()).toEqual([
      {
        type: 'file-trouble',
        message: `Could not read the quota in ${path}. It starts anew, so this hour may exceed it.`,
      },
    ]);
    expect(await openLimiter().status(scope)).toMatchObject({ left: 59 });
  });

  test('goes on in memory, and says so, when the file cannot be written', async () => {
    const scope = createScope();
    path = join(folder, 'missing', 'quota.json');
    const limiter = openLimiter();
    await consume(limiter, scope, 1);
    await limiter.close();
    expect(await limiter.status(scope)).toMatchObject({ left: 59 });
    expect(fileErrors()[0]).toMatchObject({
      message: expect.stringContaining('Could not write the quota to'),
    });
  });

  test('holds a start before the call leaves', async () => {
    const scope = createScope();
    const limiter = openLimiter();
    for (let call = 1; call <= 3; call += 1) {
      await limiter.run(scope, async () => {
        // A process that is killed here forgets nothing.
        const { quotas } = JSON.parse(await readFile(path, 'utf8'));
        expect(quotas[`IN:${scope.projectId}:query`].starts).toHaveLength(call);
      });
    }
  });

  test('closes a project for an hour at most when its times lie ten years ahead', async () => {
    const scope = createScope();
    const at = Date.now() + 10 * 365 * 24 * HOUR_MS;
    const quota = {
      starts: Array.from({ length: 60 }, (_, index) => ({ id: `ahead-${index}`, at })),
      externalStarts: [at],
      observedLimits: {},
      hourlyLimitHit: { at, repeats: 0, successes: 0 },
    };
    await writeFile(path, JSON.stringify({ version: 2, quotas: { [`IN:${scope.projectId}:query`]: quota } }));
    const { left, nextSlotAt } = await openLimiter().status(scope);
    expect(left).toBe(0);
    expect(nextSlotAt - Date.now()).toBeLessThan(1.1 * HOUR_MS);
  });

  test('drops quotas that nobody has used for hours', async () => {
    const limiter = openLimiter();
    await consume(limiter, createScope(), 1);
    await limiter.close();
    const later = createScope();
    vi.useFakeTimers({ now: Date.now() + 3 * HOUR_MS, toFake: ['Date'] });
    try {
      const again = openLimiter();
      await consume(again, later, 1);
      await again.close();
    } finally {
      vi.useRealTimers();
    }
    const { quotas } = JSON.parse(await readFile(path, 'utf8'));
    expect(Object.keys(quotas)).toEqual([`IN:${later.projectId}:query`]);
  });

  test('leaves no temporary files of killed processes behind', async () => {
    await writeFile(`${path}.999999999.tmp`, '{"half');
    await writeFile(`${path}.kept.tmp`, 'not ours');
    openLimiter();
    expect(await readdir(folder)).toEqual(['quota.json.kept.tmp']);
  });

  test('names projects and times, nothing else', async () => {
    const scope = createScope();
    const limiter = openLimiter();
    await consume(limiter, scope, 1);
    await limiter.close();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      version: 2,
      quotas: {
        [`IN:${scope.projectId}:query`]: {
          starts: [{ id: expect.any(String), at: expect.any(Number) }],
          externalStarts: [],
          observedLimits: {},
          hourlyLimitHit: { at: 0, repeats: 0, successes: expect.any(Number) },
        },
      },
    });
  });
});
