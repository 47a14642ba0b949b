import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { createCancelledError, ERRORS, type ErrorCode, PluginError, safeListener } from '../errors.js';
import { MEGABYTE } from '../json/bytes.js';
import type { RedisConnection } from '../redis/index.js';
import { DAY_MS } from '../time/durations.js';
import { type CacheEntry, getAgeMs } from './entry.js';
import type { CacheListener } from './events.js';
import { freezeAndMeasure } from './frozen-json.js';
import { SharedResults } from './shared-results.js';
import { SingleFlight } from './single-flight.js';
import type { CacheResult, CacheState, Loader, LoadOptions, LoadReason, ResultCache } from './types.js';

export interface ResultCacheOptions {
  /** The most results kept; 1000 by default. */
  maxEntries?: number;
  /** The most bytes kept, as JSON text; 64 MiB by default. A result above a quarter of that is not kept. */
  maxBytes?: number;
  /** Milliseconds for which an expired result may serve if no new one can be loaded; 24 hours by default. */
  staleMs?: number;
  /** Shares the results, and the requests in flight, with other processes. */
  redis?: RedisConnection;
  /** Receives how every caller was served; for counters and logs. */
  onEvent?: CacheListener;
}

/** A result this far into its life is refreshed while it can still be served. */
const REFRESH_AFTER_FRACTION = 0.8;

/** The time a caller must have left for another attempt to be worth a query. */
const MIN_RETRY_MS = 1000;

/** How often a process checks for a result that another one is loading. */
const POLL_MS = 100;

/** Failures caused by one caller's deadline; another caller may have more time. */
const TIME_LIMIT_CODES: readonly ErrorCode[] = [
  'RATE_LIMITED_HOURLY',
  'RATE_LIMITED_CONCURRENT',
  'RATE_LIMITED_LOAD',
  'TIMEOUT',
];

/** A result, and whether it was loaded by this request or found in another process. */
interface LoadResult {
  entry: CacheEntry;
  state: CacheState;
}

/**
 * Creates a cache of results.
 *
 * @example
 * const cache = createResultCache();
 * const { value, state } = await cache.getOrLoad(key, { freshMs: 60_000 }, (signal) => fetchRows(signal));
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
      return toCacheResult<T>({ value: await load(signal, 'demand'), at: Date.now() }, 'BYPASS');
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
        !PluginError.is(error) ||
        !ERRORS[error.code].staleMayServe ||
        getAgeMs(stale) > loadOptions.freshMs + staleMs
      )
        throw error;
      return { ...toCacheResult<T>(stale, 'STALE'), staleReason: error.message };
    }
  }

  /** Joins the identical request in flight, or starts one. */
  async function joinOrStart<T>(
    key: string,
    loadOptions: LoadOptions,
    load: Loader<T>,
  ): Promise<CacheResult<T>> {
    const inFlight = flights.get(key);
    if (!inFlight || inFlight.isAbandoned) {
      const { entry, state } = await startFlight(key, loadOptions, load, 'demand').join(loadOptions);
      return toCacheResult<T>(entry, state);
    }
    try {
      return toCacheResult<T>((await inFlight.join(loadOptions)).entry, 'SHARED');
    } catch (error) {
      // It failed because the caller that started it had less time than this one.
      if (hasErrorCode(error, TIME_LIMIT_CODES) && hasTimeToRetry(loadOptions, inFlight, error))
        return joinOrStart(key, loadOptions, load);
      throw error;
    }
  }

  function startFlight<T>(
    key: string,
    loadOptions: LoadOptions,
    load: Loader<T>,
    reason: LoadReason,
  ): SingleFlight<LoadResult> {
    const maxAgeMs =
      reason === 'refresh' ? loadOptions.freshMs * REFRESH_AFTER_FRACTION : loadOptions.freshMs;
    const flight = new SingleFlight<LoadResult>(
      (signal) => loadOnce(key, maxAgeMs, loadOptions, () => load(signal, reason), signal),
      loadOptions.deadline,
    );
    flights.set(key, flight);
    const removeFlight = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(removeFlight, removeFlight);
    return flight;
  }

  /** Loads the result, unless another process has one younger than `maxAgeMs` or is loading one. */
  async function loadOnce<T>(
    key: string,
    maxAgeMs: number,
    { freshMs, isValue = () => true }: LoadOptions,
    load: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<LoadResult> {
    let unlock: (() => Promise<void>) | undefined;
    try {
      for (let state: CacheState = 'HIT'; sharedResults; state = 'SHARED') {
        const found = await sharedResults.read(key, { maxBytes: 2 * maxEntrySize, isValue });
        if (found && storeShared(key, found) && getAgeMs(found) < maxAgeMs) return { entry: found, state };
        // We held the lock before this read, so no result can have been written between the two.
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

  /** Keeps an entry unless a younger one is kept under its key. Returns its size in bytes. */
  function store(key: string, entry: CacheEntry): number {
    const size = freezeAndMeasure(entry.value);
    const cached = entries.peek(key);
    if (!cached || cached.at <= entry.at) entries.set(key, entry, { size });
    return size;
  }

  /** Keeps an entry from Redis. Returns false if it is nested too deeply to have been one of ours. */
  function storeShared(key: string, entry: CacheEntry): boolean {
    try {
      store(key, entry);
      return true;
    } catch {
      return false;
    }
  }

  /** Reloads a result before it expires. No caller waits; if it fails, the result at hand is still good. */
  async function refresh<T>(key: string, loadOptions: LoadOptions, load: Loader<T>): Promise<void> {
    if (!loadOptions.shouldRefresh || flights.has(key)) return;
    try {
      if (!(await loadOptions.shouldRefresh()) || flights.has(key)) return;
      await startFlight(key, loadOptions, load, 'refresh').result;
      emit({ type: 'refreshed' });
    } catch {
      // The next caller after it expires loads it, and gets the error if that fails.
    }
  }

  function toCacheResult<T>(entry: CacheEntry, state: CacheState): CacheResult<T> {
    const ageMs = getAgeMs(entry);
    emit({ type: 'served', state, ageMs });
    // The value under a key is of the type stored under it.
    return { value: entry.value as T, state, ageMs };
  }

  return { getOrLoad, close: async () => entries.clear() };
}

function hasErrorCode(error: unknown, codes: readonly ErrorCode[]): error is PluginError {
  return PluginError.is(error) && codes.includes(error.code);
}

/** Returns whether a caller still has time for an attempt of its own after a shorter one has failed. */
function hasTimeToRetry(
  { deadline = Number.POSITIVE_INFINITY }: LoadOptions,
  flight: SingleFlight<LoadResult>,
  { retryAt = 0 }: PluginError,
): boolean {
  return deadline > flight.deadline && deadline > retryAt && deadline - Date.now() >= MIN_RETRY_MS;
}
