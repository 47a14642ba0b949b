import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createResultCache } from '../../src/cache/result-cache.js';
import { createRateLimiter } from '../../src/rate-limit/limiter.js';
import { RedisConnection, type RedisTarget } from '../../src/redis/index.js';
import { startServer } from '../../src/server/index.js';
import {
  describeWithOwnRedis,
  RedisCluster,
  RedisSentinel,
  RedisServer,
  type RedisServerOptions,
} from '../redis-server.js';
import { MAX_WAIT_MS } from '../time-limits.js';

const CERTIFICATES = fileURLToPath(new URL('../server/certificates/', import.meta.url));
const CA = readFileSync(join(CERTIFICATES, 'ca.pem'), 'utf8');
const TLS_ARGS = [
  ...['--tls-cert-file', join(CERTIFICATES, 'server.pem')],
  ...['--tls-key-file', join(CERTIFICATES, 'server-key.pem')],
  ...['--tls-ca-cert-file', join(CERTIFICATES, 'ca.pem'), '--tls-auth-clients', 'no'],
];

function connect(target: string | RedisTarget): RedisConnection {
  const connection = new RedisConnection(target);
  onTestFinished(() => connection.close());
  return connection;
}

async function verify(target: string | RedisTarget): Promise<void> {
  await connect(target).verify();
}

async function startRedis(options?: RedisServerOptions): Promise<RedisServer> {
  const redis = await RedisServer.start(options);
  onTestFinished(() => redis.stop());
  return redis;
}

const scope = { region: 'US', projectId: '1234567', family: 'query' } as const;

/** What one limiter and cache do, another pair with a connection of its own sees. */
async function expectSharing(target: string | RedisTarget): Promise<void> {
  const connections = [connect(target), connect(target)];
  const [limiter, otherLimiter] = connections.map((redis) => createRateLimiter({ redis }));
  const [cache, otherCache] = connections.map((redis) => createResultCache({ redis }));
  try {
    await limiter!.run(
      scope,
      async (lease) => lease.reportOutcome({ kind: 'answered', status: 200, headers: {} }),
      { deadline: Date.now() + MAX_WAIT_MS },
    );
    expect(await otherLimiter!.status(scope)).toMatchObject({ limit: 60, left: 59 });
    const key = randomUUID();
    expect(await cache!.getOrLoad(key, { freshMs: 60_000 }, async () => 'a')).toMatchObject({
      state: 'MISS',
    });
    await vi.waitFor(async () => {
      const seen = await otherCache!.getOrLoad(key, { freshMs: 60_000 }, async () => 'b');
      expect(seen).toMatchObject({ value: 'a', state: 'HIT' });
    });
  } finally {
    for (const each of [limiter, otherLimiter, cache, otherCache]) await each!.close();
  }
}

test('a Redis that is not there yet does not end a start', async () => {
  await verify('redis://127.0.0.1:1');
});

describeWithOwnRedis('quota and results are shared through', () => {
  test('a user, a password and a database of its own', async () => {
    const redis = await startRedis();
    await redis.command('ACL', 'SETUSER', 'mixpanel', 'on', '>se/cr@et', '~*', '+@all', '-@dangerous');
    await expectSharing(redis.url.replace('redis://', 'redis://mixpanel:se%2Fcr%40et@').concat('/3'));
    expect(await redis.command('DBSIZE')).toBe(0);
  });

  test('a socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redis-socket-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'redis.sock');
    await startRedis({ args: ['--unixsocket', path] });
    await expectSharing(path);
    await expectSharing(`unix://${path}?db=1`);
  });

  test("TLS with a certificate of one's own authority, given beside the address or in it", async () => {
    const redis = await startRedis({ tls: true, args: TLS_ARGS, client: { tls: { ca: CA } } });
    await verify({ url: redis.url, ca: CA });
    await expectSharing(`${redis.url}?ca=${join(CERTIFICATES, 'ca.pem')}`);
    await expect(verify(redis.url)).rejects.toThrow('one of your own authority is trusted with --redis-ca');
  });

  test('a cluster of three masters, of which any node may be named', async () => {
    const cluster = await RedisCluster.start();
    onTestFinished(() => cluster.stop());
    await verify(cluster.url);
    await expectSharing(cluster.url);
    await expect(verify(cluster.nodeUrl)).rejects.toThrow(
      'It is a node of a cluster: write redis+cluster://',
    );
  });

  test('a Sentinel that names the master', async () => {
    const sentinel = await RedisSentinel.start();
    onTestFinished(() => sentinel.stop());
    await verify(sentinel.url);
    await expectSharing(sentinel.url);
    await expect(verify(sentinel.url.replace('mymaster', 'other'))).rejects.toThrow(
      'the sentinels know no master named other',
    );
    await expect(verify(sentinel.ownUrl)).rejects.toThrow('It may be a Sentinel: write redis+sentinel://');
  });
});

describeWithOwnRedis('what only an operator can put right ends the start with its cause:', () => {
  test.each([
    ['one server', ''],
    ['a cluster', '+cluster'],
  ])('a wrong password for %s, which is not repeated', async (_name, topology) => {
    const redis = await startRedis();
    await redis.command('CONFIG', 'SET', 'requirepass', 'right');
    const address = redis.url.replace('redis://', `redis${topology}://:hunter2@`);
    const failure = expect(verify(address)).rejects;
    await failure.toMatchObject({ message: expect.stringContaining('WRONGPASS') });
    await failure.not.toMatchObject({ message: expect.stringContaining('hunter2') });
    await expect(startServer({ port: 0, redisUrl: address, logLevel: 'silent' })).rejects.toThrow(
      'WRONGPASS',
    );
  });

  test('a missing password', async () => {
    const redis = await startRedis();
    await redis.command('CONFIG', 'SET', 'requirepass', 'right');
    await expect(verify(redis.url)).rejects.toThrow('NOAUTH');
  });

  test('a read-only replica', async () => {
    const redis = await startRedis();
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await expect(verify(redis.url)).rejects.toThrow('It is a replica: write the address of the master.');
  });

  test('a cluster that is one server, and a Sentinel that is none', async () => {
    const redis = await startRedis();
    await expect(verify(redis.url.replace('redis://', 'redis+cluster://'))).rejects.toThrow(
      'It is not a cluster: write redis://',
    );
    await expect(verify(`${redis.url.replace('redis://', 'redis+sentinel://')}/mymaster`)).rejects.toThrow(
      'It is not a Sentinel: write redis://',
    );
  });

  test('TLS asked of a server without it', async () => {
    const redis = await startRedis();
    await expect(verify(redis.url.replace('redis://', 'rediss://'))).rejects.toThrow(
      'write redis instead of rediss',
    );
  });
});

test.each([
  ['a certificate of an unknown authority', 'rediss', 'Redis cannot be used'],
  ['a certificate of an unknown authority in a cluster', 'rediss+cluster', 'Redis cannot be used'],
  ['a server that expects TLS', 'redis', 'write rediss instead of redis'],
])('%s ends the start with its cause', async (_name, scheme, message) => {
  const read = (name: string) => readFileSync(join(CERTIFICATES, name));
  const server = createServer({ cert: read('server.pem'), key: read('server-key.pem') }).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(verify(`${scheme}://127.0.0.1:${port}`)).rejects.toThrow(message);
});

test('a Sentinel that is not there yet does not end a start', async () => {
  await verify('redis+sentinel://127.0.0.1:1/mymaster');
});

test('a cluster that is not there yet does not end a start', async () => {
  await verify('redis+cluster://127.0.0.1:1,127.0.0.1:2');
});
