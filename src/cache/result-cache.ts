import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type ErrorCode, PluginError } from '../errors.js';
import type { Priority } from '../rate-limit/types.js';
import type { RedisLink } from '../redis.js';
import { ageOf, type Entry } from './entry.js';
import type { CacheListener } from './events.js';
import { freezeAndWeigh } from './frozen-json.js';
import { guarded } from './safe-listener.js';
import { SharedResults } from './shared-results.js';
import { cancelled, Flight } from './single-flight.js';
import type { Cached, CacheOptions, CacheState, Load, ResultCache } from './types.js';

export type { CacheEvent, CacheListener } from './events.js';
export { cacheKey } from './key.js';
export type { CacheOptions, Load, ResultCache } from './types.js';

const HOUR_MS = 3_600_000;
const MEBIBYTE = 1024 * 1024;

export interface ResultCacheOptions {
  /** Results kept at most; 1000 unless told. */
  maxEntries?: number;
  /** Bytes kept at most, counted as JSON text; 64 MiB unless told. What takes more than a quarter is not kept. */
  maxBytes?: number;
  /** Milliseconds beyond its life for which a result may serve when no new one can be had; 24 h unless told. */
  staleMs?: number;
  /** Shares the results, and the requests in flight, with other processes. */
  redis?: RedisLink;
  /** Hears how every caller was served; for counters and logs. */
  onEvent?: CacheListener;
}

/** A result this far into its life is worth loading anew while it can still be served. */
const REFRESH_AFTER = 0.8;

/** What a caller must have left of its time for another attempt to be worth a query. */
const WORTHWHILE_MS = 1000;

/** How often a process looks for a result that another one is loading. */
const POLL_MS = 100;

/** Ends that come of a caller's time being short; another caller may have more. */
const OUT_OF_TIME: readonly ErrorCode[] = [
  'RATE_LIMITED_HOURLY',
  'RATE_LIMITED_CONCURRENT',
  'RATE_LIMITED_LOAD',
  'TIMEOUT',
];

/** Failures that say nothing against an older result: the quota is gone, or Mixpanel is, if only in the middle. */
const FORGIVEN: readonly ErrorCode[] = [...OUT_OF_TIME, 'SERVER_TROUBLE', 'NETWORK', 'INCOMPLETE'];

/** What a flight brings: the result, and whether it was loaded for it or found with another process. */
interface Landed {
  entry: Entry;
  state: CacheState;
}

/**
 * Makes the cache of results.
 *
 * @example
 * const cache = createResultCache();
 * const { value, state } = await cache.through(key, { freshMs: 60_000 }, (signal) => fetchRows(signal));
 */
