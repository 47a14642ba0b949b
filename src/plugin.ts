import type { CacheEvent } from './cache/events.js';
import { createResultCache, type ResultCacheOptions } from './cache/result-cache.js';
import { checkDatasource, type Datasource } from './command/datasource.js';
import type { Command } from './command/definition.js';
import { commands as allCommands, uploads } from './commands/index.js';
import { asPluginError } from './errors.js';
import { buildManifest, type Manifest } from './hosts/appsmith/manifest/index.js';
import { withAppsmithNames } from './hosts/appsmith/named-results.js';
import { createClient } from './mixpanel/client.js';
import { toCanonicalProjectId } from './mixpanel/project-id.js';
import type { Hosts, Region } from './mixpanel/regions.js';
import { createConnectionTester, type TestResult } from './query/connection-test.js';
import { createExecutor } from './query/executor.js';
import { type LookupRequest, type LookupResult, lookUpOptions } from './query/lookups.js';
import type { QueryRequest, SendRequest, StreamRequest } from './query/prepared-query.js';
import { createTransport } from './query/transport.js';
import type { LimiterEvent } from './rate-limit/events.js';
import { createRateLimiter, type RateLimiterOptions } from './rate-limit/limiter.js';
import type { QuotaStatus } from './rate-limit/types.js';
import { type RedisClient, RedisConnection, type RedisEvent } from './redis.js';
import type { QueryResult } from './result/query-result.js';
import { MINUTE_MS } from './time/durations.js';
import type { BatchResult, Caps, RowStream, TransferOptions } from './transfer/index.js';

export interface PluginOptions {
  /** Base URLs instead of Mixpanel's own, by API family, or by region and family: a local Mixpanel, a proxy. */
  hosts?: Hosts;
  /** Milliseconds a query may take in all when the call does not say; 60,000 by default. */
  timeoutMs?: number;
  /** An answer read whole may have this many bytes; 64 MB by default. */
  answerBytesCap?: number;
  quota?: Omit<RateLimiterOptions, 'redis' | 'onEvent'>;
  cache?: Omit<ResultCacheOptions, 'redis' | 'onEvent'>;
  /** How much one result may hold of a long delivery; 100,000 rows and 50 MB by default. */
  caps?: Caps;
  transfer?: TransferOptions;
  /** The URL of a Redis, or a client of ioredis: quota, results and requests in flight are shared through it. */
  redis?: string | RedisClient;
  /** Hears of starts, refusals, cache hits and the loss of Redis; for counters and logs. Holds no secrets. */
  onEvent?: (event: PluginEvent) => void;
}

export type PluginEvent = LimiterEvent | CacheEvent | RedisEvent;

/** The object a host loads. */
export interface MixpanelPlugin {
  readonly manifest: Manifest;
  readonly commands: readonly Command[];
  /** Runs one query. Returns expected failures as results with `ok: false`; throws for none of them. */
  execute(request: QueryRequest): Promise<QueryResult>;
  /**
   * Rows of any number in flat memory, read as fast as they are taken; `batches()` gives them in the pieces they
   * arrive in. Ends with a `PluginError`: where rows had been delivered, it has a `resumeToken` that goes on after
   * them, in another process too.
   *
   * @example
   * for await (const row of plugin.stream({ datasource, command: 'DOWNLOAD_DATA', parameters })) console.log(row);
   */
  stream(request: StreamRequest): RowStream;
  /**
   * Sends a list of any length in batches, in order. Yields how each stretch of it was taken; ends with a
   * `PluginError` where one could not be sent, after everything before it has been told.
   */
  send(request: SendRequest): AsyncGenerator<BatchResult>;
  /** Whether the credentials work, here or in another region, and what they see. Spends no query quota. */
  test(datasource: Datasource, options?: { signal?: AbortSignal }): Promise<TestResult>;
  /** Returns the entries of a dropdown, cached for an hour, and what they cost. Throws a `PluginError` when it fails. */
  options(request: LookupRequest): Promise<LookupResult>;
  /** Returns the Query API quota of a project as this plugin knows it; asks Mixpanel nothing. */
  quota(scope: { region?: Region; projectId?: string }): Promise<QuotaStatus>;
  close(): Promise<void>;
}

/**
 * Makes the plugin.
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
  // A local Mixpanel has projects of its own: what is spent there is not spent at Mixpanel.
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
        return { ok: false, message: asPluginError(thrown).message };
      }
    },

    options: (request) => lookUpOptions(commands, executor, request),

    quota: ({ region = 'US', projectId = '' }) =>
      rateLimiter.status({ region, projectId: toCanonicalProjectId(projectId), family: 'query' }),

    async close() {
      await cache.close();
      await rateLimiter.close();
      await redis?.close();
    },
  };
}
