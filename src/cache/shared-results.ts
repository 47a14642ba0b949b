import { randomUUID } from 'node:crypto';
import { type RedisConnection, RedisUnavailableError } from '../redis/index.js';
import { type CacheEntry, parseEntry } from './entry.js';

/** How long the lock of a process that died while loading a result still holds. */
const LOCK_MS = 10_000;

/** The number is the version of an entry's shape. */
const KEY_PREFIX = 'mixpanel-datasource:result.2:';

/** What is no string, or longer than any entry of ours, is not read. */
const READ_SCRIPT = `
if redis.call('TYPE', KEYS[1]).ok ~= 'string' or redis.call('STRLEN', KEYS[1]) > tonumber(ARGV[1]) then return nil end
return redis.call('GET', KEYS[1])`;
const UNLOCK_SCRIPT = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const RENEW_SCRIPT = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

interface ReadOptions {
  maxBytes: number;
  isValue: (value: unknown) => boolean;
}

/**
 * Results in Redis, shared by many processes under the hashed keys of the cache. While Redis is unavailable it finds
 * nothing and grants every lock, so that each process works on its own.
 */
export class SharedResults {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** Returns the entry under `key`; `undefined` if there is none, or if what is there is not one of ours. */
  async read(key: string, { maxBytes, isValue }: ReadOptions): Promise<CacheEntry | undefined> {
    const text = await this.#send('EVAL', READ_SCRIPT, '1', KEY_PREFIX + key, String(maxBytes));
    const entry = typeof text === 'string' ? parseEntry(text) : undefined;
    return entry && isValue(entry.value) ? entry : undefined;
  }

  async write(key: string, entry: CacheEntry, ttlMs: number): Promise<void> {
    await this.#send('SET', KEY_PREFIX + key, JSON.stringify(entry), 'PX', String(ttlMs));
  }

  /** Locks the loading of a result and returns the unlock function; `undefined` if another process holds the lock. */
  async tryLock(key: string): Promise<(() => Promise<void>) | undefined> {
    const lockKey = `${KEY_PREFIX}${key}:lock`;
    const token = randomUUID();
    const reply = await this.#send('SET', lockKey, token, 'NX', 'PX', String(LOCK_MS));
    if (reply === null) return undefined;
    const renewal = setInterval(
      () => void this.#send('EVAL', RENEW_SCRIPT, '1', lockKey, token, String(LOCK_MS)),
      LOCK_MS / 3,
    );
    renewal.unref();
    return async () => {
      clearInterval(renewal);
      await this.#send('EVAL', UNLOCK_SCRIPT, '1', lockKey, token);
    };
  }

  /** Returns the reply, or `undefined` while Redis is unavailable. */
  async #send(command: string, ...args: string[]): Promise<unknown> {
    try {
      return await this.#connection.call(command, ...args);
    } catch (error) {
      if (error instanceof RedisUnavailableError) return undefined;
      throw error;
    }
  }
}