export function createResultCache(options: ResultCacheOptions = {}): ResultCache {
  const { maxEntries = 1000, maxBytes = 64 * MEBIBYTE, staleMs = 24 * HOUR_MS, redis } = options;
  const emit = guarded(options.onEvent);
  const maxEntrySize = Math.floor(maxBytes / 4);
  const entries = new LRUCache<string, Entry>({ max: maxEntries, maxSize: maxBytes, maxEntrySize });
  const flights = new Map<string, Flight<Landed>>();
  const shared = redis && new SharedResults(redis);

  async function through<T>(key: string, call: CacheOptions, load: Load<T>): Promise<Cached<T>> {
    if (call.signal?.aborted) throw cancelled();
    if (call.freshMs <= 0) {
      const signal = call.signal ?? new AbortController().signal;
      return serve<T>({ value: await load(signal, 'interactive'), at: Date.now() }, 'BYPASS');
    }
    const kept = entries.get(key);
    if (kept && ageOf(kept) < call.freshMs) {
      if (ageOf(kept) >= call.freshMs * REFRESH_AFTER) void refresh(key, call, load);
      return serve<T>(kept, 'HIT');
    }
    try {
      return await fly(key, call, load);
    } catch (error) {
      const stale = entries.get(key);
      if (!stale || !failedWith(error, FORGIVEN) || ageOf(stale) > call.freshMs + staleMs) throw error;
      return { ...serve<T>(stale, 'STALE'), staleReason: error.message };
    }
  }

  /** Joins the identical request under way, or starts one. */
  async function fly<T>(key: string, call: CacheOptions, load: Load<T>): Promise<Cached<T>> {
    const underWay = flights.get(key);
    if (!underWay || underWay.abandoned) {
      const { entry, state } = await launch(key, call, load, 'interactive').join(call);
      return serve<T>(entry, state);
    }
    try {
      return serve<T>((await underWay.join(call)).entry, 'SHARED');
    } catch (error) {
      // It failed because whoever started it had less time than this caller has.
      if (failedWith(error, OUT_OF_TIME) && outlives(call, underWay, error)) return fly(key, call, load);
      throw error;
    }
  }

  function launch<T>(key: string, call: CacheOptions, load: Load<T>, priority: Priority): Flight<Landed> {
    const youngMs = priority === 'background' ? call.freshMs * REFRESH_AFTER : call.freshMs;
    const flight = new Flight<Landed>(
      (signal) => obtain(key, youngMs, call, () => load(signal, priority), signal),
      call.deadline,
    );
    flights.set(key, flight);
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(land, land);
    return flight;
  }

  /** Loads the result, unless another process has one younger than `youngMs`, or is about to. */
  async function obtain<T>(
    key: string,
    youngMs: number,
    { freshMs }: CacheOptions,
    load: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<Landed> {
    let unlock: (() => Promise<void>) | undefined;
    try {
      for (let state: CacheState = 'HIT'; shared; state = 'SHARED') {
        const found = await shared.read(key);
        if (found) keep(key, found);
        if (found && ageOf(found) < youngMs) return { entry: found, state };
        // Held before this reading, so nobody can have brought the result between the two.
        if (unlock) break;
        unlock = await shared.lock(key);
        if (!unlock) await delay(POLL_MS, undefined, { signal });
      }
      const entry: Entry = { value: await load(), at: Date.now() };
      const bytes = keep(key, entry);
      if (bytes <= maxEntrySize) await shared?.write(key, entry, freshMs + staleMs);
      return { entry, state: 'MISS' };
    } finally {
      await unlock?.();
    }
  }

  /** Keeps an entry if it is the youngest of its key; returns its size. */
  function keep(key: string, entry: Entry): number {
    const size = freezeAndWeigh(entry.value);
    const kept = entries.peek(key);
    if (!kept || kept.at <= entry.at) entries.set(key, entry, { size });
    return size;
  }

  /** Loads a result anew before its life ends. Nobody waits, and should it fail, the one at hand is still good. */
  async function refresh<T>(key: string, call: CacheOptions, load: Load<T>): Promise<void> {
    if (!call.mayRefresh || flights.has(key)) return;
    try {
      if (!(await call.mayRefresh()) || flights.has(key)) return;
      await launch(key, call, load, 'background').result;
      emit({ type: 'refreshed' });
    } catch {
      // The next caller after the end of its life loads it, and hears why that fails.
    }
  }

  function serve<T>(entry: Entry, state: CacheState): Cached<T> {
    const ageMs = ageOf(entry);
    emit({ type: 'served', state, ageMs });
    // What comes back under a key is what was stored under it.
    return { value: entry.value as T, state, ageMs };
  }

  return { through, close: async () => entries.clear() };
}

function failedWith(error: unknown, codes: readonly ErrorCode[]): error is PluginError {
  return PluginError.is(error) && codes.includes(error.code);
}

/** Whether a caller still has time for a try of its own after a flight that had less has failed. */
function outlives(
  { deadline = Number.POSITIVE_INFINITY }: CacheOptions,
  flight: Flight<Landed>,
  { retryAt = 0 }: PluginError,
): boolean {
  return deadline > flight.deadline && deadline > retryAt && deadline - Date.now() >= WORTHWHILE_MS;
}
