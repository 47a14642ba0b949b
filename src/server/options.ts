import type { DestinationStream } from 'pino';
import type { MixpanelPlugin, PluginOptions } from '../plugin.js';
import type { TlsOptions } from './http-server.js';
import type { Logger } from './logger.js';

export interface ServerOptions {
  /** An existing plugin, which stays open. Without it one is created from `pluginOptions`. */
  plugin?: MixpanelPlugin;
  /** Answers from a local Mixpanel that is started with the service. On the page, real accounts still reach Mixpanel. */
  sandbox?: boolean;
  /** Port of that local Mixpanel; the next free one if it is taken. Defaults to any free one. */
  sandboxPort?: number;
  pluginOptions?: PluginOptions;
  /** Port to listen on. Defaults to 8090; 0 picks a free one. */
  port?: number;
  /** Address to listen on. Defaults to 127.0.0.1. */
  host?: string;
  /** The secret first segment of all paths. Off loopback one is generated and kept in `stateDir` by default. */
  pathPrefix?: string;
  /** Keeps the quota's state over a restart when there is no Redis, and the path prefix. */
  stateDir?: string;
  /**
   * Defaults to true. False for a local Mixpanel: it has projects of its own, whose queries must not be counted as those
   * of Mixpanel's.
   */
  keepsQuota?: boolean;
  /** A Redis through which processes share quota and results. While it is gone each process uses a small share. */
  redisUrl?: string;
  /** Certificates of the authority that signed the one of that Redis, as PEM. Absent if it is a well-known one. */
  redisCa?: string;
  /** How many services share that Redis: while it is gone each uses one part in as many. Defaults to 10. */
  replicas?: number;
  tls?: TlsOptions;
  /** Names by which callers reach the service, besides `localhost`, `host` and IP addresses. */
  allowedHosts?: readonly string[];
  /** Where requests for Appsmith's own cloud service are sent: `https://cs.appsmith.com`. */
  appsmithUpstream?: string;
  /** Queries at one time. Defaults to 64. */
  maxInFlight?: number;
  /**
   * Queries at one time for one address. Defaults to three quarters of `maxInFlight`. Behind a proxy all callers have
   * the proxy's address: set it to `maxInFlight` there.
   */
  maxInFlightPerCaller?: number;
  /** Bytes a request may have. Defaults to 16 MB. */
  maxBodyBytes?: number;
  /** Bytes an answer to Appsmith may have, 150 MB at most. Defaults to 25 MB. */
  maxAnswerBytes?: number;
  /** Milliseconds that queries under way have to end when the service stops. Defaults to 60 seconds. */
  drainMs?: number;
  logger?: Logger;
  logLevel?: string;
  /** Where the lines of the log go, if `logger` is not given. Defaults to stderr. */
  logDestination?: DestinationStream;
}
