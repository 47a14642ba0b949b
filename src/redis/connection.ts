import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { PluginError, safeListener } from '../errors.js';
import { parseRedisAddress, type RedisAddress, type RedisTarget } from './address.js';
import { connectToRedis, type RedisClient } from './client.js';

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

/** Reasons that stay until an operator changes something, and what to change. */
const LASTING_REASONS: [RegExp, string][] = [
  [/\bMOVED\b/, 'It is a node of a cluster: write redis+cluster://host:port,host:port.'],
  [/cluster support disabled/, 'It is not a cluster: write redis://host:port, or redis+sentinel://.'],
  [
    /unknown command [`']?(SET|EVAL)/i,
    'It may be a Sentinel: write redis+sentinel://host:port/master, with the name of the master it watches.',
  ],
  [/unknown command [`']?sentinel/i, 'It is not a Sentinel: write redis://host:port, or redis+cluster://.'],
  [/sentinels know no master/, 'Check the name of the master in the address.'],
  [
    /\b(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH|ERR DB index)/,
    'Check the user, the password and the database in the address, and the rights of the user.',
  ],
];

/** A server that has become a replica is left alone by a failover, so it is waited for a moment. */
const REPLICA_REASON = /\bREADONLY\b/;

/** Errors of TLS that stay the same until an operator changes something. */
const LASTING_TLS_CODE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/;

const CERTIFICATE_ADVICE =
  'Check the certificate; one of your own authority is trusted with --redis-ca, or ca= in the address.';

/** A connection to a shared Redis. Reports once when it is lost and once when it is back. */
export class RedisConnection {
  readonly #client: Promise<RedisClient>;
  /** Absent if the client was passed in. */
  readonly #address: RedisAddress | undefined;
  readonly #onEvent: (event: RedisEvent) => void;
  #isLost = false;
  #cooldownUntil = 0;
  /** What the client reported last: more telling than the error of a command. */
  #lastError: Error | undefined;
  #reason = '';

  /** Throws `PluginError` when the address cannot lead to a Redis. */
  constructor(target: string | RedisTarget | RedisClient, onEvent?: (event: RedisEvent) => void) {
    this.#address = readTarget(target);
    this.#client = this.#address
      ? connectToRedis(this.#address, {
          timeoutMs: REPLY_TIMEOUT_MS,
          onError: (error) => {
            this.#lastError = error;
          },
        })
      : Promise.resolve(target as RedisClient);
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
   * an operator can help: wrong password, missing rights, TLS, a read-only replica, another topology.
   */
  async verify(): Promise<void> {
    const endsAt = performance.now() + VERIFY_MS;
    while (performance.now() < endsAt) {
      try {
        await this.call('SET', CHECK_KEY, '1', 'PX', '1000');
        return;
      } catch {
        const advice = this.#findAdvice() ?? (await this.#findTlsAdvice());
        if (advice) throw this.#unusable(advice);
      }
      await delay(COOLDOWN_MS);
    }
    if (REPLICA_REASON.test(this.#reason))
      throw this.#unusable('It is a replica: write the address of the master.');
  }

  #findAdvice(): string | undefined {
    const code = this.#lastError && 'code' in this.#lastError ? String(this.#lastError.code) : '';
    if (LASTING_TLS_CODE.test(code)) return CERTIFICATE_ADVICE;
    return LASTING_REASONS.find(([pattern]) => pattern.test(this.#reason))?.[1];
  }

  /** Asks the first server itself, since a lost connection does not say why it was lost. */
  async #findTlsAdvice(): Promise<string | undefined> {
    const [target] = this.#address?.nodes ?? [];
    if (!this.#address || !target) return undefined;
    const { tls, ca } = this.#address;
    const refusal = await findCertificateProblem(target, ca);
    if (!tls)
      return refusal === undefined ? undefined : 'The server expects TLS: write rediss instead of redis.';
    if (refusal === undefined)
      return (await speaksPlainText(target))
        ? 'The server does not use TLS: write redis instead of rediss.'
        : undefined;
    if (refusal === '') return undefined;
    this.#reason = refusal;
    return CERTIFICATE_ADVICE;
  }

  #unusable(advice: string): PluginError {
    const reason = this.#reason.replace(/\.$/, '');
    return new PluginError('INVALID_INPUT', `Redis cannot be used: ${reason}. ${advice}`);
  }

  /** Closes the connection, unless the client was passed in. */
  async close(): Promise<void> {
    if (!this.#address) return;
    const client = await this.#client.catch(() => undefined);
    if (client && 'disconnect' in client && typeof client.disconnect === 'function') client.disconnect();
  }
}

const CHECK_KEY = '{mixpanel-datasource}:check';

function readTarget(target: string | RedisTarget | RedisClient): RedisAddress | undefined {
  if (typeof target === 'string') return parseRedisAddress({ url: target });
  return 'url' in target ? parseRedisAddress(target) : undefined;
}

/**
 * Returns what is wrong with the certificate of a server, an empty text if nothing is, and `undefined` if it does not
 * speak TLS. No password goes over this connection.
 */
function findCertificateProblem(
  target: { host: string; port: number },
  ca: string | undefined,
): Promise<string | undefined> {
  const socket = connectTls({ ...target, ca, rejectUnauthorized: false });
  return probe<string>(socket, (finish) => {
    socket.once('secureConnect', () => finish(socket.authorized ? '' : String(socket.authorizationError)));
  });
}

function speaksPlainText(target: { host: string; port: number }): Promise<true | undefined> {
  const socket = connectTcp(target);
  return probe<true>(socket, (finish) => {
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => finish(/^[+-]/.test(String(reply)) ? true : undefined));
  });
}

/** Returns what `listen` finds out from a socket; `undefined` if that ends first. */
function probe<T>(
  socket: Socket,
  listen: (finish: (answer: T | undefined) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const finish = (answer: T | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(REPLY_TIMEOUT_MS, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('close', () => finish(undefined));
    listen(finish);
  });
}
