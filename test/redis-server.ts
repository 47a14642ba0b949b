import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { describe, expect, test } from 'vitest';

/** The server to test with, such as `valkey-server`. */
const BINARY = process.env.REDIS_SERVER ?? 'redis-server';
const isInstalled = spawnSync(BINARY, ['--version']).status === 0;
const externalUrl = process.env.REDIS_URL;

/** A group of tests with a Redis: one of their own, or the one at `REDIS_URL`, which they must not disturb. */
export function describeWithRedis(name: string, tests: () => void): void {
  describeUnless(
    isInstalled || externalUrl ? undefined : `no ${BINARY} on the PATH and no REDIS_URL`,
    name,
    tests,
  );
}

/** A group of tests with a Redis of their own, which they may stop. */
export function describeWithOwnRedis(name: string, tests: () => void): void {
  describeUnless(isInstalled ? undefined : `no ${BINARY} on the PATH`, name, tests);
}

/** Where the means are missing the tests are skipped and say so, which in CI is a failure. */
function describeUnless(missingReason: string | undefined, name: string, tests: () => void): void {
  describe.skipIf(missingReason)(missingReason ? `${name} (skipped: ${missingReason})` : name, tests);
  if (!missingReason || !process.env.CI) return;
  test(`${name}: a Redis to test with`, () => {
    expect.fail(`In CI nothing is skipped, but there is ${missingReason}.`);
  });
}

export interface RedisServerOptions {
  /** Further arguments of the server. */
  args?: readonly string[];
  /** How to reach it, beyond host and port. */
  client?: RedisOptions;
  /** Serves TLS only. */
  tls?: boolean;
}

