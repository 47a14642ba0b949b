import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';

const installed = spawnSync('redis-server', ['--version']).status === 0;

/** Why the tests with a real Redis cannot run here; nothing where they can. */
const missing = installed ? undefined : 'skipped: no redis-server on the PATH';

/** A group of tests with a real Redis. Where there is none they are skipped, which in CI is a failure. */
export function describeWithRedis(name: string, tests: () => void): void {
  describe.skipIf(missing)(missing ? `${name} (${missing})` : name, tests);
  if (!missing || !process.env.CI) return;
  test(`${name}: a Redis to test with`, () => {
    expect.fail('CI must have redis-server on the PATH, else sharing is not tested at all.');
  });
}

/** A Redis of this test's own, on a free port, that can be stopped and started again, empty. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  private constructor(port: number) {
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const options = ['--port', `${this.#port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#process = spawn('redis-server', options, { stdio: 'ignore' });
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}
