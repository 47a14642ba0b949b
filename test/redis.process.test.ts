import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { RedisConnection } from '../src/redis.js';
import { startServer } from '../src/server/index.js';
import { describeWithOwnRedis, RedisServer } from './redis-server.js';

async function verify(address: string): Promise<void> {
  const connection = new RedisConnection(address);
  onTestFinished(() => connection.close());
  await connection.verify(address);
}

async function startRedis(): Promise<RedisServer> {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.stop());
  return redis;
}

test('a Redis that is not there yet does not end a start', async () => {
  await verify('redis://127.0.0.1:1');
});

describeWithOwnRedis('what only an operator can put right ends the start with its cause:', () => {
  test('a wrong password, which is not repeated', async () => {
    const redis = await startRedis();
    await redis.command('CONFIG', 'SET', 'requirepass', 'right');
    const address = redis.url.replace('redis://', 'redis://:hunter2@');
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
    await expect(verify(redis.url)).rejects.toThrow('READONLY');
  });

  test('TLS asked of a server without it', async () => {
    const redis = await startRedis();
    await expect(verify(redis.url.replace('redis://', 'rediss://'))).rejects.toThrow(
      'Write the address as redis://',
    );
  });
});

test.each([
  ['a certificate of an unknown authority', 'rediss', 'Redis cannot be used'],
  ['a server that expects TLS', 'redis', 'Write the address as rediss://'],
])('%s ends the start with its cause', async (_name, scheme, message) => {
  const read = (name: string) => readFileSync(new URL(`server/certificates/${name}`, import.meta.url));
  const server = createServer({ cert: read('server.pem'), key: read('server-key.pem') }).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(verify(`${scheme}://127.0.0.1:${port}`)).rejects.toThrow(message);
});
