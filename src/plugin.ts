import type { CacheEvent } from './cache/events.js';
import { createResultCache, type ResultCacheOptions } from './cache/result-cache.js';
import { checkDatasource, type Datasource } from './command/datasource.js';
import type { Command } from './command/definition.js';
import { getProjects } from './commands/get-projects.js';
import { commands as allCommands, uploads } from './commands/index.js';
import { lookups } from './commands/lookups/index.js';
import { asPluginError } from './errors.js';
import { buildManifest, type Manifest } from './hosts/appsmith/manifest/index.js';
import { withAppsmithNames } from './hosts/appsmith/named-results.js';
import { createClient } from './mixpanel/client.js';
import { toCanonicalProjectId } from './mixpanel/project-id.js';
import type { Hosts, Region } from './mixpanel/regions.js';
import { createConnectionTester, failedTest, type TestResult } from './query/connection-test.js';
import { createExecutor } from './query/executor.js';
import { type LookupRequest, type LookupResult, lookUpOptions } from './query/lookups.js';
import type { QueryRequest, SendRequest, StreamRequest } from './query/prepared-query.js';
import { createTransport } from './query/transport.js';
import type { LimiterEvent } from './rate-limit/events.js';
import { createRateLimiter, type RateLimiterOptions } from './rate-limit/limiter.js';
import type { QuotaStatus } from './rate-limit/types.js';
import { type RedisClient, RedisConnection, type RedisEvent, type RedisTarget } from './redis/index.js';
import type { QueryResult } from './result/query-result.js';
import { MINUTE_MS } from './time/durations.js';
import type { BatchResult, Caps, RowStream, TransferOptions } from './transfer/index.js';

export interface PluginOptions {
  /** Base URLs that replace Mixpanel's, by API family, or by region and family. For a local Mixpanel or a proxy. */
  hosts?: Hosts;
  /** Default timeout of a whole query in milliseconds. Defaults to 60,000. */
  timeoutMs?: number;
  /** Maximum bytes of an answer that is read whole. Defaults to 64 MB. */
  answerBytesCap?: number;
  quota?: Omit<RateLimiterOptions, 'redis' | 'onEvent'>;
  cache?: Omit<ResultCacheOptions, 'redis' | 'onEvent'>;
  /** Maximum size of one result of a long transfer. Defaults to 100,000 rows and 50 MB. */
  caps?: Caps;
  transfer?: TransferOptions;
  /**
   * Address of a Redis, alone or with a certificate authority, or an ioredis client, also one for a cluster. Processes
   * share quota, results and requests in flight through it.
   */
  redis?: string | RedisTarget | RedisClient;
  /** Called on starts, rejections, cache hits and loss of Redis, for metrics and logs. Events contain no secrets. */
  onEvent?: (event: PluginEvent) => void;
}

export type PluginEvent = LimiterEvent | CacheEvent | RedisEvent;

/** The plugin, as hosts use it. */
export interface MixpanelPlugin {
  readonly manifest: Manifest;
  readonly commands: readonly Command[];
  /** Runs one query. Never throws for an expected failure: the result then has `ok: false`. */
  execute(request: QueryRequest): Promise<QueryResult>;
  /**
   * Streams any number of rows in constant memory, with back-pressure. `batches()` yields them in chunks as they
   * arrive, `lines()` as NDJSON for a file. Throws `PluginError` when it fails; if rows were delivered, its `resumeToken` continues after them, even in
   * another process.
   *
   * @example
   * for await (const row of plugin.stream({ datasource, command: 'DOWNLOAD_DATA', parameters })) console.log(row);
   */
  stream(request: StreamRequest): RowStream;
  /**
   * Sends a list of any length in batches, in order, and yields the result of each. Throws `PluginError` when a batch
   * could not be sent, after yielding the results of those before it.
   */
  send(request: SendRequest): AsyncGenerator<BatchResult>;
  /** Tests the credentials, in all regions if need be, and lists the reachable projects. Uses no query quota. */
  test(datasource: Datasource, options?: { signal?: AbortSignal }): Promise<TestResult>;
  /** Returns the entries of a dropdown, cached for an hour, and their cost. Throws `PluginError` when it fails. */
  options(request: LookupRequest): Promise<LookupResult>;
  /** Returns the Query API quota of a project as this plugin knows it, without a request to Mixpanel. */
  quota(scope: { region?: Region; projectId?: string }): Promise<QuotaStatus>;
  close(): Promise<void>;
}

/**
 * Creates the plugin.
 *
 * @example
 * const plugin = createPlugin();
 * const result = await plugin.execute({
 *   datasource: { username, password, region: 'EU', projectId: '1234567' },
 *   command: 'GET_TOP_EVENTS',
 *   parameters: { limit: 10 },
 * });
 */
export function createPlugin(options: PluginOptions = {}): MixpanelPlugin {
  const commands = allCommands;
  const client = createClient(options);
  const { onEvent, timeoutMs = MINUTE_MS } = options;
  const redis = options.redis === undefined ? undefined : new RedisConnection(options.redis, onEvent);
  // A local Mixpanel has its own projects, so its quota is counted separately from Mixpanel's.
  const rateLimiter = createRateLimiter({
    shared: options.hosts === undefined,
    ...options.quota,
    redis,
    onEvent,
  });
  const cache = createResultCache({ ...options.cache, redis, onEvent });
  const transport = createTransport(client, rateLimiter);
  const connectionTester = createConnectionTester(transport, cache, options.hosts);
  const executor = createExecutor({
    commands,
    uploads,
    projectLister: getProjects as unknown as Command,
    transport,
    cache,
    connectionTester,
    timeoutMs,
    caps: options.caps,
    transferOptions: options.transfer,
  });

  return {
    manifest: buildManifest(commands),
    commands,
    execute: async (request) => withAppsmithNames(await executor.execute(request)),
    stream: executor.stream,
    send: executor.send,

    async test(datasource, { signal } = {}) {
      try {
        return await connectionTester.test(checkDatasource(datasource), {
          deadline: Date.now() + timeoutMs,
          signal,
        });
      } catch (thrown) {
        return failedTest(asPluginError(thrown));
      }
    },

    options: (request) => lookUpOptions(lookups, commands, executor, request),

    quota: ({ region = 'US', projectId = '' }) =>
      rateLimiter.status({ region, projectId: toCanonicalProjectId(projectId), family: 'query' }),

    async close() {
      await cache.close();
      await rateLimiter.close();
      await redis?.close();
    },
  };
}
