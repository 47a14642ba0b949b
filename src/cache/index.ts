import { LRUCache } from 'lru-cache';
import { type ErrorCode, PluginError } from '../errors.js';
import type { Cached, CacheOptions, CacheState, Load, ResultCache } from './cache.js';
import type { CacheListener } from './events.js';
import { Flight } from './flight.js';
import { freezeAndWeigh } from './freeze.js';

export type { Cached, CacheOptions, CacheState, Load, ResultCache } from './cache.js';
export type { CacheEvent, CacheListener } from './events.js';
export { cacheKey, type KeyParts } from './key.js';

const HOUR_MS = 3_600_000;
const MEBIBYTE = 1024 * 1024;

export interface ResultCacheOptions {
  /** Results kept at most; 1000 unless told. */
  maxEntries?: number;
  /** Bytes kept at most, counted as JSON text; 64 MiB unless told. What takes more than a quarter is not kept. */
  maxBytes?: number;
  /** Milliseconds beyond its life for which a result may serve when no new one can be had; 24 h unless told. */
  staleMs?: number;
  /** Hears how every caller was served; for counters and logs. */
  onEvent?: CacheListener;
}

interface Entry {
  value: unknown;
  /** Epoch milliseconds at which Mixpanel gave it. */
  at: number;
}

/** A result this far into its life is worth loading anew while it can still be served. */
const REFRESH_AFTER = 0.8;

/** What a caller must have left of its time for another attempt to be worth a query. */
const WORTHWHILE_MS = 1000;

/** Ends that come of a caller's time being short; another caller may have more. */
const OUT_OF_TIME: readonly ErrorCode[] = [
  'RATE_LIMITED_HOURLY',
  'RATE_LIMITED_CONCURRENT',
  'RATE_LIMITED_LOAD',
  'TIMEOUT',
];

/** Failures that say nothing against an older result: the quota is gone, or Mixpanel is. */
const FORGIVEN: readonly ErrorCode[] = [...OUT_OF_TIME, 'SERVER_TROUBLE', 'NETWORK'];

/** Makes a cache of results in this process' memory. */
export function createResultCache(options: ResultCacheOptions = {}): ResultCache {
  const { maxEntries = 1000, maxBytes = 64 * MEBIBYTE, staleMs = 24 * HOUR_MS, onEvent = () => {} } = options;
  const entries = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxBytes,
    maxEntrySize: maxBytes / 4,
  });
  const flights = new Map<string, Flight<Entry>>();

  async function through<T>(key: string, options: CacheOptions, load: Load<T>): Promise<Cached<T>> {
    if (options.freshMs <= 0) {
      const signal = options.signal ?? new AbortController().signal;
      return serve<T>({ value: await load(signal, 'interactive'), at: Date.now() }, 'BYPASS');
    }
    const kept = entries.get(key);
    if (kept && ageOf(kept) < options.freshMs) {
      if (ageOf(kept) >= options.freshMs * REFRESH_AFTER) void refresh(key, options, load);
      return serve<T>(kept, 'HIT');
    }
    try {
      return await fly(key, options, load);
    } catch (error) {
      const stale = entries.get(key);
      if (!stale || !failedWith(error, FORGIVEN) || ageOf(stale) > options.freshMs + staleMs) throw error;
      return { ...serve<T>(stale, 'STALE'), staleReason: error.message };
    }
  }

  /** Joins the identical request under way, or starts one. */
  async function fly<T>(key: string, options: CacheOptions, load: Load<T>): Promise<Cached<T>> {
    const underWay = flights.get(key);
    if (!underWay || underWay.abandoned) {
      const flight = launch(key, (signal) => load(signal, 'interactive'), options.deadline);
      return serve<T>(await flight.join(options), 'MISS');
    }
    try {
      return serve<T>(await underWay.join(options), 'SHARED');
    } catch (error) {
      // It failed because whoever started it had less time than this caller has.
      if (failedWith(error, OUT_OF_TIME) && outlives(options, underWay, error))
        return fly(key, options, load);
      throw error;
    }
  }

  function launch(
    key: string,
    load: (signal: AbortSignal) => Promise<unknown>,
    deadline?: number,
  ): Flight<Entry> {
    const fetchEntry = async (signal: AbortSignal): Promise<Entry> => {
      const entry = { value: await load(signal), at: Date.now() };
      entries.set(key, entry, { size: freezeAndWeigh(entry.value) });
      return entry;
    };
    const flight = new Flight(fetchEntry, deadline);
    flights.set(key, flight);
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(land, land);
    return flight;
  }

  async function refresh<T>(key: string, options: CacheOptions, load: Load<T>): Promise<void> {
    if (!options.mayRefresh || flights.has(key)) return;
    try {
      if (!(await options.mayRefresh()) || flights.has(key)) return;
      await launch(key, (signal) => load(signal, 'background'), options.deadline).result;
      onEvent({ type: 'refreshed' });
    } catch {
      // Nobody waits for it, and the result at hand is still good.
    }
  }

  function serve<T>({ value, at }: Entry, state: CacheState): Cached<T> {
    const cached = { value: value as T, state, ageMs: Math.max(0, Date.now() - at) };
    onEvent({ type: 'served', state, ageMs: cached.ageMs });
    return cached;
  }

  return { through, close: async () => entries.clear() };
}

function ageOf({ at }: Entry): number {
  return Date.now() - at;
}

function failedWith(error: unknown, codes: readonly ErrorCode[]): error is PluginError {
  return PluginError.is(error) && codes.includes(error.code);
}

/** Whether a caller still has time for a try of its own after a flight that had less has failed. */
function outlives(
  { deadline = Number.POSITIVE_INFINITY }: CacheOptions,
  flight: Flight<Entry>,
  { retryAt = 0 }: PluginError,
) {
  return deadline > flight.deadline && deadline > retryAt && deadline - Date.now() >= WORTHWHILE_MS;
}
