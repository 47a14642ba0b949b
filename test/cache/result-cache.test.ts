import { describe, expect, test, vi } from 'vitest';
import type { CacheEvent } from '../../src/cache/events.js';
import { createResultCache } from '../../src/cache/result-cache.js';
import type { Loader, LoadOptions } from '../../src/cache/types.js';
import { type ErrorCode, PluginError } from '../../src/errors.js';
import { advance, HOUR, installVirtualClock, MINUTE, NINE_AM, SECOND, sleep } from '../virtual-clock.js';

installVirtualClock();

/** A cache before a Mixpanel that numbers its answers and takes a second for each. */
function createTestCache(options: Parameters<typeof createResultCache>[0] = {}) {
  const events: CacheEvent[] = [];
  const cache = createResultCache({ ...options, onEvent: (event) => events.push(event) });
  const mixpanel = { calls: 0, aborted: 0, failure: undefined as PluginError | undefined };
  const load: Loader<{ answer: number }> = async (signal) => {
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
  const request = (call: Partial<LoadOptions> = {}, key = 'key') =>
    cache.getOrLoad(key, { freshMs: MINUTE, ...call }, load);
  /** Asks and waits for the answer in virtual time. */
  const get = async (call: Partial<LoadOptions> = {}, key = 'key') => {
    const pending = request(call, key);
    pending.catch(() => {});
    await advance(SECOND);
    return pending;
  };
  return { cache, mixpanel, request, get, events };
}

function failure(code: ErrorCode): PluginError {
  return new PluginError(code, `It is ${code}.`);
}

describe('a result', () => {
  test('is asked for once in its life', async () => {
    const { get, mixpanel } = createTestCache();
    expect(await get()).toEqual({ value: { answer: 1 }, state: 'MISS', ageMs: 0 });
    await advance(10 * SECOND);
    expect(await get()).toMatchObject({ value: { answer: 1 }, state: 'HIT', ageMs: 10 * SECOND });
    await advance(MINUTE);
    expect(await get()).toMatchObject({ value: { answer: 2 }, state: 'MISS' });
    expect(mixpanel.calls).toBe(2);
  });

  test('may be too old for one caller and young enough for another', async () => {
    const { get } = createTestCache();
    await get();
    await advance(30 * SECOND);
    expect(await get({ freshMs: HOUR })).toMatchObject({ state: 'HIT' });
    expect(await get({ freshMs: 10 * SECOND })).toMatchObject({ state: 'MISS' });
  });

  test('of zero seconds’ life goes through and is not kept', async () => {
    const { get, mixpanel } = createTestCache();
    await get({ freshMs: 0 });
    expect(await get({ freshMs: 0 })).toMatchObject({ value: { answer: 2 }, state: 'BYPASS' });
    expect(await get()).toMatchObject({ state: 'MISS' });
    expect(mixpanel.calls).toBe(3);
  });

  test('that failed is not kept', async () => {
    const { get, mixpanel } = createTestCache();
    mixpanel.failure = failure('BAD_REQUEST');
    await expect(get()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    mixpanel.failure = undefined;
    expect(await get()).toMatchObject({ value: { answer: 2 }, state: 'MISS' });
  });

  test('cannot be spoilt by one caller for the next', async () => {
    const { cache, get } = createTestCache();
    const rows = async () => [{ day: '2026-03-01', counts: { signup: 1 } }];
    const { value } = await cache.getOrLoad('rows', { freshMs: MINUTE }, rows);
    expect(() => value.push({ day: '', counts: { signup: 0 } })).toThrow(TypeError);
    expect(() => {
      value[0]!.counts.signup = 99;
    }).toThrow(TypeError);
    expect(await cache.getOrLoad('rows', { freshMs: MINUTE }, rows)).toMatchObject({
      value: [{ counts: { signup: 1 } }],
      state: 'HIT',
    });
    await get();
  });
});

describe('the bounds', () => {
  test('of entries: the one unused for longest goes first', async () => {
    const { get } = createTestCache({ maxEntries: 2 });
    await get({}, 'a');
    await get({}, 'b');
    await get({}, 'a');
    await get({}, 'c');
    expect(await get({}, 'a')).toMatchObject({ state: 'HIT' });
    expect(await get({}, 'b')).toMatchObject({ state: 'MISS' });
  });

  test('of bytes: many small results or few large ones, and none that takes more than a quarter', async () => {
    const { cache } = createTestCache({ maxBytes: 4000 });
    const keep = (key: string, length: number) =>
      cache.getOrLoad(key, { freshMs: MINUTE }, async () => 'x'.repeat(length));
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
    const { get, mixpanel } = createTestCache();
    await get();
    await advance(2 * HOUR);
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
    const { get, mixpanel } = createTestCache();
    await get();
    await advance(2 * MINUTE);
    mixpanel.failure = failure(code);
    await expect(get()).rejects.toMatchObject({ code });
  });

  test('there is an end to it', async () => {
    const { get, mixpanel } = createTestCache({ staleMs: HOUR });
    await get();
    mixpanel.failure = failure('NETWORK');
    await advance(HOUR);
    expect(await get()).toMatchObject({ state: 'STALE' });
    await advance(MINUTE);
    await expect(get()).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('a caller whose own time ends is served the old result instead of nothing', async () => {
    const { request, get } = createTestCache();
    await get();
    await advance(2 * MINUTE);
    const pending = request({ deadline: Date.now() + 100 });
    await advance(100);
    expect(await pending).toMatchObject({ value: { answer: 1 }, state: 'STALE' });
  });
});

describe('near the end of its life', () => {
  test('a result is loaded anew in the background, so that nobody ever waits', async () => {
    const { get, mixpanel, events } = createTestCache();
    const mayRefresh = () => true;
    await get({ shouldRefresh: mayRefresh });
    await advance(50 * SECOND);
    expect(await get({ shouldRefresh: mayRefresh })).toMatchObject({ value: { answer: 1 }, state: 'HIT' });
    await advance(20 * SECOND);
    expect(await get({ shouldRefresh: mayRefresh })).toMatchObject({ value: { answer: 2 }, state: 'HIT' });
    expect(mixpanel.calls).toBe(2);
    expect(events.map((event) => (event.type === 'served' ? event.state : event.type))).toEqual([
      'MISS',
      'HIT',
      'refreshed',
      'HIT',
    ]);
  });

  test('it is refreshed once, and the loader gets the reason', async () => {
    const { cache } = createTestCache();
    const reasons: string[] = [];
    const request = () =>
      cache.getOrLoad('key', { freshMs: MINUTE, shouldRefresh: () => true }, async (_signal, reason) => {
        reasons.push(reason);
        await sleep(SECOND);
        return 1;
      });
    void request();
    await advance(55 * SECOND);
    await Promise.all([request(), request(), request()]);
    await advance(SECOND);
    expect(reasons).toEqual(['demand', 'refresh']);
  });

  test('not when the quota is short', async () => {
    const { get, mixpanel } = createTestCache();
    await get();
    await advance(50 * SECOND);
    await get({ shouldRefresh: () => false });
    await get({ shouldRefresh: async () => false });
    expect(mixpanel.calls).toBe(1);
  });

  test('a failure in the background hurts nobody', async () => {
    const { get, mixpanel } = createTestCache();
    await get();
    await advance(50 * SECOND);
    mixpanel.failure = failure('BAD_REQUEST');
    await get({ shouldRefresh: () => true });
    expect(await get()).toMatchObject({ value: { answer: 1 }, state: 'HIT' });
  });
});

describe('identical requests in flight', () => {
  test('share one', async () => {
    const { request, mixpanel } = createTestCache();
    const pending = Promise.all([request(), request(), request()]);
    await advance(SECOND);
    expect((await pending).map(({ value, state }) => [value.answer, state])).toEqual([
      [1, 'MISS'],
      [1, 'SHARED'],
      [1, 'SHARED'],
    ]);
    expect(mixpanel.calls).toBe(1);
  });

  test('share its failure', async () => {
    const { request, mixpanel } = createTestCache();
    mixpanel.failure = failure('BAD_REQUEST');
    const pending = Promise.allSettled([request(), request()]);
    await advance(SECOND);
    expect((await pending).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(mixpanel.calls).toBe(1);
  });

  test('go on when the caller who began them leaves', async () => {
    const { request, mixpanel } = createTestCache();
    const controller = new AbortController();
    const first = request({ signal: controller.signal });
    const second = request();
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    await advance(SECOND);
    expect(await second).toMatchObject({ value: { answer: 1 } });
    expect(mixpanel).toMatchObject({ calls: 1, aborted: 0 });
  });

  test('are cancelled when the last caller leaves, and the next caller begins anew', async () => {
    const { request, get, mixpanel } = createTestCache();
    const controller = new AbortController();
    const pending = Promise.allSettled([
      request({ signal: controller.signal }),
      request({ signal: controller.signal }),
    ]);
    controller.abort();
    await pending;
    expect(mixpanel).toMatchObject({ calls: 1, aborted: 1 });
    expect(await get()).toMatchObject({ value: { answer: 2 }, state: 'MISS' });
  });

  test('a caller’s deadline ends its own wait only', async () => {
    const { request, mixpanel } = createTestCache();
    const shortWait = request({ deadline: NINE_AM + 100 });
    const longWait = request();
    shortWait.catch(() => {});
    await advance(100);
    await expect(shortWait).rejects.toMatchObject({ code: 'TIMEOUT' });
    await advance(SECOND);
    expect(await longWait).toMatchObject({ value: { answer: 1 } });
    expect(mixpanel.calls).toBe(1);
  });

  test('a caller with more time tries again when the request failed for want of its beginner’s', async () => {
    const { request, cache, mixpanel } = createTestCache();
    const retryAt = NINE_AM + 10 * SECOND;
    const shortWait = cache.getOrLoad(
      'key',
      { freshMs: MINUTE, deadline: NINE_AM + 5 * SECOND },
      async () => {
        await sleep(10);
        throw new PluginError('RATE_LIMITED_HOURLY', 'The next slot is too late.', { retryAt });
      },
    );
    const mediumWait = request({ deadline: NINE_AM + 6 * SECOND });
    const longWait = request({ deadline: NINE_AM + MINUTE });
    for (const call of [shortWait, mediumWait]) call.catch(() => {});
    await advance(2 * SECOND);
    await expect(shortWait).rejects.toMatchObject({ code: 'RATE_LIMITED_HOURLY' });
    await expect(mediumWait).rejects.toMatchObject({ code: 'RATE_LIMITED_HOURLY' });
    expect(await longWait).toMatchObject({ state: 'MISS' });
    expect(mixpanel.calls).toBe(1);
  });
});

test('a caller that was aborted before it asked costs nothing', async () => {
  const { request, mixpanel } = createTestCache();
  await expect(request({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(mixpanel.calls).toBe(0);
});

test('no timer or listener of a finished call stays behind', async () => {
  const { get } = createTestCache();
  const signal = new AbortController().signal;
  const add = vi.spyOn(signal, 'addEventListener');
  const remove = vi.spyOn(signal, 'removeEventListener');
  await get({ signal, deadline: NINE_AM + HOUR });
  expect(add).toHaveBeenCalledTimes(1);
  expect(remove).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
