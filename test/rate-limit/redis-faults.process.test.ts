import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWithOwnRedis, RedisServer } from '../redis-server.js';

/** Stands for the hour: what takes seconds is the same, so that one window is enough to see too many starts. */
const WINDOW_MS = 8_000;
const LIMIT = 60;
const CONCURRENT = 5;
const REPLICAS = 4;
/** One process's clock is this far behind, another's as far ahead. */
const CLOCK_OFFSETS = [0, -3_600_000, 3_600_000, 0];
const WAIT_OPTIONS = { timeout: 90_000, interval: 50 };

/** Mixpanel's side: it counts what arrives and knows nothing of us. */
class Judge {
  readonly arrivals: number[] = [];
  maxPerWindow = 0;
  maxRunning = 0;
  #running = 0;
  readonly #server: Server = createServer((_request, response) => {
    this.arrivals.push(performance.now());
    this.maxPerWindow = Math.max(this.maxPerWindow, this.recent);
    this.#running += 1;
    this.maxRunning = Math.max(this.maxRunning, this.#running);
    response.on('close', () => {
      this.#running -= 1;
    });
    setTimeout(() => response.end('{}'), 20 + (this.arrivals.length % 7) * 40);
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Arrivals in the last window. */
  get recent(): number {
    const since = performance.now() - WINDOW_MS;
    return this.arrivals.filter((at) => at > since).length;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describeWithOwnRedis('four processes that never stop calling, judged from the other side', () => {
  let redis: RedisServer;
  let judgeUrl: string;
  const judge = new Judge();
  const replicas: ChildProcess[] = [];

  function startReplica(index: number): ChildProcess {
    const script = fileURLToPath(new URL('load-replica.js', import.meta.url));
    return fork(script, [redis.url, judgeUrl, String(WINDOW_MS), String(CLOCK_OFFSETS[index])]);
  }

  beforeAll(async () => {
    redis = await RedisServer.start();
    judgeUrl = await judge.start();
    for (let index = 0; index < REPLICAS; index += 1) replicas.push(startReplica(index));
  });
  afterAll(async () => {
    for (const replica of replicas) {
      if (replica.exitCode !== null || replica.signalCode !== null) continue;
      const ended = once(replica, 'exit');
      replica.kill('SIGKILL');
      await ended;
    }
    judge.stop();
    await redis.stop();
  });

  test.each<[string, () => Promise<void>]>([
    [
      'Redis hangs for five seconds',
      async () => {
        redis.freeze();
        await sleep(5000);
        redis.thaw();
      },
    ],
    [
      'Redis pauses its clients',
      async () => {
        await redis.command('CLIENT', 'PAUSE', '4000', 'ALL');
      },
    ],
    [
      'Redis is flushed',
      async () => {
        await redis.command('FLUSHALL');
      },
    ],
    [
      'Redis is killed and starts empty after two seconds',
      async () => {
        await redis.stop();
        await sleep(2000);
        await redis.start();
      },
    ],
    [
      'Redis has no memory for four seconds',
      async () => {
        await redis.command('CONFIG', 'SET', 'maxmemory', '1');
        await sleep(4000);
        await redis.command('CONFIG', 'SET', 'maxmemory', '0');
      },
    ],
    [
      'all connections are cut, twice',
      async () => {
        await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await sleep(500);
        await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      },
    ],
    [
      'a process is killed and another one starts',
      async () => {
        const ended = once(replicas[0]!, 'exit');
        replicas[0]!.kill('SIGKILL');
        await ended;
        replicas[0] = startReplica(0);
      },
    ],
  ])(
    'when %s, no window has more than 60 calls, no more than 5 run, and the window is used to 95 percent again',
    async (_name, fault) => {
      const before = judge.arrivals.length;
      await fault();
      await vi.waitFor(
        () => expect(judge.arrivals.length - before).toBeGreaterThanOrEqual(1.5 * LIMIT),
        WAIT_OPTIONS,
      );
      await vi.waitFor(() => expect(judge.recent).toBeGreaterThanOrEqual(0.95 * LIMIT), WAIT_OPTIONS);
      expect(judge.maxPerWindow).toBeLessThanOrEqual(LIMIT);
      expect(judge.maxRunning).toBeLessThanOrEqual(CONCURRENT);
    },
  );
});
