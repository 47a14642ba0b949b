import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FamilyHosts, Region } from '../mixpanel/regions.js';
import { listAccounts, type SandboxAccount } from './data/accounts.js';
import { createDataStore } from './data/data-store.js';
import type { SandboxProject } from './data/dataset/project.js';
import { openStateFile, readEvents } from './data/state-file.js';
import { createSandboxServer, type SandboxLogger } from './http/server.js';
import type { StoredEvent } from './records/write.js';
import { createClock } from './time/clock.js';

export type { SandboxAccount } from './data/accounts.js';
export type { SandboxProject } from './data/dataset/project.js';
export type { SandboxLogger } from './http/server.js';

export interface SandboxOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** The same seed gives the same data on the same day. Default 1. */
  seed?: number;
  /** Approximate number of events in all projects together. Defaults to 200,000. */
  events?: number;
  /** Default 5,000. */
  users?: number;
  /** Days of events, ending today. Default 90. */
  days?: number;
  /** The sandbox's time, epoch milliseconds. Default the machine's. */
  now?: () => number;
  /** Whether Mixpanel's limits are kept. Default false. */
  quotas?: boolean;
  /** How many times faster the windows of the quotas pass. Default 1. */
  timeScale?: number;
  /** NDJSON, as the export gives it, in place of the first project's made-up events; the profiles stay. */
  dataFile?: string;
  /** Keeps what is written, across restarts. */
  stateFile?: string;
  /** Plays one region's cluster: the credentials of others are unknown to it. */
  regionMode?: Region;
  /** Host names beside loopback names and IP addresses, such as that of a container. Default none. */
  allowedHosts?: readonly string[];
  /** Serves HTTPS with a self-signed certificate, which some clients demand. Default false. */
  tls?: boolean;
  logger?: SandboxLogger;
}

export interface Sandbox {
  /** Without a trailing slash. */
  url: string;
  port: number;
  projects: readonly SandboxProject[];
  accounts: readonly SandboxAccount[];
  /** All four families at this sandbox. */
  hosts: FamilyHosts;
  /** The certificate to trust (PEM), with `tls`. */
  certificate?: string;
  close(): Promise<void>;
}

/**
 * Starts a local Mixpanel: the same paths, answers and errors, on a data set of its own.
 *
 * @example
 * const sandbox = await startSandbox();
 * const plugin = createPlugin({ hosts: sandbox.hosts });
 */
export async function startSandbox({
  port = 0,
  host = '127.0.0.1',
  seed = 1,
  events = 200_000,
  users = 5_000,
  days = 90,
  now,
  quotas = false,
  timeScale,
  dataFile,
  stateFile,
  regionMode,
  allowedHosts = [],
  tls = false,
  logger,
}: SandboxOptions = {}): Promise<Sandbox> {
  const clock = createClock(now);
  const importedEvents = dataFile === undefined ? undefined : await collectEvents(dataFile);
  const store = createDataStore({
    seed,
    events,
    users,
    days,
    now: clock.now,
    importedEvents,
  });
  const state = stateFile === undefined ? undefined : await openStateFile(stateFile);
  if (state) {
    if (state.droppedBytes > 0) {
      logger?.warn?.(
        { file: stateFile, droppedBytes: state.droppedBytes },
        `The last line of ${stateFile} was incomplete and was removed (${state.droppedBytes} bytes). The sandbox had not acknowledged it.`,
      );
    }
    store.write(state.writes);
    store.onWrite = (writes) => state.append(writes);
  }

  const certificate = tls ? await (await import('./http/certificate.js')).createCertificate(host) : undefined;
  const server = createSandboxServer({
    store,
    clock,
    quotas,
    timeScale,
    region: regionMode,
    allowedHosts,
    certificate,
    logger,
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    state?.close();
    throw error;
  }
  async function close(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    state?.close();
  }

  let closing: Promise<void> | undefined;
  const boundPort = (server.address() as AddressInfo).port;
  const url = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${boundPort}`;
  return {
    url,
    port: boundPort,
    projects: store.projects,
    accounts: listAccounts(regionMode),
    hosts: { query: url, export: url, ingestion: url, app: url },
    certificate: certificate?.cert,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function collectEvents(file: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of readEvents(file)) events.push(event);
  return events;
}