/** A Redis to test with: of the test's own, on a free port, empty, or else the one at `REDIS_URL`. */
export class RedisServer {
  readonly url: string;
  readonly port: number | undefined;
  readonly #options: RedisServerOptions;
  #process: ChildProcess | undefined;

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const port = isInstalled ? await findFreePort() : undefined;
    const server = new RedisServer(port, options);
    await server.start();
    return server;
  }

  private constructor(port: number | undefined, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
    this.url =
      port === undefined ? String(externalUrl) : `redis${options.tls ? 's' : ''}://127.0.0.1:${port}`;
  }

  /** Starts it, or starts it again: with nothing in it. */
  async start(): Promise<void> {
    if (this.port !== undefined) {
      const { args = [], tls } = this.#options;
      const port = tls ? ['--port', '0', '--tls-port', `${this.port}`] : ['--port', `${this.port}`];
      const options = [...port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...args];
      this.#process = spawn(BINARY, options, { stdio: 'ignore' });
    }
    await this.command('PING');
  }

  async stop(): Promise<void> {
    await stopProcess(this.#process);
  }

  /** Keeps its connections but answers nothing, until `thaw`. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Sends one command over a connection of its own. */
  command(command: string, ...args: string[]): Promise<unknown> {
    return sendCommand(this.url, this.#options.client, command, ...args);
  }
}

/** Three masters, and a replica of the one that holds our quotas. */
export class RedisCluster {
  readonly #folder: string;
  readonly #nodes: RedisServer[] = [];
  #owner!: RedisServer;

  static async start(args: readonly string[] = []): Promise<RedisCluster> {
    const cluster = new RedisCluster();
    const ports: { port: string; busPort: string }[] = [];
    for (let index = 0; index < 4; index += 1) {
      const busPort = String(await findFreePort());
      const node = await RedisServer.start({
        args: [
          ...['--cluster-enabled', 'yes', '--cluster-port', busPort, '--cluster-node-timeout', '1000'],
          ...['--cluster-config-file', `nodes-${index}.conf`, '--dir', cluster.#folder, ...args],
        ],
      });
      cluster.#nodes.push(node);
      ports.push({ port: String(node.port), busPort });
    }
    await cluster.#join(ports);
    return cluster;
  }

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'redis-cluster-'));
  }

  /** The address of two of its nodes: the others are found. */
  get url(): string {
    const [, first, second] = this.#nodes;
    return `redis+cluster://127.0.0.1:${first!.port},127.0.0.1:${second!.port}`;
  }

  /** The address of a node that does not hold our quotas. */
  get nodeUrl(): string {
    return this.#nodes.find((node) => node !== this.#owner)!.url;
  }

  /** Kills the master that holds our quotas. */
  async failOver(): Promise<void> {
    await this.#owner.stop();
  }

  async stop(): Promise<void> {
    for (const node of this.#nodes) await node.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #join(ports: readonly { port: string; busPort: string }[]): Promise<void> {
    const [first, second, third, replica] = this.#nodes as [RedisServer, ...RedisServer[]];
    const masters = [first!, second!, third!];
    const slot = Number(await first!.command('CLUSTER', 'KEYSLOT', '{mixpanel-datasource}'));
    for (const [index, range] of SLOT_RANGES.entries()) {
      await masters[index]!.command('CLUSTER', 'ADDSLOTSRANGE', ...range.map(String));
      if (slot >= range[0] && slot <= range[1]) this.#owner = masters[index]!;
    }
    for (const { port, busPort } of ports.slice(1))
      await first!.command('CLUSTER', 'MEET', '127.0.0.1', port, busPort);
    for (const node of this.#nodes) await until(async () => (await count(node, 'known_nodes')) === 4);
    const ownerId = String(await this.#owner.command('CLUSTER', 'MYID'));
    await replica!.command('CLUSTER', 'REPLICATE', ownerId);
    await until(async () => String(await replica!.command('INFO')).includes('master_link_status:up'));
    for (const node of this.#nodes)
      await until(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
  }
}

const SLOT_RANGES = [
  [0, 5460],
  [5461, 10922],
  [10923, 16383],
] as const;

async function count(node: RedisServer, name: string): Promise<number> {
  return Number(
    new RegExp(`cluster_${name}:(\\d+)`).exec(String(await node.command('CLUSTER', 'INFO')))?.[1],
  );
}

/** A master, its replica, and a Sentinel that watches them as `mymaster`. */
export class RedisSentinel {
  readonly #folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-'));
  readonly #servers: RedisServer[] = [];
  #process: ChildProcess | undefined;
  #port = 0;

  static async start(): Promise<RedisSentinel> {
    const sentinel = new RedisSentinel();
    await sentinel.#start();
    return sentinel;
  }

  private constructor() {}

  get url(): string {
    return `redis+sentinel://127.0.0.1:${this.#port}/mymaster`;
  }

  /** The address of the Sentinel itself. */
  get ownUrl(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Kills the master. */
  async failOver(): Promise<void> {
    await this.#servers[0]!.stop();
  }

  async stop(): Promise<void> {
    await stopProcess(this.#process);
    for (const server of this.#servers) await server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const master = await RedisServer.start();
    const replica = await RedisServer.start({ args: ['--replicaof', `127.0.0.1 ${master.port}`] });
    this.#servers.push(master, replica);
    await until(async () => String(await replica.command('INFO')).includes('master_link_status:up'));
    this.#port = await findFreePort();
    const file = join(this.#folder, 'sentinel.conf');
    const lines = [
      `port ${this.#port}`,
      'bind 127.0.0.1',
      `dir ${this.#folder}`,
      `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds mymaster 1000',
      'sentinel failover-timeout mymaster 3000',
    ];
    writeFileSync(file, lines.join('\n'));
    this.#process = spawn(BINARY, [file, '--sentinel'], { stdio: 'ignore' });
    await until(async () =>
      String(await sendCommand(this.ownUrl, {}, 'INFO', 'sentinel')).includes('status=ok,address'),
    );
    await until(async () =>
      String(await sendCommand(this.ownUrl, {}, 'INFO', 'sentinel')).includes('slaves=1'),
    );
  }
}

async function stopProcess(running: ChildProcess | undefined): Promise<void> {
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  const ended = once(running, 'exit');
  running.kill('SIGKILL');
  await ended;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(50);
}

/** Waits for the server to come up, if need be. */
async function sendCommand(
  url: string,
  options: RedisOptions | undefined,
  command: string,
  ...args: string[]
): Promise<unknown> {
  const client = new Redis(url, { ...options, maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', () => {});
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
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
