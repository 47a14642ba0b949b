import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisGone, type RedisLink } from '../../redis.js';
import { type FamilyLimits, HOUR_MS, SECOND_MS } from '../limits.js';
import { emptyLedger, Ledger, type LedgerState } from '../window-log.js';
import { type Book, createMemoryBook, nameCalls } from './memory.js';

/** A holder that has not renewed its place for this long is dead. */
const LEASE_MS = 10 * SECOND_MS;

/** How often those that wait look whether another process has freed what they wait for. */
const POLL_MS = 200;

/** A reading older than this may no longer be written back: its time would be too far behind. */
const OLD_READING_MS = 500;

/** What nobody has touched for two hours has nothing left in its window. */
const KEEP_MS = 2 * HOUR_MS;

const READ = `
local time = redis.call('TIME')
return { redis.call('GET', KEYS[1]) or '', time[1] * 1000 + math.floor(time[2] / 1000) }`;

/** Writes only if the ledger is still what was read, and was read just now. */
const WRITE_IF_UNCHANGED = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or now - ARGV[3] > ${OLD_READING_MS} then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ${KEEP_MS})
return 1`;

export interface RedisBookOptions {
  link: RedisLink;
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
export class RedisBook implements Book {
  readonly leaseMs = LEASE_MS;
  readonly pollMs = POLL_MS;
  readonly newId: () => string;
  readonly #options: RedisBookOptions;
  readonly #holder = randomUUID().slice(0, 8);
  /** The ledger as last seen in Redis, and how far the server's clock is ahead of ours. */
  #known: LedgerState | undefined;
  #skew = 0;
  #alone: { book: Book; state: LedgerState } | undefined;

  constructor(options: RedisBookOptions) {
    this.#options = options;
    this.newId = nameCalls(this.#holder);
  }

  async transact<T>(change: (ledger: Ledger, now: number) => T): Promise<T> {
    try {
      return await this.#transactShared(change);
    } catch (error) {
      if (!(error instanceof RedisGone)) throw error;
      this.#alone ??= this.#goAlone();
      return this.#alone.book.transact(change);
    }
  }

  async #transactShared<T>(change: (ledger: Ledger, now: number) => T): Promise<T> {
    const { link, key, limits } = this.#options;
    for (;;) {
      const [text, now] = (await link.call('EVAL', READ, '1', key)) as [string, number];
      this.#skew = now - Date.now();
      const state =
        text === '' ? structuredClone(this.#known ?? emptyLedger()) : (JSON.parse(text) as LedgerState);
      const alone = this.#alone && JSON.stringify(this.#alone.state);
      this.#contribute(state, now);
      const result = change(new Ledger(state, limits, now), now);
      const changed = JSON.stringify(state);
      const args = [key, text, changed, String(now)];
      if (changed === text || (await link.call('EVAL', WRITE_IF_UNCHANGED, '1', ...args)) === 1) {
        this.#known = state;
        if (this.#alone && JSON.stringify(this.#alone.state) === alone) this.#alone = undefined;
        return result;
      }
      await delay(randomInt(1, 10));
    }
  }

  /** Adds what Redis may have missed or lost: our own starts, and the calls begun while it was gone. */
  #contribute(state: LedgerState, now: number): void {
    const there = new Set(state.starts.map(({ id }) => id));
    const alone = this.#alone && shifted(this.#alone.state, this.#skew);
    const ours = [...(this.#known?.starts ?? []), ...(alone?.starts ?? [])].filter(({ id }) =>
      this.#isOurs(id),
    );
    for (const start of ours) {
      if (there.has(start.id)) continue;
      there.add(start.id);
      state.starts.push(start);
    }
    state.starts.sort((a, b) => a.at - b.at);
    for (const id of Object.keys(alone?.leases ?? {}).filter((each) => this.#isOurs(each))) {
      state.leases[id] = now + LEASE_MS;
    }
  }

  #isOurs(id: string): boolean {
    return id.startsWith(this.#holder);
  }

  #goAlone(): { book: Book; state: LedgerState } {
    const { limits, share } = this.#options;
    const state = shifted(this.#known ?? emptyLedger(), -this.#skew);
    state.starts = sample(state.starts, share);
    state.foreign = sample(state.foreign, share);
    state.leases = {};
    return { state, book: createMemoryBook({ limits, state, share }) };
  }
}

/** A copy of the ledger whose times are `ms` later. */
function shifted(state: LedgerState, ms: number): LedgerState {
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
