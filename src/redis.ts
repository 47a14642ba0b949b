import { safeListener } from './errors.js';

/** The part of a Redis client that we use; a client of ioredis has it. */
export interface RedisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
}

export type RedisEvent =
  /** Each process goes on alone, with a share of the quota, until Redis is back. */
  { type: 'redis-lost'; message: string } | { type: 'redis-back' };

/** Thrown when Redis does not answer. Never leaves the package: rate limiter and cache go on without Redis. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}

/** The longest a query waits for Redis, which is there to save time. */
const REPLY_TIMEOUT_MS = 1000;

/** How long no command is sent after one has failed. */
const COOLDOWN_MS = 250;

/** A connection to a shared Redis. Reports once when it is lost and once when it is back. */
export class RedisConnection {
  readonly #client: Promise<RedisClient>;
  readonly #isOwned: boolean;
  readonly #onEvent: (event: RedisEvent) => void;
  #isLost = false;
  #cooldownUntil = 0;

  constructor(target: string | RedisClient, onEvent?: (event: RedisEvent) => void) {
    this.#isOwned = typeof target === 'string';
    this.#client = typeof target === 'string' ? connect(target) : Promise.resolve(target);
    this.#client.catch(() => {}); // The first command reports it.
    this.#onEvent = safeListener(onEvent);
  }

  /** Sends a command. Rejects with `RedisUnavailableError` if no reply comes in time. */
  async call(command: string, ...args: string[]): Promise<unknown> {
    if (performance.now() < this.#cooldownUntil) throw new RedisUnavailableError('Redis has just failed.');
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
      this.#cooldownUntil = performance.now() + COOLDOWN_MS;
      if (!this.#isLost) {
        this.#isLost = true;
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        this.#onEvent({
          type: 'redis-lost',
          message: `Redis is unavailable (${reason}). Until it is back, this process uses a small share of each quota.`,
        });
      }
      throw new RedisUnavailableError('Redis does not answer.');
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection, unless the client was passed in. */
  async close(): Promise<void> {
    if (!this.#isOwned) return;
    const client = await this.#client.catch(() => undefined);
    if (client && 'disconnect' in client && typeof client.disconnect === 'function') client.disconnect();
  }
}

/** Connects with ioredis, which is loaded only when Redis is used: the core stays light. */
async function connect(url: string): Promise<RedisClient> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REPLY_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(2000, 50 * 2 ** attempt),
  });
  client.on('error', () => {}); // Each command that fails reports it.
  await client.connect().catch(() => {}); // It retries in the background.
  return client;
}
