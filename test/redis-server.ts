import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
const externalUrl = process.env.REDIS_URL;

/** A group of tests with a Redis: one of their own, or the one at `REDIS_URL`, which they must not disturb. */
export function describeWithRedis(name: string, tests: () => void): void {
  describeUnless(
    isInstalled || externalUrl ? undefined : 'no redis-server on the PATH and no REDIS_URL',
    name,
    tests,
  );
}

/** A group of tests with a Redis of their own, which they may stop. */
export function describeWithOwnRedis(name: string, tests: () => void): void {
  describeUnless(isInstalled ? undefined : 'no redis-server on the PATH', name, tests);
}

/** Where the means are missing the tests are skipped and say so, which in CI is a failure. */
function describeUnless(missingReason: string | undefined, name: string, tests: () => void): void {
  describe.skipIf(missingReason)(missingReason ? `${name} (skipped: ${missingReason})` : name, tests);
  if (!missingReason || !process.env.CI) return;
  test(`${name}: a Redis to test with`, () => {
    expect.fail(`In CI nothing is skipped, but there is ${missingReason}.`);
  });
}

/** A Redis to test with: of the test's own, on a free port, empty, or else the one at `REDIS_URL`. */
export class RedisServer {
  readonly url: string;
  readonly #port: number | undefined;
  #process: ChildProcess | undefined;

  static async start(): Promise<RedisServer> {
    const port = isInstalled ? await findFreePort() : undefined;
    const server = new RedisServer(port);
    await server.start();
    return server;
  }

  private constructor(port: number | undefined) {
    this.#port = port;
    this.url = port === undefined ? String(externalUrl) : `redis://127.0.0.1:${port}`;
  }

  /** Starts it, or starts it again: with nothing in it. */
  async start(): Promise<void> {
    if (this.#port !== undefined) {
      const options = ['--port', `${this.#port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      this.#process = spawn('redis-server', options, { stdio: 'ignore' });
    }
    await this.command('PING');
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** Keeps its connections but answers nothing, until `thaw`. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Sends one command over a connection of its own. */
  async command(command: string, ...args: string[]): Promise<unknown> {
    const client = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    client.on('error', () => {});
    try {
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}
