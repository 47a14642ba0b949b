import { connect as connectTcp } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { PluginError, safeListener } from './errors.js';

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

/** How long a start waits for Redis to answer before it goes on without. */
const VERIFY_MS = 3000;

/** Replies that stay the same until an operator changes something. */
const LASTING_REPLY = /^(WRONGPASS|NOAUTH|NOPERM|READONLY|MOVED|ERR invalid password|ERR DB index)/;

/** Errors of TLS that stay the same until an operator changes something. */
const LASTING_TLS_CODE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/;

/** A connection to a shared Redis. Reports once when it is lost and once when it is back. */
export class RedisConnection {
  readonly #client: Promise<RedisClient>;
  readonly #isOwned: boolean;
  readonly #onEvent: (event: RedisEvent) => void;
  #isLost = false;
  #cooldownUntil = 0;
  /** What the client reported last: more telling than the error of a command. */
  #lastError: Error | undefined;
  #reason = '';

  /** Throws `PluginError` when the address cannot lead to a Redis. */
  constructor(target: string | RedisClient, onEvent?: (event: RedisEvent) => void) {
    if (typeof target === 'string') checkAddress(target);
    this.#isOwned = typeof target === 'string';
    this.#client =
      typeof target === 'string'
        ? connect(target, (error) => {
            this.#lastError = error;
          })
        : Promise.resolve(target);
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
      this.#lastError = undefined;
      if (this.#isLost) {
        this.#isLost = false;
        this.#onEvent({ type: 'redis-back' });
      }
      return reply;
    } catch (thrown) {
      this.#cooldownUntil = performance.now() + COOLDOWN_MS;
      const isReply = thrown instanceof Error && thrown.name === 'ReplyError';
      const cause = isReply ? thrown : (this.#lastError ?? thrown);
      this.#reason = cause instanceof Error ? cause.message : String(cause);
      if (!this.#isLost) {
        this.#isLost = true;
        this.#onEvent({
          type: 'redis-lost',
          message: `Redis is unavailable (${this.#reason}). Until it is back, this process uses a small share of each quota.`,
        });
      }
      throw new RedisUnavailableError('Redis does not answer.');
    } finally {
      clearTimeout(timer);
    }
  }

  /** Why the last command failed, as the server or the network says it. */
  get reason(): string {
    return this.#reason;
  }

  /**
   * Waits a moment for Redis to answer. Resolves if it does or may still come up; rejects with `PluginError` if only
   * an operator can help: wrong password, missing rights, TLS, a read-only replica.
   */
  async verify(address: string): Promise<void> {
    const endsAt = performance.now() + VERIFY_MS;
    while (performance.now() < endsAt) {
      try {
        await this.call('SET', CHECK_KEY, '1', 'PX', '1000');
        return;
      } catch {
        const code = this.#lastError && 'code' in this.#lastError ? String(this.#lastError.code) : '';
        if (LASTING_REPLY.test(this.#reason) || LASTING_TLS_CODE.test(code))
          throw new PluginError('INVALID_INPUT', `Redis cannot be used: ${this.#reason}. ${ADVICE}`);
        const scheme = await findOtherScheme(address);
        if (scheme)
          throw new PluginError(
            'INVALID_INPUT',
            `Redis cannot be used: it ${scheme === 'rediss' ? 'expects' : 'does not use'} TLS. Write the address as ${scheme}://.`,
          );
      }
      await delay(COOLDOWN_MS);
    }
  }

  /** Closes the connection, unless the client was passed in. */
  async close(): Promise<void> {
    if (!this.#isOwned) return;
    const client = await this.#client.catch(() => undefined);
    if (client && 'disconnect' in client && typeof client.disconnect === 'function') client.disconnect();
  }
}

const CHECK_KEY = '{mixpanel-datasource}:check';

const ADVICE = 'Check the user, the password, the certificate and the role of the server, then start again.';

/** Throws when the address can never lead to a Redis. Does not repeat it: it may hold a password. */
function checkAddress(address: string): void {
  if (address.startsWith('/')) return;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const problem = url ? problemOf(url) : 'it is not a URL with a port up to 65535';
  if (problem === undefined) return;
  throw new PluginError(
    'INVALID_INPUT',
    `The Redis address cannot be used: ${problem}. Write redis://user:password@host:6379/0, rediss:// for TLS, or the path of a socket.`,
  );
}

function problemOf({ protocol, pathname }: URL): string | undefined {
  if (/sentinel|cluster/.test(protocol)) return 'Sentinel and Cluster are not supported';
  if (protocol !== 'redis:' && protocol !== 'rediss:') return `it begins with ${protocol}`;
  return /^(\/\d*)?$/.test(pathname) ? undefined : 'its database is not a number';
}

/** Returns the scheme that the server speaks if it is not the one of the address; `undefined` if nobody knows. */
async function findOtherScheme(address: string): Promise<'redis' | 'rediss' | undefined> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) return undefined;
  const target = { host: url.hostname || 'localhost', port: Number(url.port || DEFAULT_PORT) };
  return new Promise((resolve) => {
    // No password goes over these connections, so the certificate does not matter.
    const socket =
      url.protocol === 'redis:' ? connectTls({ ...target, rejectUnauthorized: false }) : connectTcp(target);
    const finish = (scheme?: 'redis' | 'rediss') => {
      socket.destroy();
      resolve(scheme);
    };
    socket.setTimeout(REPLY_TIMEOUT_MS, () => finish());
    socket.once('secureConnect', () => finish('rediss'));
    socket.once('connect', () => {
      if (url.protocol === 'rediss:') socket.write('PING\r\n');
    });
    socket.once('data', (reply) => finish(/^[+-]/.test(String(reply)) ? 'redis' : undefined));
    socket.once('error', () => finish());
    socket.once('close', () => finish());
  });
}

const DEFAULT_PORT = 6379;

/** Connects with ioredis, which is loaded only when Redis is used: the core stays light. */
async function connect(url: string, onError: (error: Error) => void): Promise<RedisClient> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REPLY_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(2000, 50 * 2 ** attempt),
  });
  client.on('error', onError); // Each command that fails reports it.
  await client.connect().catch(() => {}); // It retries in the background.
  return client;
}
