import type { MixpanelPlugin, PluginOptions } from '../plugin.js';
import type { TlsOptions } from './http-server.js';
import type { Logger } from './logger.js';

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
  /** How many services share that Redis: while it is gone each keeps to such a part of the quota; 10 unless told. */
  replicas?: number;
  tls?: TlsOptions;
  /** Names by which callers reach the service, beside `localhost`, `host` and addresses. */
  allowedHosts?: readonly string[];
  /** Where everything goes that is meant for Appsmith's cloud service: `https://cs.appsmith.com`. */
  appsmithUpstream?: string;
  /** Queries at one time. Defaults to 64. */
  maxInFlight?: number;
  /**
   * Queries at one time for one address. Defaults to three quarters of `maxInFlight`. Behind a proxy all callers have
   * the proxy's address: set it to `maxInFlight` there.
   */
  maxInFlightPerCaller?: number;
  /** Bytes a request may have; 16 MB unless told. */
  maxBodyBytes?: number;
  /** Bytes an answer to Appsmith may have; 25 MB unless told. */
  maxAnswerBytes?: number;
  /** Milliseconds queries under way have to end when the service stops; 60 seconds unless told. */
  drainMs?: number;
  logger?: Logger;
  logLevel?: string;
}
