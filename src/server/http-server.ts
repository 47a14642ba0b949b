import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PluginError } from '../errors.js';
import { MINUTE_MS, SECOND_MS } from '../time/durations.js';
import { SharedBudget } from './shared-budget.js';

export interface TlsOptions {
  /** PEM texts. */
  cert: string;
  key: string;
  /** Accepts only clients with a certificate of this authority. The secret prefix is then not needed. */
  clientCa?: string;
}

export interface ListenOptions {
  host: string;
  /** 0 picks a free one. */
  port: number;
  tls?: TlsOptions;
  /** Shorter timeouts, for tests. */
  timeouts?: Timeouts;
  /** Fewer connections, for tests. */
  connections?: { max: number; maxPerCaller: number };
}

/** Timeouts for receiving a request, in milliseconds. */
export interface Timeouts {
  headersMs: number;
  /** Headers and body. */
  requestMs: number;
  /** Interval at which connections are checked. */
  checkMs: number;
}

/** Enough for 16 MB over a slow connection. */
const TIMEOUTS: Timeouts = { headersMs: 20 * SECOND_MS, requestMs: 2 * MINUTE_MS, checkMs: 5 * SECOND_MS };

/**
 * Longer than hosts pool connections, so that none is closed under a request: Appsmith would show the failed request,
 * the password included, to the person who edits the query.
 */
const KEEP_ALIVE_MS = 10 * MINUTE_MS;

/** Connections at one time, and those of one address: what is left over lets others in. */
const MAX_CONNECTIONS = 2048;
const CONNECTIONS = { max: MAX_CONNECTIONS, maxPerCaller: MAX_CONNECTIONS - MAX_CONNECTIONS / 4 };

export interface Listening {
  server: Server;
  port: number;
  /** `http://127.0.0.1:8090`. */
  origin: string;
}

/** Listens on an address. Throws `INVALID_INPUT` if it is not available. */
export async function listen(
  listener: RequestListener,
  { host, port, tls, timeouts = TIMEOUTS, connections = CONNECTIONS }: ListenOptions,
): Promise<Listening> {
  const limits = {
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    connectionsCheckingInterval: timeouts.checkMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = tls
    ? createHttpsServer({ ...serverOptions(tls), ...limits }, listener)
    : createHttpServer(limits, listener);
  limitConnections(server, connections);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)));
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const scheme = tls ? 'https' : 'http';
  return { server, port: taken, origin: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}` };
}

/** How long the connections closed for a new one take to be gone. */
const CLOSE_MS = 20;

/**
 * Closes new connections beyond the limits. At a limit, connections that only wait for a next request make room
 * first.
 */
function limitConnections(
  server: Server,
  { max, maxPerCaller }: { max: number; maxPerCaller: number },
): void {
  const open = new SharedBudget(max, maxPerCaller);
  server.on('connection', (socket) => {
    // An address is gone once its connection is.
    const caller = socket.remoteAddress ?? '';
    const admit = () => {
      const release = open.take(1, caller);
      if (typeof release === 'function') socket.once('close', release);
      return typeof release === 'function';
    };
    if (admit()) return;
    server.closeIdleConnections();
    setTimeout(() => socket.destroyed || admit() || socket.destroy(), CLOSE_MS);
  });
}

function serverOptions({ cert, key, clientCa }: TlsOptions) {
  const callers = clientCa ? { ca: clientCa, requestCert: true, rejectUnauthorized: true } : {};
  return { cert, key, minVersion: 'TLSv1.2', ...callers } as const;
}

function cannotListen(host: string, port: number, { message }: Error): PluginError {
  return new PluginError(
    'INVALID_INPUT',
    `The service cannot listen on ${host}, port ${port} (${message}). Choose another address with --host, or another port with --port.`,
  );
}
