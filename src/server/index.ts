import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { PluginError } from '../errors.js';
import { createPlugin, type MixpanelPlugin, type PluginOptions } from '../plugin.js';
import { createApp } from './app.js';
import { bound } from './bound.js';
import { drain } from './drain.js';
import type { Dependency } from './health.js';
import { InFlight } from './in-flight.js';
import { createLogger, type Logger } from './logging.js';
import { Metrics } from './metrics.js';
import { observe } from './observe.js';
import { choosePrefix, type SecretPrefix } from './prefix.js';
import { openSandbox } from './sandbox.js';
import { createUpstream } from './upstream.js';
import { createWorkbench } from './workbench.js';

export interface TlsOptions {
  /** PEM texts. */
  cert: string;
  key: string;
  /** Only callers with a certificate of this authority are let in; it makes the secret prefix needless. */
  clientCa?: string;
}

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
  stateDir?: string;
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
  /** Lets nothing new in, waits for the queries under way, and closes everything. */
  close(): Promise<void>;
}

const MEGABYTE = 1024 * 1024;
const MINUTE_MS = 60_000;
/**
 * A host's pool of connections must never find one closed under its next request: it would show the person who edits
 * the query the request that failed, the password included. So they stay open longer than pools keep them.
 */
const KEEP_ALIVE_MS = 10 * MINUTE_MS;

/**
 * Starts the host service.
 *
 * @example
 * const server = await startServer({ port: 8090, appsmithUpstream: 'https://cs.appsmith.com' });
 * // APPSMITH_CLOUD_SERVICES_BASE_URL=<server.url>
 * await server.close();
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 8090, tls, allowedHosts = [], drainMs = MINUTE_MS } = options;
  const prefix = await choosePrefix({
    host,
    pathPrefix: options.pathPrefix,
    stateDir: options.stateDir ?? '.mixpanel-datasource',
    callersCertified: tls?.clientCa !== undefined,
  });
  const logger =
    options.logger ?? createLogger({ level: options.logLevel, secrets: prefix ? [prefix.prefix] : [] });
  const sandbox = options.sandbox ? await openSandbox() : undefined;
  const real = options.plugin ?? createPlugin(options.pluginOptions);
  const local = sandbox && createPlugin({ ...options.pluginOptions, hosts: sandbox.hosts });
  const inFlight = new InFlight(options.maxInFlight ?? 64);
  const metrics = new Metrics(inFlight);
  const plugin = observe(local ?? real, metrics, logger);
  const dependencies: Dependency[] = [];
  const names = [host, ...allowedHosts];
  const app = createApp({
    plugin,
    workbench: createWorkbench({
      plugin: bound(plugin, inFlight),
      ...(local ? { realPlugin: bound(observe(real, metrics, logger), inFlight) } : {}),
      sandbox,
      allowedHosts: names,
      logger,
    }),
    upstream: options.appsmithUpstream ? createUpstream(readUpstream(options.appsmithUpstream)) : undefined,
    inFlight,
    logger,
    metrics,
    dependencies,
    maxBodyBytes: options.maxBodyBytes ?? 16 * MEGABYTE,
    maxAnswerBytes: options.maxAnswerBytes,
    guard: { prefix: prefix?.prefix, allowedHosts: names },
  });

  const listener = getRequestListener(app.fetch);
  const server: Server = tls
    ? createHttpsServer(
        {
          cert: tls.cert,
          key: tls.key,
          minVersion: 'TLSv1.2',
          ...(tls.clientCa ? { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true } : {}),
        },
        listener,
      )
    : createHttpServer(listener);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, port, host);
  const address = server.address() as AddressInfo;
  const origin = `${tls ? 'https' : 'http'}://${urlHost(host)}:${address.port}`;
  logger.info({ port: address.port, host }, 'the host service listens');

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    logger.info({ underWay: inFlight.running }, 'the host service stops');
    await drain(server, inFlight, drainMs);
    if (!options.plugin) await real.close();
    await local?.close();
    await sandbox?.close();
  }
  return {
    url: prefix ? `${origin}/${prefix.prefix}` : origin,
    port: address.port,
    ...(prefix ? { prefix } : {}),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function readUpstream(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash) return url.href;
  throw new PluginError(
    'INVALID_INPUT',
    'The upstream must be an http or https address, such as https://cs.appsmith.com.',
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
