import { getRequestListener } from '@hono/node-server';
import type { Datasource } from '../datasource.js';
import type { MixpanelPlugin, PluginOptions } from '../plugin.js';
import { createApp } from './app.js';
import { bound } from './bound.js';
import { drain } from './drain.js';
import { InFlight } from './in-flight.js';
import { listen, type TlsOptions } from './listen.js';
import { createLogger, type Logger } from './logging.js';
import { Metrics } from './metrics.js';
import { observe } from './observe.js';
import { openPlugins } from './plugins.js';
import { choosePrefix, type SecretPrefix } from './prefix.js';
import { createUpstream } from './upstream.js';
import { createWorkbench } from './workbench.js';

export type { TlsOptions } from './listen.js';

export interface ServerOptions {
  /** A plugin of the caller's, which stays open; otherwise one is made of `pluginOptions`. */
  plugin?: MixpanelPlugin;
  /** Answers from a local Mixpanel started for it; on the page, accounts of one's own still reach Mixpanel. */
  sandbox?: boolean;
  pluginOptions?: PluginOptions;
  /** Where it listens; 8090 unless told, 0 takes a free one. */
  port?: number;
  /** The address it listens on; 127.0.0.1 unless told. */
  host?: string;
  /** The secret first segment of all paths. Off loopback one is made and kept in `stateDir` unless given. */
  pathPrefix?: string;
  /** Keeps the quota ledger over a restart where no Redis does, and the prefix (which has a directory in any case). */
  stateDir?: string;
  /** A Redis through which processes share quota and results. While it is gone each goes on with a small share. */
  redisUrl?: string;
  tls?: TlsOptions;
  /** Names by which callers reach the service, beside `localhost`, `host` and addresses. */
  allowedHosts?: readonly string[];
  /** Where everything goes that is meant for Appsmith's cloud service: `https://cs.appsmith.com`. */
  appsmithUpstream?: string;
  /** Queries at one time; 64 unless told. */
  maxInFlight?: number;
  /** Bytes a request may have; 16 MB unless told. */
  maxBodyBytes?: number;
  /** Bytes an answer to Appsmith may have; 25 MB unless told. */
  maxAnswerBytes?: number;
  /** Milliseconds queries under way have to end when the service stops; 60 seconds unless told. */
  drainMs?: number;
  logger?: Logger;
  logLevel?: string;
}

export interface RunningServer {
  /** The base URL for a host, the prefix included. */
  url: string;
  port: number;
  /** The secret prefix, where there is one. */
  prefix?: SecretPrefix;
  /** The local Mixpanel, where one was started, and an account of it. */
  sandbox?: { url: string; datasource: Datasource };
  /** Lets nothing new in, waits for the queries under way, and closes everything. */
  close(): Promise<void>;
}

const DEFAULT_STATE_DIR = '.mixpanel-datasource';
const MEGABYTE = 1024 * 1024;
const MINUTE_MS = 60_000;

/**
 * Starts the host service.
 *
 * @example
 * const server = await startServer({ port: 8090, appsmithUpstream: 'https://cs.appsmith.com' });
 * // APPSMITH_CLOUD_SERVICES_BASE_URL=<server.url>
 * await server.close();
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 8090, tls, appsmithUpstream, drainMs = MINUTE_MS } = options;
  const upstream = appsmithUpstream === undefined ? undefined : createUpstream(appsmithUpstream);
  const prefix = await choosePrefix({
    host,
    pathPrefix: options.pathPrefix,
    stateDir: options.stateDir ?? DEFAULT_STATE_DIR,
    callersCertified: tls?.clientCa !== undefined,
  });
  const secrets = prefix ? [prefix.prefix] : [];
  const logger = options.logger ?? createLogger({ level: options.logLevel, secrets });
  const inFlight = new InFlight(options.maxInFlight ?? 64);
  const metrics = new Metrics(inFlight);
  const plugins = await openPlugins(options, logger);
  const { sandbox } = plugins;
  const main = observe(plugins.main, metrics, logger);
  const real = sandbox ? observe(plugins.real, metrics, logger) : main;
  const allowedHosts = [host, ...(options.allowedHosts ?? [])];
  const app = createApp({
    plugin: main,
    workbench: createWorkbench({
      plugin: bound(main, inFlight),
      realPlugin: bound(real, inFlight),
      sandbox,
      allowedHosts,
      logger,
    }),
    upstream,
    inFlight,
    logger,
    metrics,
    dependencies: plugins.dependencies,
    maxBodyBytes: options.maxBodyBytes ?? 16 * MEGABYTE,
    maxAnswerBytes: options.maxAnswerBytes,
    guard: { prefix: prefix?.prefix, allowedHosts },
  });
  const listening = await listen(getRequestListener(app.fetch), { host, port, tls }).catch(async (error) => {
    await plugins.close();
    throw error;
  });
  logger.info({ host, port: listening.port }, 'the host service listens');

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    logger.info({ underWay: inFlight.running }, 'the host service stops');
    await drain(listening.server, inFlight, drainMs);
    await plugins.close();
  }
  return {
    url: prefix ? `${listening.origin}/${prefix.prefix}` : listening.origin,
    port: listening.port,
    ...(prefix ? { prefix } : {}),
    ...(sandbox ? { sandbox: { url: sandbox.url, datasource: sandbox.datasource } } : {}),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
