import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type RedisConnection, RedisUnavailableError } from '../../redis.js';
import { HOUR_MS, SECOND_MS } from '../../time/durations.js';
import type { FamilyLimits } from '../limits.js';
import { createWindowLogState, WindowLog, type WindowLogState } from '../window-log.js';
import { createIdGenerator, createMemoryStore, type LimiterStore } from './memory.js';

/** A holder that has not renewed its place for this long is dead. */
const LEASE_MS = 10 * SECOND_MS;

/** How often those that wait look whether another process has freed what they wait for. */
const POLL_MS = 200;

/** A reading older than this may no longer be written back: its time would be too far behind. */
const MAX_READ_AGE_MS = 500;

/** What nobody has touched for two hours has nothing left in its window. */
const TTL_MS = 2 * HOUR_MS;

const READ_SCRIPT = `
local time = redis.call('TIME')
return { redis.call('GET', KEYS[1]) or '', time[1] * 1000 + math.floor(time[2] / 1000) }`;

/** Writes only if the ledger is still what was read, and was read just now. */
const COMPARE_AND_SET_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or now - ARGV[3] > ${MAX_READ_AGE_MS} then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ${TTL_MS})
return 1`;

export interface RedisStoreOptions {
  connection: RedisConnection;
  /** The Redis key. */
  key: string;
  limits: FamilyLimits;
  /** The part of the limits this process allows itself while Redis is gone, between 0 and 1. */
  share: number;
}

/**
 * A ledger that many processes share. It is one small JSON text in Redis: whoever changes it reads it, applies
 * the same arithmetic as a single process does, and writes it back only if nobody was quicker, all by the
 * server's clock. So there is one ledger to understand, and it cannot differ between memory and Redis.
 *
 * While Redis is gone each process goes on with a share of the limits, starting from a scaled-down copy of what
 * was last known. When Redis is back, what was started meanwhile is added to it.
 */
export class RedisStore implements LimiterStore {
  readonly leaseMs = LEASE_MS;
  readonly pollMs = POLL_MS;
  readonly nextId: () => string;
  readonly #options: RedisStoreOptions;
  readonly #ownerId = randomUUID().slice(0, 8);
  /** The ledger as last seen in Redis, and how far the server's clock is ahead of ours. */
  #lastState: WindowLogState | undefined;
  #clockSkewMs = 0;
  #fallback: { store: LimiterStore; state: WindowLogState } | undefined;

  constructor(options: RedisStoreOptions) {
    this.#options = options;
    this.nextId = createIdGenerator(this.#ownerId);
  }

  async transact<T>(change: (ledger: WindowLog, now: number) => T): Promise<T> {
    try {
      return await this.#transactShared(change);
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      this.#fallback ??= this.#createFallback();
      return this.#fallback.store.transact(change);
    }
  }

  async #transactShared<T>(change: (ledger: WindowLog, now: number) => T): Promise<T> {
    const { connection, key, limits } = this.#options;
    for (;;) {
      const [text, now] = (await connection.call('EVAL', READ_SCRIPT, '1', key)) as [string, number];
      this.#clockSkewMs = now - Date.now();
      const state =
        text === ''
          ? structuredClone(this.#lastState ?? createWindowLogState())
          : (JSON.parse(text) as WindowLogState);
      const fallbackText = this.#fallback && JSON.stringify(this.#fallback.state);
      this.#mergeLocalState(state, now);
      const result = change(new WindowLog(state, limits, now), now);
      const newText = JSON.stringify(state);
      const args = [key, text, newText, String(now)];
      if (newText === text || (await connection.call('EVAL', COMPARE_AND_SET_SCRIPT, '1', ...args)) === 1) {
        this.#lastState = state;
        if (this.#fallback && JSON.stringify(this.#fallback.state) === fallbackText)
          this.#fallback = undefined;
        return result;
      }
      await delay(randomInt(1, 10));
    }
  }

  /** Adds what Redis may have missed or lost: our own starts, and the calls begun while it was gone. */
  #mergeLocalState(state: WindowLogState, now: number): void {
    const storedIds = new Set(state.starts.map(({ id }) => id));
    const fallbackState = this.#fallback && shiftTimes(this.#fallback.state, this.#clockSkewMs);
    const ownStarts = [...(this.#lastState?.starts ?? []), ...(fallbackState?.starts ?? [])].filter(
      ({ id }) => this.#isOwn(id),
    );
    for (const start of ownStarts) {
      if (storedIds.has(start.id)) continue;
      storedIds.add(start.id);
      state.starts.push(start);
    }
    state.starts.sort((a, b) => a.at - b.at);
    for (const id of Object.keys(fallbackState?.leases ?? {}).filter((leaseId) => this.#isOwn(leaseId))) {
      state.leases[id] = now + LEASE_MS;
    }
  }

  #isOwn(id: string): boolean {
    return id.startsWith(this.#ownerId);
  }

  #createFallback(): { store: LimiterStore; state: WindowLogState } {
    const { limits, share } = this.#options;
    const state = shiftTimes(this.#lastState ?? createWindowLogState(), -this.#clockSkewMs);
    state.starts = sample(state.starts, share);
    state.foreign = sample(state.foreign, share);
    state.leases = {};
    return { state, store: createMemoryStore({ limits, state, share }) };
  }
}

/** A copy of the ledger whose times are `ms` later. */
function shiftTimes(state: WindowLogState, ms: number): WindowLogState {
  return {
    ...structuredClone(state),
    starts: state.starts.map(({ id, at }) => ({ id, at: at + ms })),
    foreign: state.foreign.map((at) => at + ms),
    hourlyTrip: { ...state.hourlyTrip, at: state.hourlyTrip.at + ms },
    pause: { ...state.pause, at: state.pause.at + ms, until: state.pause.until + ms },
  };
}

/** Every so many-th of the items, so that `share` of them remain, spread as they were. */
function sample<T>(items: readonly T[], share: number): T[] {
  return items.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));
}
