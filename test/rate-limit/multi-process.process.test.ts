import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPlugin } from '../../src/plugin.js';
import { createRedisKey } from '../../src/rate-limit/store/redis.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { daysAgo } from '../days.js';
import { describeWithOwnRedis, RedisServer } from '../redis-server.js';
import { success } from '../results.js';

const PROJECT = '1234567';
const DATASET = { events: 5_000, users: 200 };
const UNLIMITED = { windows: [], concurrent: Number.POSITIVE_INFINITY };

const datasource = { username: 'sandbox.demo.mp-service-account', password: 'sandbox', projectId: PROJECT };

/** A query that differs from those of other numbers: each goes another number of days back. */
function createQuery(number: number) {
  const fromDate = daysAgo(number + 1);
  const toDate = daysAgo(1);
  return {
    datasource,
    command: 'GET_AGGREGATE_EVENT_COUNTS',
    parameters: { events: ['Signup'], fromDate, toDate },
  };
}

interface ReplicaResult {
  ok: boolean;
  body: unknown;
  message?: string;
  cache?: string;
}

/** A process with the built package in it. */
class Replica {
  readonly process: ChildProcess;
  readonly #pending = new Map<number, (answer: ReplicaResult | undefined) => void>();

  static async start(redisUrl: string, sandbox: Sandbox): Promise<Replica> {
    const replica = new Replica(redisUrl, sandbox);
    await once(replica.process, 'message');
    return replica;
  }

  private constructor(redisUrl: string, { hosts }: Sandbox) {
    const script = fileURLToPath(new URL('replica.js', import.meta.url));
    this.process = fork(script, [redisUrl, JSON.stringify(hosts)]);
    this.process.on('message', (message) => {
      const { number, answer } = message as { number: number; answer: ReplicaResult };
      this.#pending.get(number)?.(answer);
    });
    this.process.on('exit', () => {
      for (const resolve of this.#pending.values()) resolve(undefined);
    });
  }

  /** The answer to a query, or nothing if the process died before it came. */
  execute(number: number): Promise<ReplicaResult | undefined> {
    return new Promise((resolve) => {
      this.#pending.set(number, resolve);
      this.process.send({ number, call: createQuery(number) });
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }
}

describeWithOwnRedis('four processes and one Redis, against a Mixpanel with its quotas on', () => {
  let redis: RedisServer;
  let sandbox: Sandbox;
  let referenceSandbox: Sandbox;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
    sandbox = await startSandbox({ ...DATASET, quotas: true });
    referenceSandbox = await startSandbox(DATASET);
    // Every call takes a while, so that the five places are contended.
    await callControlApi('faults', { path: '/api/query/*', kind: 'latency', ms: 300, times: 1000 });
    for (let count = 0; count < 4; count += 1) replicas.push(await Replica.start(redis.url, sandbox));
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.stop();
    await sandbox.close();
    await referenceSandbox.close();
    await redis.stop();
  });

  async function callControlApi(path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
    });
    return response.json();
  }

  /** Calls that hold a slot according to the shared state. */
  async function countRunning(): Promise<number> {
    const text = await redis.command('GET', createRedisKey(`US:${PROJECT}:query`));
    return Object.keys((JSON.parse(String(text ?? '{"leases":{}}')) as { leases: object }).leases).length;
  }

  async function getStatuses(): Promise<number[]> {
    const { requests } = (await callControlApi('requests')) as { requests: { status: number }[] };
    return requests.map(({ status }) => status);
  }

  /** The right answers, from the same data without quotas. */
  async function getExpectedBodies(numbers: readonly number[]): Promise<Map<number, unknown>> {
    const plugin = createPlugin({ hosts: referenceSandbox.hosts, quota: { limits: { query: UNLIMITED } } });
    const answers = new Map<number, unknown>();
    for (const number of numbers)
      answers.set(number, success(await plugin.execute(createQuery(number))).body);
    await plugin.close();
    return answers;
  }

  test('every answer is right, each query is sent once, nothing is refused, a death costs no more than its leases', async () => {
    const [killed, ...survivors] = replicas as [Replica, ...Replica[]];
    const numbers = Array.from({ length: 40 }, (_, number) => number);
    const expected = await getExpectedBodies(numbers);

    for (const number of numbers) void killed.execute(number);
    await vi.waitFor(async () => expect(await countRunning()).toBe(5), { timeout: 10_000, interval: 10 });
    // Every survivor wants every answer, each beginning at another place.
    const fromSurvivors = survivors.flatMap((replica, index) => {
      const start = index * 13;
      return [...numbers.slice(start), ...numbers.slice(0, start)].map(async (number) => ({
        number,
        answer: await replica.execute(number),
      }));
    });
    await killed.stop('SIGKILL');

    for (const { number, answer } of await Promise.all(fromSurvivors)) {
      expect(answer).toMatchObject({ ok: true, body: expected.get(number) });
    }
    const sent = await getStatuses();
    expect(sent).not.toContain(429);
    // What the dead process had under way was asked again by another: five places at most.
    expect(sent.length).toBeGreaterThanOrEqual(numbers.length);
    expect(sent.length).toBeLessThanOrEqual(numbers.length + 5);
  });

  test('when the hour is used up, nobody sends in vain, and no more is lost than what died', async () => {
    const survivors = replicas.slice(1);
    const numbers = Array.from({ length: 12 }, (_, number) => 40 + number);
    // 36 further queries, all different: more than the hour has room for.
    const pending = survivors.flatMap((replica, index) =>
      numbers.map((number) => replica.execute(number + index * 12)),
    );
    const answers = await Promise.all(pending);

    const rejected = answers.filter((answer) => !answer?.ok);
    for (const answer of rejected) {
      expect(answer?.message).toMatch(
        /60 of 60 queries of project 1234567 used; next slot \d\d:\d\d:\d\d UTC/,
      );
    }
    const sent = await getStatuses();
    expect(sent).not.toContain(429);
    // Nobody can tell whether the calls of the dead process arrived, so they count as used.
    expect(sent.length).toBeLessThanOrEqual(60);
    // On a busy machine a process may take a slow Redis for gone, and leave a part of its share unused: 50, not 55.
    expect(sent.length).toBeGreaterThanOrEqual(50);
  });
});
