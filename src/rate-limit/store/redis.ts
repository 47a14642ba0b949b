import { createHash, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import { type RedisConnection, RedisUnavailableError } from '../../redis/index.js';
import { HOUR_MS } from '../../time/durations.js';
import type { FamilyLimits } from '../window/limits.js';
import type { Reservations, SharedState } from '../window/state.js';
import { WindowLog } from '../window/window-log.js';
import { AloneLog } from './alone.js';
import {
  allot,
  createSharedState,
  hasOthers,
  LEASE_MS,
  openSharedState,
  parseSharedState,
  sumHeld,
} from './shared-state.js';
import { createIdGenerator, type LimiterStore } from './store.js';

/** How often waiters check whether another process has freed what they wait for. */
const POLL_MS = 200;

/** How often a process that uses the quota reports, and hands back what others ask for. */
const HEARTBEAT_MS = 500;

/** A state read longer ago than this may not be written back: its time would be too far behind. */
const MAX_READ_AGE_MS = 500;

/** What nobody has touched for two hours has nothing left in its window. */
const TTL_MS = 2 * HOUR_MS;

/** How long a state that could not be read is kept for inspection. */
const DISCARDED_TTL_MS = 24 * HOUR_MS;

/** Longer than any state of ours: a hundred thousand starts. */
const MAX_STATE_BYTES = 8_000_000;

// One hash tag, so that a cluster keeps the keys of a script on one node.
const KEY_PREFIX = '{mixpanel-datasource}:';

/** Since when this Redis has been known, in its own epoch milliseconds: a young one may have lost what it knew. */
const SINCE_KEY = `${KEY_PREFIX}since`;

/** Returns the Redis key of a quota. The number is the version of the state's shape. */
export function createRedisKey(scopeKey: string): string {
  return `${KEY_PREFIX}quota.2:${createHash('sha256').update(scopeKey).digest('base64url')}`;
}

/** Notes since when a Redis has been known, so that the first query need not wait for other processes to report. */
export async function introduceToRedis(connection: RedisConnection): Promise<void> {
  // Whether Redis answers is for the first query to find out.
  await connection.call('EVAL', INTRODUCE_SCRIPT, '1', SINCE_KEY).catch(() => {});
}

const INTRODUCE_SCRIPT = `
local time = redis.call('TIME')
return redis.call('SET', KEYS[1], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), 'NX')`;

/**
 * Returns the state, the server's time, since when its data has been known, whether the key held something foreign,
 * and the id of the running server, if the user may read it.
 */
const READ_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = redis.call('GET', KEYS[2])
if not since then
  redis.call('SET', KEYS[2], string.format('%.0f', now))
  since = now
end
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and (kind ~= 'string' or redis.call('STRLEN', KEYS[1]) > ${MAX_STATE_BYTES}) then
  redis.call('RENAME', KEYS[1], KEYS[1] .. ':discarded')
  redis.call('PEXPIRE', KEYS[1] .. ':discarded', ${DISCARDED_TTL_MS})
  return { '', now, now, 1, '' }
end
local info = redis.pcall('INFO', 'server')
local server = type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
return { redis.call('GET', KEYS[1]) or '', now, tonumber(since) or now, 0, server }`;

/** Writes only if the state is still what was read, and was read just now. */
const COMPARE_AND_SET_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or now - ARGV[3] > ${MAX_READ_AGE_MS} then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ${TTL_MS})
return 1`;

/** Puts a state that is not ours aside, unless another process has done so. */
const DISCARD_SCRIPT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('RENAME', KEYS[1], KEYS[1] .. ':discarded')
redis.call('PEXPIRE', KEYS[1] .. ':discarded', ${DISCARDED_TTL_MS})
return 1`;

export interface RedisStoreOptions {
  connection: RedisConnection;
  /** The Redis key. */
  key: string;
  limits: FamilyLimits;
  /** The part of the free quota set aside for this process, between 0 and 1. */
  share: number;
  /** Receives a sentence when what is in Redis is not ours and has been put aside. */
  onDiscard?: (message: string) => void;
}

/**
 * Keeps a window log in Redis, where many processes share it, as one JSON text: read, changed by the same code as in
 * memory, and written back only if nobody else was faster, by the server's clock. While Redis is unavailable each
 * process uses what all had set aside for it. See docs/decisions/0007-redis-contents.md.
 */
export class RedisStore implements LimiterStore {
  readonly leaseMs = LEASE_MS;
  readonly pollMs = POLL_MS;
  readonly nextId: () => string;
  readonly #options: RedisStoreOptions;
  readonly #ownerId = randomUUID().slice(0, 8);
  /** One transaction at a time: the next one must know what the last one has written. */
  readonly #transactions = new PQueue({ concurrency: 1 });
  /** The state as this process last wrote it, and how far the server's clock is ahead of ours. */
  #lastState: SharedState | undefined;
  #clockSkewMs = 0;
  /** The reservations that our own waiters made: they do not ask us to hand anything back. */
  readonly #ownReserved: Reservations = { start: 0, slot: 0 };
  /** What happens while Redis is unavailable. */
  #alone: AloneLog | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RedisStoreOptions) {
    this.#options = options;
    this.nextId = createIdGenerator(this.#ownerId);
  }

  transact<T>(change: (log: WindowLog, now: number) => T): Promise<T> {
    return this.#transactions.add(async () => {
      try {
        return await this.#transactShared(change);
      } catch (error) {
        if (!(error instanceof RedisUnavailableError)) throw error;
        const { limits, share } = this.#options;
        this.#alone ??= new AloneLog(this.#lastState, this.#ownerId, this.#clockSkewMs, limits, share);
        return this.#alone.transact(change);
      } finally {
        this.#keepHeartbeat();
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#lastState?.members[this.#ownerId]) await this.transact(() => {});
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  async #transactShared<T>(change: (log: WindowLog, now: number) => T): Promise<T> {
    const { connection, key, limits, share } = this.#options;
    let wasDiscarded = false;
    for (;;) {
      const reply = await connection.call('EVAL', READ_SCRIPT, '2', key, SINCE_KEY);
      const [text, now, since, wasForeign, server] = reply as [string, number, number, number, string];
      this.#clockSkewMs = now - Date.now();
      const parsed = parseSharedState(text);
      if (wasForeign === 1 || (!parsed && text !== '')) {
        wasDiscarded = true;
        if (text !== '') await connection.call('EVAL', DISCARD_SCRIPT, '1', key, text);
        this.#options.onDiscard?.(
          `The quota in Redis (${key}) is not readable. It was put aside and starts from what this process knows.`,
        );
        if (text !== '') continue;
      }
      const state = parsed ?? createSharedState(wasDiscarded || this.#knowsOthers() ? now : since, now);
      openSharedState(state, { now, ownerId: this.#ownerId, server: server || undefined });
      this.#mergeOwn(state, now);
      const log = new WindowLog(state, limits, now, {
        ...sumHeld(state, this.#ownerId),
        notBefore: state.settlesAt,
      });
      const reservedBefore = { ...state.reserved };
      const result = change(log, now);
      this.#noteReservations(reservedBefore, state.reserved);
      this.#updateMembership(state, log, now, share);
      const newText = JSON.stringify(state);
      const args = [key, text, newText, String(now)];
      if (newText === text || (await connection.call('EVAL', COMPARE_AND_SET_SCRIPT, '1', ...args)) === 1) {
        this.#lastState = state;
        this.#alone = undefined;
        return result;
      }
      await delay(randomInt(1, 10));
    }
  }

  /** Makes the state say of our own calls what we know of them, whatever happened to our last write. */
  #mergeOwn(state: SharedState, now: number): void {
    const last = this.#lastState;
    const alone = this.#alone;
    const isOwn = (id: string) => id.startsWith(this.#ownerId);
    const known = new Map((last?.starts ?? []).map((start) => [start.id, start]));
    for (const start of alone?.getStarts(this.#clockSkewMs) ?? []) known.set(start.id, start);
    for (const id of alone?.refunded ?? []) known.delete(id);
    const isLost = last !== undefined && last.generation !== state.generation;
    // A write whose reply was lost may have recorded a start that was never made, or made later.
    const others = state.starts.filter(({ id }) => !isOwn(id));
    const stored = new Set(others.map(({ id }) => id));
    const missing = [...known.values()].filter(({ id }) => isOwn(id) || (isLost && !stored.has(id)));
    state.starts = [...others, ...missing.map((start) => ({ ...start }))];
    state.starts.sort((a, b) => a.at - b.at);
    const running = alone ? alone.leaseIds : Object.keys(last?.leases ?? {}).filter(isOwn);
    for (const id of Object.keys(state.leases)) if (isOwn(id)) delete state.leases[id];
    for (const id of running) state.leases[id] = now + LEASE_MS;
    alone?.mergeLimits(state, this.#clockSkewMs);
  }

  #updateMembership(state: SharedState, log: WindowLog, now: number, share: number): void {
    const isOwn = (id: string) => id.startsWith(this.#ownerId);
    const isActive = state.starts.some(({ id }) => isOwn(id)) || Object.keys(state.leases).some(isOwn);
    if (isActive && !this.#isClosed)
      allot(state, log, now, { ownerId: this.#ownerId, share, ownReserved: this.#ownReserved });
    else delete state.members[this.#ownerId];
  }

  #noteReservations(before: Reservations, after: Reservations): void {
    if (after.start !== before.start) this.#ownReserved.start = after.start;
    if (after.slot !== before.slot) this.#ownReserved.slot = after.slot;
  }

  #knowsOthers(): boolean {
    return this.#lastState !== undefined && hasOthers(this.#lastState, this.#ownerId);
  }

  /** Reports regularly while this process uses the quota, so that the others know, also after Redis lost its data. */
  #keepHeartbeat(): void {
    const isNeeded =
      !this.#isClosed && (this.#alone !== undefined || this.#ownerId in (this.#lastState?.members ?? {}));
    if (isNeeded === (this.#heartbeat !== undefined)) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = isNeeded ? setInterval(() => this.#beat(), HEARTBEAT_MS).unref() : undefined;
  }

  #beat(): void {
    if (this.#transactions.size + this.#transactions.pending > 0) return;
    this.transact(() => {}).catch((thrown) => {
      process.emitWarning(thrown instanceof Error ? thrown : String(thrown));
    });
  }
}
