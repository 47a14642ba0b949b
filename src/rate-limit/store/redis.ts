import { createHash, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type RedisConnection, RedisUnavailableError } from '../../redis.js';
import { HOUR_MS, SECOND_MS } from '../../time/durations.js';
import type { FamilyLimits } from '../window/limits.js';
import { createWindowLogState, type WindowLogState, windowLogStateSchema } from '../window/state.js';
import { WindowLog } from '../window/window-log.js';
import { createMemoryStore } from './memory.js';
import { createIdGenerator, type LimiterStore } from './store.js';

/** A holder that has not renewed its lease for this long is dead. */
const LEASE_MS = 10 * SECOND_MS;

/** How often waiters check whether another process has freed what they wait for. */
const POLL_MS = 200;

/** A state read longer ago than this may not be written back: its time would be too far behind. */
const MAX_READ_AGE_MS = 500;

/** What nobody has touched for two hours has nothing left in its window. */
const TTL_MS = 2 * HOUR_MS;

const READ_SCRIPT = `
local time = redis.call('TIME')
return { redis.call('GET', KEYS[1]) or '', time[1] * 1000 + math.floor(time[2] / 1000) }`;

/** Writes only if the state is still what was read, and was read just now. */
const COMPARE_AND_SET_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or now - ARGV[3] > ${MAX_READ_AGE_MS} then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ${TTL_MS})
return 1`;

/** Returns the Redis key of a quota. The number is the version of the state's shape. */
export function createRedisKey(scopeKey: string): string {
  return `mixpanel-datasource:quota.2:${createHash('sha256').update(scopeKey).digest('base64url')}`;
}

export interface RedisStoreOptions {
  connection: RedisConnection;
  /** The Redis key. */
  key: string;
  limits: FamilyLimits;
  /** The part of the limits this process uses while Redis is unavailable, between 0 and 1. */
  share: number;
}

/**
 * Keeps a window log in Redis, where many processes share it, as one JSON text: read, changed by the same code as in
 * memory, and written back only if nobody else was faster, by the server's clock. While Redis is unavailable each
 * process goes on with a share of the limits. See docs/decisions/0007-redis-contents.md.
 */
export class RedisStore implements LimiterStore {
  readonly leaseMs = LEASE_MS;
  readonly pollMs = POLL_MS;
  readonly nextId: () => string;
  readonly #options: RedisStoreOptions;
  readonly #ownerId = randomUUID().slice(0, 8);
  /** The state as last seen in Redis, and how far the server's clock is ahead of ours. */
  #lastState: WindowLogState | undefined;
  #clockSkewMs = 0;
  #fallback: { store: LimiterStore; state: WindowLogState } | undefined;

  constructor(options: RedisStoreOptions) {
    this.#options = options;
    this.nextId = createIdGenerator(this.#ownerId);
  }

  async transact<T>(change: (log: WindowLog, now: number) => T): Promise<T> {
    try {
      return await this.#transactShared(change);
    } catch (error) {
      if (!(error instanceof RedisUnavailableError)) throw error;
      this.#fallback ??= this.#createFallback();
      return this.#fallback.store.transact(change);
    }
  }

  async #transactShared<T>(change: (log: WindowLog, now: number) => T): Promise<T> {
    const { connection, key, limits } = this.#options;
    for (;;) {
      const [text, now] = (await connection.call('EVAL', READ_SCRIPT, '1', key)) as [string, number];
      this.#clockSkewMs = now - Date.now();
      const state = parseState(text) ?? structuredClone(this.#lastState ?? createWindowLogState());
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

  /** Adds what Redis may have missed or lost: our own starts, and the calls started while it was unavailable. */
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
    state.externalStarts = sample(state.externalStarts, share);
    state.leases = {};
    return { state, store: createMemoryStore({ limits, state, share }) };
  }
}

/** Returns the state as text says it; nothing if there is none or it is not ours. */
function parseState(text: string): WindowLogState | undefined {
  if (text === '') return undefined;
  try {
    return windowLogStateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Returns a copy of the state whose times are `ms` later. */
function shiftTimes(state: WindowLogState, ms: number): WindowLogState {
  return {
    ...structuredClone(state),
    starts: state.starts.map(({ id, at }) => ({ id, at: at + ms })),
    externalStarts: state.externalStarts.map((at) => at + ms),
    hourlyLimitHit: { ...state.hourlyLimitHit, at: state.hourlyLimitHit.at + ms },
    pause: { ...state.pause, at: state.pause.at + ms, until: state.pause.until + ms },
  };
}

/** Returns evenly spread items, so that `share` of them remain. */
function sample<T>(items: readonly T[], share: number): T[] {
  return items.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));
}
