import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type ErrorCode, PluginError } from '../errors.js';
import { MEGABYTE } from '../json/bytes.js';
import type { Priority } from '../rate-limit/types.js';
import type { RedisConnection } from '../redis.js';
import { DAY_MS } from '../time/durations.js';
import { type CacheEntry, getAgeMs } from './entry.js';
import type { CacheListener } from './events.js';
import { freezeAndMeasure } from './frozen-json.js';
import { safeListener } from './safe-listener.js';
import { SharedResults } from './shared-results.js';
import { createCancelledError, SingleFlight } from './single-flight.js';
import type { CacheResult, CacheState, Loader, LoadOptions, ResultCache } from './types.js';

export type { CacheEvent, CacheListener } from './events.js';
export { createCacheKey } from './key.js';
export type { Loader, LoadOptions, ResultCache } from './types.js';

export interface ResultCacheOptions {
  /** Results kept at most; 1000 unless told. */
  maxEntries?: number;
  /** Bytes kept at most, counted as JSON text; 64 MiB unless told. What takes more than a quarter is not kept. */
  maxBytes?: number;
  /** Milliseconds beyond its life for which a result may serve when no new one can be had; 24 h unless told. */
  staleMs?: number;
  /** Shares the results, and the requests in flight, with other processes. */
  redis?: RedisConnection;
  /** Hears how every caller was served; for counters and logs. */
  onEvent?: CacheListener;
}

/** A result this far into its life is worth loading anew while it can still be served. */
const REFRESH_AFTER_FRACTION = 0.8;

/** What a caller must have left of its time for another attempt to be worth a query. */
const MIN_RETRY_MS = 1000;

/** How often a process looks for a result that another one is loading. */
const POLL_MS = 100;

/** Ends that come of a caller's time being short; another caller may have more. */
const TIME_LIMIT_CODES: readonly ErrorCode[] = [
  'RATE_LIMITED_HOURLY',
  'RATE_LIMITED_CONCURRENT',
  'RATE_LIMITED_LOAD',
  'TIMEOUT',
];

/** Failures that say nothing against an older result: the quota is gone, or Mixpanel is, if only in the middle. */
const STALE_ALLOWED_CODES: readonly ErrorCode[] = [
  ...TIME_LIMIT_CODES,
  'SERVER_TROUBLE',
  'NETWORK',
  'INCOMPLETE',
];

/** What a flight brings: the result, and whether it was loaded for it or found with another process. */
interface LoadResult {
  entry: CacheEntry;
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
  const { maxEntries = 1000, maxBytes = 64 * MEGABYTE, staleMs = DAY_MS, redis } = options;
  const emit = safeListener(options.onEvent);
  const maxEntrySize = Math.floor(maxBytes / 4);
  const entries = new LRUCache<string, CacheEntry>({ max: maxEntries, maxSize: maxBytes, maxEntrySize });
  const flights = new Map<string, SingleFlight<LoadResult>>();
  const sharedResults = redis && new SharedResults(redis);

  async function getOrLoad<T>(
    key: string,
    loadOptions: LoadOptions,
    load: Loader<T>,
  ): Promise<CacheResult<T>> {
    if (loadOptions.signal?.aborted) throw createCancelledError();
    if (loadOptions.freshMs <= 0) {
      const signal = loadOptions.signal ?? new AbortController().signal;
      return toCacheResult<T>({ value: await load(signal, 'interactive'), at: Date.now() }, 'BYPASS');
    }
    const cached = entries.get(key);
    if (cached && getAgeMs(cached) < loadOptions.freshMs) {
      if (getAgeMs(cached) >= loadOptions.freshMs * REFRESH_AFTER_FRACTION)
        void refresh(key, loadOptions, load);
      return toCacheResult<T>(cached, 'HIT');
    }
    try {
      return await joinOrStart(key, loadOptions, load);
    } catch (error) {
      const stale = entries.get(key);
      if (
        !stale ||
        !hasErrorCode(error, STALE_ALLOWED_CODES) ||
        getAgeMs(stale) > loadOptions.freshMs + staleMs
      )
        throw error;
      return { ...toCacheResult<T>(stale, 'STALE'), staleReason: error.message };
    }
  }

