import { randomUUID } from 'node:crypto';
import { type RedisConnection, RedisUnavailableError } from '../redis.js';
import type { CacheEntry } from './entry.js';

/** Whoever loads a result tells the others by this lock; it is free again this long after its holder's death. */
const LOCK_MS = 10_000;

const KEY_PREFIX = 'mixpanel-datasource:result:';

const UNLOCK_SCRIPT = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const RENEW_SCRIPT = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

/**
 * Results that many processes share, under the hashed keys of the cache. While Redis is gone there is nothing in
 * it, and everybody holds every lock: each process is on its own.
 */
export class SharedResults {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async read(key: string): Promise<CacheEntry | undefined> {
    const text = await this.#send('GET', KEY_PREFIX + key);
    return typeof text === 'string' ? (JSON.parse(text) as CacheEntry) : undefined;
  }

  async write(key: string, entry: CacheEntry, ttlMs: number): Promise<void> {
    await this.#send('SET', KEY_PREFIX + key, JSON.stringify(entry), 'PX', String(ttlMs));
  }

  /** Takes the right to load the result, kept until the returned function is called; nothing if somebody has it. */
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

  /** The answer, or `undefined` while Redis is gone. */
  async #send(command: string, ...args: string[]): Promise<unknown> {
    try {
      return await this.#connection.call(command, ...args);
    } catch (error) {
      if (error instanceof RedisUnavailableError) return undefined;
      throw error;
    }
  }
}
