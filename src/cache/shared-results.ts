import { randomUUID } from 'node:crypto';
import { RedisGone, type RedisLink } from '../redis.js';
import type { Entry } from './entry.js';

/** Whoever loads a result tells the others by this lock; it is free again this long after its holder's death. */
const LOCK_MS = 10_000;

const PREFIX = 'mixpanel-datasource:result:';

const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

/**
 * Results that many processes share, under the hashed keys of the cache. While Redis is gone there is nothing in
 * it, and everybody holds every lock: each process is on its own.
 */
export class SharedResults {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async read(key: string): Promise<Entry | undefined> {
    const text = await this.#ask('GET', PREFIX + key);
    return typeof text === 'string' ? (JSON.parse(text) as Entry) : undefined;
  }

  async write(key: string, entry: Entry, keepMs: number): Promise<void> {
    await this.#ask('SET', PREFIX + key, JSON.stringify(entry), 'PX', String(keepMs));
  }

  /** Takes the right to load the result, kept until the returned function is called; nothing if somebody has it. */
  async lock(key: string): Promise<(() => Promise<void>) | undefined> {
    const name = `${PREFIX}${key}:lock`;
    const token = randomUUID();
    const taken = await this.#ask('SET', name, token, 'NX', 'PX', String(LOCK_MS));
    if (taken === null) return undefined;
    const renewal = setInterval(
      () => void this.#ask('EVAL', RENEW, '1', name, token, String(LOCK_MS)),
      LOCK_MS / 3,
    );
    renewal.unref();
    return async () => {
      clearInterval(renewal);
      await this.#ask('EVAL', UNLOCK, '1', name, token);
    };
  }

  /** The answer, or `undefined` while Redis is gone. */
  async #ask(command: string, ...args: string[]): Promise<unknown> {
    try {
      return await this.#link.call(command, ...args);
    } catch (error) {
      if (error instanceof RedisGone) return undefined;
      throw error;
    }
  }
}
