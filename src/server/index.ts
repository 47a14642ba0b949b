import { getRequestListener } from '@hono/node-server';
import type { Datasource } from '../command/datasource.js';
import { PluginError } from '../errors.js';
import { MAX_RESPONSE_MEGABYTES } from '../hosts/appsmith/index.js';
import { MEGABYTE } from '../json/bytes.js';
import { MINUTE_MS } from '../time/durations.js';
import { createWorkbench } from '../workbench/api/app.js';
import { createApp } from './app.js';
import { bound } from './concurrency-limit.js';
import { drain } from './drain.js';
import { listen } from './http-server.js';
import { InFlight } from './in-flight.js';
import { observe } from './instrumentation.js';
import { createLogger } from './logger.js';
import { Metrics } from './metrics.js';
import type { ServerOptions } from './options.js';
import { choosePrefix, type SecretPrefix } from './path-prefix.js';
import { openPlugins } from './plugins.js';
import { createUpstream } from './upstream.js';

export type { TlsOptions } from './http-server.js';
export type { ServerOptions } from './options.js';

export interface RunningServer {
  /** The base URL for a host, the prefix included. */
  url: string;
  port: number;
  /** The secret prefix, if there is one. */
  prefix?: SecretPrefix;
  /** The local Mixpanel, if one was started, and an account for it. */
  sandbox?: { url: string; datasource: Datasource };
  /** Stops accepting queries, waits for those under way, and closes everything. */
  close(): Promise<void>;
}

const DEFAULT_MAX_IN_FLIGHT = 64;
const DEFAULT_STATE_DIR = '.mixpanel-datasource';

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
  checkMaxAnswer(options.maxAnswerBytes);
  const upstream = appsmithUpstream === undefined ? undefined : createUpstream(appsmithUpstream);
  const prefix = await choosePrefix({
    host,
    pathPrefix: options.pathPrefix,
    stateDir: options.stateDir ?? DEFAULT_STATE_DIR,
    callersCertified: tls?.clientCa !== undefined,
  });
  const secrets = prefix ? [prefix.prefix] : [];
  const logger =
    options.logger ?? createLogger({ level: options.logLevel, secrets, destination: options.logDestination });
  const inFlight = new InFlight(options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT, {
    maxPerCaller: options.maxInFlightPerCaller,
  });
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

/** Appsmith cannot read a larger answer, and then shows the whole request, password included. */
function checkMaxAnswer(bytes: number | undefined): void {
  if (bytes === undefined || bytes <= MAX_RESPONSE_MEGABYTES * MEGABYTE) return;
  throw new PluginError(
    'INVALID_INPUT',
    `The largest answer (--max-answer-mb) must be at most ${MAX_RESPONSE_MEGABYTES} MB, which is what Appsmith reads. It was ${Math.round(bytes / MEGABYTE)} MB.`,
  );
}
