import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createPlugin, type MixpanelPlugin, type PluginEvent, type PluginOptions } from '../plugin.js';
import type { RedisTarget } from '../redis/index.js';
import type { LocalSandbox } from '../sandbox/local-sandbox.js';
import type { Dependency } from './health.js';
import type { Logger } from './logger.js';
import type { ServerOptions } from './options.js';
import { logPluginEvent } from './plugin-events.js';
import { watchRedis } from './redis-probe.js';

/** The plugins the service runs queries with. */
export interface Plugins {
  /** Runs the queries of hosts, against Mixpanel or the sandbox. */
  main: MixpanelPlugin;
  /** Runs the queries of real accounts on the page. */
  real: MixpanelPlugin;
  sandbox?: LocalSandbox;
  dependencies: Dependency[];
  close(): Promise<void>;
}

export async function openPlugins(options: ServerOptions, logger: Logger): Promise<Plugins> {
  const { pluginOptions } = options;
  const target = readRedis(options);
  const onEvent = (event: PluginEvent) => {
    logPluginEvent(logger, event);
    pluginOptions?.onEvent?.(event);
  };
  // First, since it may end the start.
  const redis = target ? await watchRedis(target) : undefined;
  const sandbox = options.sandbox ? await openSandbox(options) : undefined;
  const real = options.plugin ?? createPlugin({ ...pluginOptions, ...(await keepState(options)), onEvent });
  const local = sandbox && createPlugin({ ...pluginOptions, hosts: sandbox.hosts });
  return {
    main: local ?? real,
    real,
    sandbox,
    dependencies: redis ? [redis] : [],
    async close() {
      if (!options.plugin) await real.close();
      await local?.close();
      await sandbox?.close();
      await redis?.close();
    },
  };
}

/** Starts the sandbox with Mixpanel's own limits. Loads its code on demand. */
async function openSandbox({ sandboxPort }: ServerOptions): Promise<LocalSandbox> {
  const { startLocalSandbox } = await import('../sandbox/local-sandbox.js');
  const { findFreePort } = await import('../sandbox/http/free-port.js');
  const port = sandboxPort ? await findFreePort(sandboxPort, LOOPBACK) : 0;
  return startLocalSandbox({ quotas: true, host: LOOPBACK, port });
}

function readRedis({ redisUrl, redisCa }: ServerOptions): RedisTarget | undefined {
  return redisUrl ? { url: redisUrl, ...(redisCa ? { ca: redisCa } : {}) } : undefined;
}

const LOOPBACK = '127.0.0.1';

const LEDGER_FILE = 'quota.json';

/** Returns where the quota's state survives a restart: in Redis or in a file. */
async function keepState(options: ServerOptions): Promise<PluginOptions> {
  const { replicas, stateDir, keepsQuota = true, pluginOptions } = options;
  const redis = readRedis(options);
  if (redis) {
    const share = replicas === undefined ? {} : { shareWithoutRedis: 1 / Math.max(1, replicas) };
    return { redis, quota: { ...pluginOptions?.quota, ...share } };
  }
  if (!stateDir || !keepsQuota) return {};
  // Without the directory the quota's state stays in memory, with a warning.
  await mkdir(stateDir, { recursive: true, mode: 0o700 }).catch(() => {});
  return { quota: { ...pluginOptions?.quota, persistTo: join(stateDir, LEDGER_FILE) } };
}
