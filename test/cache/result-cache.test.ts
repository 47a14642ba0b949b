import { describe, expect, test, vi } from 'vitest';
import {
  type CacheEvent,
  type CacheOptions,
  createResultCache,
  type Load,
} from '../../src/cache/result-cache.js';
import { type ErrorCode, PluginError } from '../../src/errors.js';
import { HOUR, MINUTE, NINE, pass, SECOND, sleep, startAtNine } from '../virtual-clock.js';

startAtNine();

/** A cache before a Mixpanel that numbers its answers and takes a second for each. */
function openCache(options: Parameters<typeof createResultCache>[0] = {}) {
  const events: CacheEvent[] = [];
  const cache = createResultCache({ ...options, onEvent: (event) => events.push(event) });
  const mixpanel = { calls: 0, aborted: 0, failure: undefined as PluginError | undefined };
  const load: Load<{ answer: number }> = async (signal) => {
    mixpanel.calls += 1;
    const answer = mixpanel.calls;
    await new Promise<void>((resolve, reject) => {
      setTimeout(resolve, SECOND);
      signal.addEventListener('abort', () => {
        mixpanel.aborted += 1;
        reject(new PluginError('CANCELLED', 'The query was cancelled.'));
      });
    });
    if (mixpanel.failure) throw mixpanel.failure;
    return { answer };
  };
  const ask = (call: Partial<CacheOptions> = {}, key = 'key') =>
    cache.through(key, { freshMs: MINUTE, ...call }, load);
  /** Asks and waits for the answer in virtual time. */
  const get = async (call: Partial<CacheOptions> = {}, key = 'key') => {
    const asked = ask(call, key);
    asked.catch(() => {});
    await pass(SECOND);
    return asked;
  };
  return { cache, mixpanel, ask, get, events };
}

function failure(code: ErrorCode): PluginError {
  return new PluginError(code, `It is ${code}.`);
}

