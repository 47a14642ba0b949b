import { type CacheEvent, createResultCache, type ResultCacheOptions } from './cache/result-cache.js';
import { checkDatasource, type Datasource, datasourceForm } from './command/datasource.js';
import type { Command } from './command/definition.js';
import { formFields } from './command/field.js';
import type { Lookup, LookupOption } from './command/lookup.js';
import { unwrap } from './command/values.js';
import { commands as allCommands } from './commands/index.js';
import { buildManifest, type Manifest } from './hosts/appsmith/manifest/index.js';
import { createClient } from './mixpanel/client.js';
import type { Hosts } from './mixpanel/regions.js';
import { createConnectionTester, type TestResult } from './query/connection-test.js';
import { createExecutor } from './query/executor.js';
import type { QueryRequest, SendRequest, StreamRequest } from './query/prepared-query.js';
import { createTransport } from './query/transport.js';
import { createRateLimiter, type LimiterEvent, type RateLimiterOptions } from './rate-limit/limiter.js';
import type { QuotaStatus } from './rate-limit/types.js';
import { type RedisClient, RedisConnection, type RedisEvent } from './redis.js';
import { asPluginError, type ExecutionResult } from './result/query-result.js';
import { HOUR_SECONDS, MINUTE_MS } from './time/durations.js';
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

export interface LookupRequest {
  datasource: Datasource;
  /** The command whose form it is; left out or empty for the datasource's own form. */
  command?: string;
  /** The field whose dropdown is to be filled. */
  field?: string;
  /** What to look up for something that is no field of its own, such as a cohort in form data. */
  lookup?: Lookup;
  /** What the form holds so far: the event decides the properties, the property its values. */
  parameters?: Record<string, unknown>;
  signal?: AbortSignal;
}

/** The object a host loads. */
export interface MixpanelPlugin {
  readonly manifest: Manifest;
  readonly commands: readonly Command[];
  /** Runs one query. Expected failures are results, never exceptions. */
  execute(request: QueryRequest): Promise<ExecutionResult>;
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
  /** Entries for a dropdown, cached for long. Rejects with a `PluginError`. */
  options(request: LookupRequest): Promise<LookupOption[]>;
  /** The Query API quota of a project as this plugin knows it. */
  quota(datasource: Datasource, projectId?: string): Promise<QuotaStatus>;
  close(): Promise<void>;
}

const LOOKUP_CACHE_SECONDS = HOUR_SECONDS;
const LOOKUP_LIMIT = 255;

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
    execute: executor.execute,
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

    async options({ datasource, command, field, parameters = {}, signal, ...request }) {
      const selected = commands.find(({ id }) => id === command);
      const form = selected ? formFields(selected) : datasourceForm();
      const lookup = request.lookup ?? form.find(({ key }) => key === field)?.lookup;
      const provider = lookup && commands.find(({ lookupOptions }) => lookupOptions?.[lookup]);
      if (!lookup || !provider) return [];
      // Only what can itself be looked up narrows a look-up; the form's type or limit are not for this command.
      const narrowing = formFields(provider)
        .filter((each) => each.lookup)
        .map(({ key }) => [key, parameters[key]]);
      const { body } = await executor.fetchRaw({
        datasource,
        command: provider.id,
        parameters: {
          ...Object.fromEntries(narrowing),
          limit: LOOKUP_LIMIT,
          cacheSeconds: LOOKUP_CACHE_SECONDS,
        },
        signal,
      });
      const project = unwrap(parameters.projectId) ?? datasource.projectId;
      return (
        provider.lookupOptions?.[lookup]?.(body, project === undefined ? undefined : String(project)) ?? []
      );
    },

    quota(datasource, projectId) {
      const { region, projectId: defaultProjectId = '' } = checkDatasource(datasource);
      return rateLimiter.status({ region, projectId: projectId ?? defaultProjectId, family: 'query' });
    },

    async close() {
      await cache.close();
      await rateLimiter.close();
      await redis?.close();
    },
  };
}
