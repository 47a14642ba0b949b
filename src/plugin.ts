import { type CacheEvent, createResultCache, type ResultCacheOptions } from './cache/result-cache.js';
import { type Datasource, datasourceForm, readDatasource } from './command/datasource.js';
import { type Command, formFields } from './command/definition.js';
import type { Lookup, LookupOption } from './command/lookup.js';
import { unwrap } from './command/values.js';
import { commands as allCommands } from './commands/index.js';
import { buildManifest, type Manifest } from './hosts/appsmith/manifest/index.js';
import { createClient } from './mixpanel/client.js';
import type { Hosts } from './mixpanel/regions.js';
import { createConnection, type TestResult } from './query/connection-test.js';
import { createExecutor } from './query/executor.js';
import type { ExecuteCall, SendCall, StreamCall } from './query/prepared-query.js';
import { createGateway } from './query/transport.js';
import { createRateLimiter, type LimiterEvent, type RateLimiterOptions } from './rate-limit/limiter.js';
import type { QuotaStatus } from './rate-limit/types.js';
import { type RedisClient, RedisConnection, type RedisEvent } from './redis.js';
import { asPluginError, type ExecutionResult } from './result/query-result.js';
import type { BatchOutcome, Caps, DeliveryOptions, RowStream } from './transfer/index.js';

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
  delivery?: DeliveryOptions;
  /** The URL of a Redis, or a client of ioredis: quota, results and requests in flight are shared through it. */
  redis?: string | RedisClient;
  /** Hears of starts, refusals, cache hits and the loss of Redis; for counters and logs. Holds no secrets. */
  onEvent?: (event: PluginEvent) => void;
}

export type PluginEvent = LimiterEvent | CacheEvent | RedisEvent;

export interface OptionsCall {
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
  execute(call: ExecuteCall): Promise<ExecutionResult>;
  /**
   * Rows of any number in flat memory, read as fast as they are taken; `batches()` gives them in the pieces they
   * arrive in. Ends with a `PluginError`: where rows had been delivered, it has a `resumeToken` that goes on after
   * them, in another process too.
   *
   * @example
   * for await (const row of plugin.stream({ datasource, command: 'DOWNLOAD_DATA', parameters })) console.log(row);
   */
  stream(call: StreamCall): RowStream;
  /**
   * Sends a list of any length in batches, in order. Yields how each stretch of it was taken; ends with a
   * `PluginError` where one could not be sent, after everything before it has been told.
   */
  send(call: SendCall): AsyncGenerator<BatchOutcome>;
  /** Whether the credentials work, here or in another region, and what they see. Spends no query quota. */
  test(datasource: Datasource, options?: { signal?: AbortSignal }): Promise<TestResult>;
  /** Entries for a dropdown, cached for long. Rejects with a `PluginError`. */
  options(call: OptionsCall): Promise<LookupOption[]>;
  /** The Query API quota of a project as this plugin knows it. */
  quota(datasource: Datasource, projectId?: string): Promise<QuotaStatus>;
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
const LOOKUP_CACHE_SECONDS = 3600;
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
  const gate = createRateLimiter({ shared: options.hosts === undefined, ...options.quota, redis, onEvent });
  const cache = createResultCache({ ...options.cache, redis, onEvent });
  const gateway = createGateway(client, gate);
  const connection = createConnection(gateway, cache, options.hosts);
  const executor = createExecutor({
    commands,
    gateway,
    cache,
    connection,
    timeoutMs,
    caps: options.caps,
    delivery: options.delivery,
  });

  return {
    manifest: buildManifest(commands),
    commands,
    execute: executor.execute,
    stream: executor.stream,
    send: executor.send,

    async test(given, { signal } = {}) {
      try {
        return await connection.test(readDatasource(given), { deadline: Date.now() + timeoutMs, signal });
      } catch (thrown) {
        return { ok: false, message: asPluginError(thrown).message };
      }
    },

    async options({ datasource, command, field, parameters = {}, signal, ...asked }) {
      const owner = commands.find(({ id }) => id === command);
      const form = owner ? formFields(owner) : datasourceForm();
      const lookup = asked.lookup ?? form.find(({ key }) => key === field)?.lookup;
      const supplier = lookup && commands.find(({ offers }) => offers?.[lookup]);
      if (!lookup || !supplier) return [];
      // Only what can itself be looked up narrows a look-up; the form's type or limit are not for this command.
      const scope = formFields(supplier)
        .filter((each) => each.lookup)
        .map(({ key }) => [key, parameters[key]]);
      const { body } = await executor.ask({
        datasource,
        command: supplier.id,
        parameters: {
          ...Object.fromEntries(scope),
          limit: LOOKUP_LIMIT,
          cacheSeconds: LOOKUP_CACHE_SECONDS,
        },
        signal,
      });
      const project = unwrap(parameters.projectId) ?? datasource.projectId;
      return supplier.offers?.[lookup]?.(body, project === undefined ? undefined : String(project)) ?? [];
    },

    quota(given, projectId) {
      const { region, projectId: preset = '' } = readDatasource(given);
      return gate.status({ region, projectId: projectId ?? preset, family: 'query' });
    },

    async close() {
      await cache.close();
      await gate.close();
      await redis?.close();
    },
  };
}
