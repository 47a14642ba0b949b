import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import type { RedisAddress } from './address.js';

/** The part of a Redis client that we use; a client of ioredis has it, for one server and for a cluster. */
export interface RedisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
}

/** A client with connections that are ours to close. */
interface OwnedClient extends RedisClient {
  disconnect(): void;
}

export interface ConnectOptions {
  /** How long a connection may take to be made. */
  timeoutMs: number;
  /** Called with what is wrong with the connection, each time it fails. */
  onError: (error: Error) => void;
}

/** Connects with ioredis, which is loaded only when Redis is used: the core stays light. */
export async function connectToRedis(address: RedisAddress, options: ConnectOptions): Promise<OwnedClient> {
  const { Redis, Cluster } = await import('ioredis');
  const { timeoutMs, onError } = options;
  const client =
    address.topology === 'cluster'
      ? new Cluster(address.nodes, createClusterOptions(address, timeoutMs))
      : new Redis(createOptions(address, timeoutMs));
  // Each command that fails reports it.
  for (const event of ['error', 'node error', 'sentinelError'])
    client.on(event, (error: Error) => {
      const cause = findCause(error, address);
      if (cause) onError(cause);
    });
  // It retries in the background, but gives up when a connection is closed while it is being made.
  let isClosed = false;
  client.on('end', () => {
    if (!isClosed) setTimeout(() => isClosed || client.connect().catch(() => {}), MAX_RETRY_MS).unref();
  });
  const connected = client.connect().catch(() => {});
  await Promise.race([connected, delay(timeoutMs, undefined, { ref: false })]);
  return {
    call: (command, ...args) => client.call(command, ...args),
    disconnect: () => {
      isClosed = true;
      client.disconnect();
    },
  };
}

function createOptions(address: RedisAddress, timeoutMs: number): RedisOptions {
  const { topology, nodes, socketPath, masterName, sentinelUsername, sentinelPassword } = address;
  const [node] = nodes;
  const place =
    topology === 'sentinel'
      ? {
          sentinels: nodes,
          name: masterName,
          sentinelUsername,
          sentinelPassword,
          sentinelTLS: createTls(address),
          enableTLSForSentinelMode: address.tls,
          sentinelRetryStrategy: retryLater,
          sentinelCommandTimeout: timeoutMs,
        }
      : { ...node, path: socketPath };
  return {
    ...createNodeOptions(address, timeoutMs),
    ...place,
    db: address.database,
    enableOfflineQueue: false,
    retryStrategy: retryLater,
  };
}

function createClusterOptions(address: RedisAddress, timeoutMs: number): ClusterOptions {
  return {
    redisOptions: createNodeOptions(address, timeoutMs),
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryLater,
    slotsRefreshTimeout: timeoutMs,
    // A certificate is made out to the name, so the name must not become a number before TLS has seen it.
    ...(address.tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
  };
}

function createNodeOptions(address: RedisAddress, timeoutMs: number) {
  const { username, password, family } = address;
  return {
    username,
    password,
    ...(family === undefined ? {} : { family }),
    tls: createTls(address),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    // INFO may be forbidden; a server that is still loading says so in its replies.
    enableReadyCheck: false,
    // A server that has become a replica: the address may lead to the new master by now.
    reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
  };
}

function createTls({ tls, ca }: RedisAddress): { ca?: string } | undefined {
  if (!tls) return undefined;
  return ca === undefined ? {} : { ca };
}

/**
 * The longest pause between attempts to connect. A process that comes back later than the others would go on using
 * its share of the quota while they already use all of it.
 */
const MAX_RETRY_MS = 250;

function retryLater(attempt: number): number {
  return Math.min(MAX_RETRY_MS, 50 * attempt);
}

/** Returns the error that tells most, or nothing for one that only sums up what was reported before. */
function findCause(error: Error, { masterName }: RedisAddress): Error | undefined {
  if (error.message.startsWith('All sentinels are unreachable')) return undefined;
  if (/ERR No such master|got an invalid reply: null/.test(error.message))
    return new Error(`the sentinels know no master named ${masterName}`);
  return 'lastNodeError' in error && error.lastNodeError instanceof Error ? error.lastNodeError : error;
}
