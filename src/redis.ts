import { safeListener } from './cache/safe-listener.js';
import { PluginError } from './errors.js';

/** What we need of a Redis client: ioredis has it as it is. */
export interface RedisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
}

export type RedisEvent =
  /** Each process goes on alone, with a share of the quota, until Redis is back. */
  { type: 'redis-lost'; message: string } | { type: 'redis-back' };

/** Redis does not answer. Never leaves the package: whoever meets it goes on without Redis. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}

/** Longer than this no query waits for Redis: it is there to save time. */
const REPLY_TIMEOUT_MS = 1000;

/** How long a Redis that has failed is left alone. */
const COOLDOWN_MS = 1000;

/** The way to a shared Redis: says once when it is lost and once when it is back. */
export class RedisConnection {
  readonly #client: Promise<RedisClient>;
  readonly #isOwned: boolean;
  readonly #onEvent: (event: RedisEvent) => void;
  #isLost = false;
  #cooldownUntil = 0;

  constructor(target: string | RedisClient, onEvent?: (event: RedisEvent) => void) {
    this.#isOwned = typeof target === 'string';
    this.#client = typeof target === 'string' ? connect(target) : Promise.resolve(target);
    this.#client.catch(() => {}); // Met by the first command.
    this.#onEvent = safeListener(onEvent);
  }

  /** Sends a command. Rejects with `RedisGone` when no answer comes soon. */
  async call(command: string, ...args: string[]): Promise<unknown> {
    if (Date.now() < this.#cooldownUntil) throw new RedisUnavailableError('Redis is resting.');
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('it did not answer within a second')), REPLY_TIMEOUT_MS);
    });
    try {
      const reply = await Promise.race([
        this.#client.then((client) => client.call(command, ...args)),
        timeout,
      ]);
      if (this.#isLost) {
        this.#isLost = false;
        this.#onEvent({ type: 'redis-back' });
      }
      return reply;
    } catch (thrown) {
      this.#cooldownUntil = Date.now() + COOLDOWN_MS;
      if (!this.#isLost) {
        this.#isLost = true;
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        this.#onEvent({
          type: 'redis-lost',
          message: `Redis is gone (${reason}). Until it is back, this process uses a small share of each quota alone.`,
        });
      }
      throw new RedisUnavailableError('Redis does not answer.');
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection if it is ours; a client handed in stays open. */
  async close(): Promise<void> {
    if (!this.#isOwned) return;
    const client = await this.#client.catch(() => undefined);
    if (client && 'disconnect' in client && typeof client.disconnect === 'function') client.disconnect();
  }
}

/** Loads the Redis client only when somebody asks for Redis: the core stays light. */
async function connect(url: string): Promise<RedisClient> {
  const { Redis } = await import('ioredis').catch(() => {
    throw new PluginError(
      'INTERNAL',
      'Sharing through Redis needs the package ioredis. Install it beside this one.',
    );
  });
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REPLY_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(2000, 50 * 2 ** attempt),
  });
  client.on('error', () => {}); // Every command that fails says so itself.
  await client.connect().catch(() => {}); // It goes on trying.
  return client;
}