  /** Joins the identical request under way, or starts one. */
  async function joinOrStart<T>(
    key: string,
    loadOptions: LoadOptions,
    load: Loader<T>,
  ): Promise<CacheResult<T>> {
    const inFlight = flights.get(key);
    if (!inFlight || inFlight.isAbandoned) {
      const { entry, state } = await startFlight(key, loadOptions, load, 'interactive').join(loadOptions);
      return toCacheResult<T>(entry, state);
    }
    try {
      return toCacheResult<T>((await inFlight.join(loadOptions)).entry, 'SHARED');
    } catch (error) {
      // It failed because whoever started it had less time than this caller has.
      if (hasErrorCode(error, TIME_LIMIT_CODES) && hasTimeToRetry(loadOptions, inFlight, error))
        return joinOrStart(key, loadOptions, load);
      throw error;
    }
  }

  function startFlight<T>(
    key: string,
    loadOptions: LoadOptions,
    load: Loader<T>,
    priority: Priority,
  ): SingleFlight<LoadResult> {
    const maxAgeMs =
      priority === 'background' ? loadOptions.freshMs * REFRESH_AFTER_FRACTION : loadOptions.freshMs;
    const flight = new SingleFlight<LoadResult>(
      (signal) => loadOnce(key, maxAgeMs, loadOptions, () => load(signal, priority), signal),
      loadOptions.deadline,
    );
    flights.set(key, flight);
    const removeFlight = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(removeFlight, removeFlight);
    return flight;
  }

  /** Loads the result, unless another process has one younger than `youngMs`, or is about to. */
  async function loadOnce<T>(
    key: string,
    maxAgeMs: number,
    { freshMs }: LoadOptions,
    load: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<LoadResult> {
    let unlock: (() => Promise<void>) | undefined;
    try {
      for (let state: CacheState = 'HIT'; sharedResults; state = 'SHARED') {
        const found = await sharedResults.read(key);
        if (found) store(key, found);
        if (found && getAgeMs(found) < maxAgeMs) return { entry: found, state };
        // Held before this reading, so nobody can have brought the result between the two.
        if (unlock) break;
        unlock = await sharedResults.tryLock(key);
        if (!unlock) await delay(POLL_MS, undefined, { signal });
      }
      const entry: CacheEntry = { value: await load(), at: Date.now() };
      const bytes = store(key, entry);
      if (bytes <= maxEntrySize) await sharedResults?.write(key, entry, freshMs + staleMs);
      return { entry, state: 'MISS' };
    } finally {
      await unlock?.();
    }
  }

  /** Keeps an entry if it is the youngest of its key; returns its size. */
  function store(key: string, entry: CacheEntry): number {
    const size = freezeAndMeasure(entry.value);
    const cached = entries.peek(key);
    if (!cached || cached.at <= entry.at) entries.set(key, entry, { size });
    return size;
  }

  /** Loads a result anew before its life ends. Nobody waits, and should it fail, the one at hand is still good. */
  async function refresh<T>(key: string, loadOptions: LoadOptions, load: Loader<T>): Promise<void> {
    if (!loadOptions.shouldRefresh || flights.has(key)) return;
    try {
      if (!(await loadOptions.shouldRefresh()) || flights.has(key)) return;
      await startFlight(key, loadOptions, load, 'background').result;
      emit({ type: 'refreshed' });
    } catch {
      // The next caller after the end of its life loads it, and hears why that fails.
    }
  }

  function toCacheResult<T>(entry: CacheEntry, state: CacheState): CacheResult<T> {
    const ageMs = getAgeMs(entry);
    emit({ type: 'served', state, ageMs });
    // What comes back under a key is what was stored under it.
    return { value: entry.value as T, state, ageMs };
  }

  return { getOrLoad, close: async () => entries.clear() };
}

function hasErrorCode(error: unknown, codes: readonly ErrorCode[]): error is PluginError {
  return PluginError.is(error) && codes.includes(error.code);
}

/** Whether a caller still has time for a try of its own after a flight that had less has failed. */
function hasTimeToRetry(
  { deadline = Number.POSITIVE_INFINITY }: LoadOptions,
  flight: SingleFlight<LoadResult>,
  { retryAt = 0 }: PluginError,
): boolean {
  return deadline > flight.deadline && deadline > retryAt && deadline - Date.now() >= MIN_RETRY_MS;
}
