import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWithOwnRedis, RedisCluster, RedisSentinel, RedisServer } from '../redis-server.js';
import { LOAD_FACTOR, MAX_WAIT_MS } from '../time-limits.js';

/** Stands for the hour: what takes seconds is the same, so that one window is enough to see too many starts. */
const WINDOW_MS = 8_000;
/** On a busy machine a call arrives so much later than it started, and the next one does not. */
const MAX_LAG_MS = Math.min(2000, 500 * (LOAD_FACTOR - 1));
const LIMIT = 60;
const CONCURRENT = 5;
/** One process's clock is this far behind, another's as far ahead. */
const CLOCK_OFFSETS = [0, -3_600_000, 3_600_000, 0];
const WAIT_OPTIONS = { timeout: 2 * MAX_WAIT_MS, interval: 50 };

/** Mixpanel's side: it counts what arrives and knows nothing of us. */
class Judge {
  readonly arrivals: number[] = [];
  maxPerWindow = 0;
  maxRunning = 0;
  #running = 0;
  readonly #server: Server = createServer((_request, response) => {
    this.arrivals.push(performance.now());
    this.maxPerWindow = Math.max(this.maxPerWindow, this.#countSince(WINDOW_MS - MAX_LAG_MS));
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
    return this.#countSince(WINDOW_MS);
  }

  #countSince(ms: number): number {
    const since = performance.now() - ms;
    return this.arrivals.filter((at) => at > since).length;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** What goes wrong with a Redis of its own, while four processes call a Mixpanel of its own. */
interface Scenario {
  name: string;
  start: () => Promise<{ url: string; stop: () => Promise<void>; fail: () => Promise<void> }>;
}

function withServer(name: string, fail: (redis: RedisServer) => Promise<unknown>): Scenario {
  return {
    name,
    start: async () => {
      const redis = await RedisServer.start();
      return {
        url: redis.url,
        stop: () => redis.stop(),
        fail: async () => {
          await fail(redis);
        },
      };
    },
  };
}

/** Lasts as long as it takes an operator's tool to notice. */
const OUTAGE_MS = 5000;

const SCENARIOS: Scenario[] = [
  withServer('Redis hangs for five seconds', async (redis) => {
    redis.freeze();
    await sleep(OUTAGE_MS);
    redis.thaw();
  }),
  withServer('Redis pauses its clients', (redis) => redis.command('CLIENT', 'PAUSE', '4000', 'ALL')),
  withServer('Redis is flushed', (redis) => redis.command('FLUSHALL')),
  withServer('Redis is killed and starts empty after two seconds', async (redis) => {
    await redis.stop();
    await sleep(2000);
    await redis.start();
  }),
  withServer('Redis has no memory for four seconds', async (redis) => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await sleep(4000);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  }),
  withServer('all connections are cut, twice', async (redis) => {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await sleep(500);
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  }),
  {
    name: 'a Sentinel replaces a master that was killed',
    start: async () => {
      const sentinel = await RedisSentinel.start();
      return { url: sentinel.url, stop: () => sentinel.stop(), fail: () => sentinel.failOver() };
    },
  },
  {
    name: 'a cluster replaces the master that holds the quota',
    start: async () => {
      const cluster = await RedisCluster.start();
      return { url: cluster.url, stop: () => cluster.stop(), fail: () => cluster.failOver() };
    },
  },
];

function startReplica(index: number, places: readonly [redisUrl: string, judgeUrl: string][]): ChildProcess {
  const script = fileURLToPath(new URL('load-replica.js', import.meta.url));
  return fork(script, [String(WINDOW_MS), String(CLOCK_OFFSETS[index]), JSON.stringify(places)]);
}

async function stopReplica(replica: ChildProcess): Promise<void> {
  if (replica.exitCode !== null || replica.signalCode !== null) return;
  const ended = once(replica, 'exit');
  replica.kill('SIGKILL');
  await ended;
}

/** Waits until the window in which `fail` ended is over and another one is full. */
async function judgeFault(judge: Judge, fail: () => Promise<void>): Promise<void> {
  await vi.waitFor(() => expect(judge.recent).toBeGreaterThanOrEqual(0.95 * LIMIT), WAIT_OPTIONS);
  await fail();
  const before = judge.arrivals.length;
  await vi.waitFor(
    () => expect(judge.arrivals.length - before).toBeGreaterThanOrEqual(1.5 * LIMIT),
    WAIT_OPTIONS,
  );
  await vi.waitFor(() => expect(judge.recent).toBeGreaterThanOrEqual(0.95 * LIMIT), WAIT_OPTIONS);
  expect(judge.maxPerWindow).toBeLessThanOrEqual(LIMIT);
  expect(judge.maxRunning).toBeLessThanOrEqual(CONCURRENT);
}

describeWithOwnRedis('four processes that never stop calling, judged from the other side', () => {
  const redises: Awaited<ReturnType<Scenario['start']>>[] = [];
  const judges: Judge[] = [];
  const replicas: ChildProcess[] = [];

  beforeAll(async () => {
    redises.push(...(await Promise.all(SCENARIOS.map(({ start }) => start()))));
    const places: [string, string][] = [];
    for (const { url } of redises) {
      const judge = new Judge();
      judges.push(judge);
      places.push([url, await judge.start()]);
    }
    replicas.push(...CLOCK_OFFSETS.map((_, index) => startReplica(index, places)));
  });
  afterAll(async () => {
    for (const replica of replicas) await stopReplica(replica);
    for (const judge of judges) judge.stop();
    for (const redis of redises) await redis.stop();
  });

  test.concurrent.each(SCENARIOS.map(({ name }, index) => [name, index] as const))(
    'when %s, no window has more than 60 calls, no more than 5 run, and the window is used to 95 percent again',
    (_name, index) => judgeFault(judges[index]!, redises[index]!.fail),
  );

  test.concurrent('when a process is killed and another one starts, the same holds', async () => {
    const redis = await RedisServer.start();
    const judge = new Judge();
    const places: [string, string][] = [[redis.url, await judge.start()]];
    const ownReplicas = CLOCK_OFFSETS.map((_, index) => startReplica(index, places));
    try {
      await judgeFault(judge, async () => {
        await stopReplica(ownReplicas[0]!);
        ownReplicas[0] = startReplica(0, places);
      });
    } finally {
      for (const replica of ownReplicas) await stopReplica(replica);
      judge.stop();
      await redis.stop();
    }
  });
});