describe('a result', () => {
  test('is asked for once in its life', async () => {
    const { get, mixpanel } = openCache();
    expect(await get()).toEqual({ value: { answer: 1 }, state: 'MISS', ageMs: 0 });
    await pass(10 * SECOND);
    expect(await get()).toMatchObject({ value: { answer: 1 }, state: 'HIT', ageMs: 10 * SECOND });
    await pass(MINUTE);
    expect(await get()).toMatchObject({ value: { answer: 2 }, state: 'MISS' });
    expect(mixpanel.calls).toBe(2);
  });

  test('may be too old for one caller and young enough for another', async () => {
    const { get } = openCache();
    await get();
    await pass(30 * SECOND);
    expect(await get({ freshMs: HOUR })).toMatchObject({ state: 'HIT' });
    expect(await get({ freshMs: 10 * SECOND })).toMatchObject({ state: 'MISS' });
  });

  test('of zero seconds’ life goes through and is not kept', async () => {
    const { get, mixpanel } = openCache();
    await get({ freshMs: 0 });
    expect(await get({ freshMs: 0 })).toMatchObject({ value: { answer: 2 }, state: 'BYPASS' });
    expect(await get()).toMatchObject({ state: 'MISS' });
    expect(mixpanel.calls).toBe(3);
  });

  test('that failed is not kept', async () => {
    const { get, mixpanel } = openCache();
    mixpanel.failure = failure('BAD_REQUEST');
    await expect(get()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    mixpanel.failure = undefined;
    expect(await get()).toMatchObject({ value: { answer: 2 }, state: 'MISS' });
  });

  test('cannot be spoilt by one caller for the next', async () => {
    const { cache, get } = openCache();
    const rows = async () => [{ day: '2026-03-01', counts: { signup: 1 } }];
    const { value } = await cache.through('rows', { freshMs: MINUTE }, rows);
    expect(() => value.push({ day: '', counts: { signup: 0 } })).toThrow(TypeError);
    expect(() => {
      value[0]!.counts.signup = 99;
    }).toThrow(TypeError);
    expect(await cache.through('rows', { freshMs: MINUTE }, rows)).toMatchObject({
      value: [{ counts: { signup: 1 } }],
      state: 'HIT',
    });
    await get();
  });
});

describe('the bounds', () => {
  test('of entries: the one unused for longest goes first', async () => {
    const { get } = openCache({ maxEntries: 2 });
    await get({}, 'a');
    await get({}, 'b');
    await get({}, 'a');
    await get({}, 'c');
    expect(await get({}, 'a')).toMatchObject({ state: 'HIT' });
    expect(await get({}, 'b')).toMatchObject({ state: 'MISS' });
  });

  test('of bytes: many small results or few large ones, and none that takes more than a quarter', async () => {
    const { cache } = openCache({ maxBytes: 4000 });
    const keep = (key: string, length: number) =>
      cache.through(key, { freshMs: MINUTE }, async () => 'x'.repeat(length));
    for (const key of ['a', 'b', 'c', 'd', 'e']) await keep(key, 900);
    expect(await keep('e', 900)).toMatchObject({ state: 'HIT' });
    expect(await keep('a', 900)).toMatchObject({ state: 'MISS' });
    await keep('huge', 1001);
    expect(await keep('huge', 1001)).toMatchObject({ state: 'MISS' });
  });
});

describe('beyond its life', () => {
  test.each([
    'RATE_LIMITED_HOURLY',
    'RATE_LIMITED_CONCURRENT',
    'RATE_LIMITED_LOAD',
    'SERVER_TROUBLE',
    'INCOMPLETE',
    'NETWORK',
    'TIMEOUT',
  ] as const)('a result still serves after %s, marked stale, with its age and the reason', async (code) => {
    const { get, mixpanel } = openCache();
    await get();
    await pass(2 * HOUR);
    mixpanel.failure = failure(code);
    expect(await get()).toEqual({
      value: { answer: 1 },
      state: 'STALE',
      ageMs: 2 * HOUR + SECOND,
      staleReason: `It is ${code}.`,
    });
  });

  test.each([
    'WRONG_CREDENTIALS',
    'BAD_REQUEST',
    'NO_PROJECT_ACCESS',
    'UNEXPECTED_ANSWER',
    'CANCELLED',
  ] as const)('a result does not hide %s', async (code) => {
    const { get, mixpanel } = openCache();
    await get();
    await pass(2 * MINUTE);
    mixpanel.failure = failure(code);
    await expect(get()).rejects.toMatchObject({ code });
  });

  test('there is an end to it', async () => {
    const { get, mixpanel } = openCache({ staleMs: HOUR });
    await get();
    mixpanel.failure = failure('NETWORK');
    await pass(HOUR);
    expect(await get()).toMatchObject({ state: 'STALE' });
    await pass(MINUTE);
    await expect(get()).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('a caller whose own time ends is served the old result instead of nothing', async () => {
    const { ask, get } = openCache();
    await get();
    await pass(2 * MINUTE);
    const asked = ask({ deadline: Date.now() + 100 });
    await pass(100);
    expect(await asked).toMatchObject({ value: { answer: 1 }, state: 'STALE' });
  });
});

describe('near the end of its life', () => {
  test('a result is loaded anew in the background, so that nobody ever waits', async () => {
    const { get, mixpanel, events } = openCache();
    const mayRefresh = () => true;
    await get({ mayRefresh });
    await pass(50 * SECOND);
    expect(await get({ mayRefresh })).toMatchObject({ value: { answer: 1 }, state: 'HIT' });
    await pass(20 * SECOND);
    expect(await get({ mayRefresh })).toMatchObject({ value: { answer: 2 }, state: 'HIT' });
    expect(mixpanel.calls).toBe(2);
    expect(events.map((event) => (event.type === 'served' ? event.state : event.type))).toEqual([
      'MISS',
      'HIT',
      'refreshed',
      'HIT',
    ]);
  });

  test('it is asked for as background work, once', async () => {
    const { cache } = openCache();
    const priorities: string[] = [];
    const ask = () =>
      cache.through('key', { freshMs: MINUTE, mayRefresh: () => true }, async (_signal, priority) => {
        priorities.push(priority);
        await sleep(SECOND);
        return 1;
      });
    void ask();
    await pass(55 * SECOND);
    await Promise.all([ask(), ask(), ask()]);
    await pass(SECOND);
    expect(priorities).toEqual(['interactive', 'background']);
  });

  test('not when the quota is short', async () => {
    const { get, mixpanel } = openCache();
    await get();
    await pass(50 * SECOND);
    await get({ mayRefresh: () => false });
    await get({ mayRefresh: async () => false });
    expect(mixpanel.calls).toBe(1);
  });

  test('a failure in the background hurts nobody', async () => {
    const { get, mixpanel } = openCache();
    await get();
    await pass(50 * SECOND);
    mixpanel.failure = failure('BAD_REQUEST');
    await get({ mayRefresh: () => true });
    expect(await get()).toMatchObject({ value: { answer: 1 }, state: 'HIT' });
  });
});

describe('identical requests in flight', () => {
  test('share one', async () => {
    const { ask, mixpanel } = openCache();
    const asked = Promise.all([ask(), ask(), ask()]);
    await pass(SECOND);
    expect((await asked).map(({ value, state }) => [value.answer, state])).toEqual([
      [1, 'MISS'],
      [1, 'SHARED'],
      [1, 'SHARED'],
    ]);
    expect(mixpanel.calls).toBe(1);
  });

  test('share its failure', async () => {
    const { ask, mixpanel } = openCache();
    mixpanel.failure = failure('BAD_REQUEST');
    const asked = Promise.allSettled([ask(), ask()]);
    await pass(SECOND);
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(mixpanel.calls).toBe(1);
  });

  test('go on when the caller who began them leaves', async () => {
    const { ask, mixpanel } = openCache();
    const controller = new AbortController();
    const first = ask({ signal: controller.signal });
    const second = ask();
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    await pass(SECOND);
    expect(await second).toMatchObject({ value: { answer: 1 } });
    expect(mixpanel).toMatchObject({ calls: 1, aborted: 0 });
  });

  test('are cancelled when the last caller leaves, and the next caller begins anew', async () => {
    const { ask, get, mixpanel } = openCache();
    const controller = new AbortController();
    const asked = Promise.allSettled([
      ask({ signal: controller.signal }),
      ask({ signal: controller.signal }),
    ]);
    controller.abort();
    await asked;
    expect(mixpanel).toMatchObject({ calls: 1, aborted: 1 });
    expect(await get()).toMatchObject({ value: { answer: 2 }, state: 'MISS' });
  });

  test('a caller’s deadline ends its own wait only', async () => {
    const { ask, mixpanel } = openCache();
    const hasty = ask({ deadline: NINE + 100 });
    const patient = ask();
    hasty.catch(() => {});
    await pass(100);
    await expect(hasty).rejects.toMatchObject({ code: 'TIMEOUT' });
    await pass(SECOND);
    expect(await patient).toMatchObject({ value: { answer: 1 } });
    expect(mixpanel.calls).toBe(1);
  });

  test('a caller with more time tries again when the request failed for want of its beginner’s', async () => {
    const { ask, cache, mixpanel } = openCache();
    const retryAt = NINE + 10 * SECOND;
    const hasty = cache.through('key', { freshMs: MINUTE, deadline: NINE + 5 * SECOND }, async () => {
      await sleep(10);
      throw new PluginError('RATE_LIMITED_HOURLY', 'The next slot is too late.', { retryAt });
    });
    const alsoHasty = ask({ deadline: NINE + 6 * SECOND });
    const patient = ask({ deadline: NINE + MINUTE });
    for (const call of [hasty, alsoHasty]) call.catch(() => {});
    await pass(2 * SECOND);
    await expect(hasty).rejects.toMatchObject({ code: 'RATE_LIMITED_HOURLY' });
    await expect(alsoHasty).rejects.toMatchObject({ code: 'RATE_LIMITED_HOURLY' });
    expect(await patient).toMatchObject({ state: 'MISS' });
    expect(mixpanel.calls).toBe(1);
  });
});

test('a caller that was aborted before it asked costs nothing', async () => {
  const { ask, mixpanel } = openCache();
  await expect(ask({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(mixpanel.calls).toBe(0);
});

test('no timer or listener of a finished call stays behind', async () => {
  const { get } = openCache();
  const signal = new AbortController().signal;
  const add = vi.spyOn(signal, 'addEventListener');
  const remove = vi.spyOn(signal, 'removeEventListener');
  await get({ signal, deadline: NINE + HOUR });
  expect(add).toHaveBeenCalledTimes(1);
  expect(remove).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
