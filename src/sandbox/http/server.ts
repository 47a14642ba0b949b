import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Region } from '../../mixpanel/regions.js';
import { DAY_MS } from '../../time/durations.js';
import { createQuotas } from '../access/quotas.js';
import { CONTROL_PREFIX, handleControlRequest } from '../control/control-api.js';
import { createFaults } from '../control/faults.js';
import { createRequestLog } from '../control/request-log.js';
import { renderStatusPage } from '../control/status-page.js';
import { listAccounts } from '../data/accounts.js';
import type { DataStore } from '../data/data-store.js';
import { jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';
import { ENDPOINTS } from '../endpoints/index.js';
import { Tally } from '../reports/tally.js';
import type { SandboxClock } from '../time/clock.js';
import type { Certificate } from './certificate.js';
import { createPreflightReply } from './cors.js';
import { isOwnHost } from './own-host.js';
import { sendReply } from './reply-sender.js';
import { handleRequest, UNKNOWN_PATH } from './request-handler.js';
import { readRequest, UnreadableRequest } from './request-reader.js';
import { createRouter } from './router.js';

/** Receives the sandbox's own failures. */
export interface SandboxLogger {
  error(details: Record<string, unknown>, message: string): void;
  warn?(details: Record<string, unknown>, message: string): void;
}

export interface ServerOptions {
  store: DataStore;
  clock: SandboxClock;
  /** Whether Mixpanel's limits are kept. */
  quotas: boolean;
  timeScale?: number;
  region?: Region;
  /** Host names beside loopback names and IP addresses. */
  allowedHosts: readonly string[];
  /** Serves HTTPS instead of HTTP. */
  certificate?: Certificate;
  logger?: SandboxLogger;
}

/** Days of events that the status page counts. */
const STATUS_PAGE_DAYS = 7;

/** The server, not yet listening: Mixpanel's paths, the control API beside them, and a page at `/`. */
export function createSandboxServer({ store, clock, region, logger, ...options }: ServerOptions): Server {
  const { projects } = store;
  const accounts = listAccounts(region);
  const quotas = createQuotas({ enabled: options.quotas, timeScale: options.timeScale, now: clock.now });
  const context = {
    store,
    projects,
    clock,
    faults: createFaults(),
    log: createRequestLog(),
    quotas,
    directory: { accounts, projects, region },
  };
  const router = createRouter(ENDPOINTS);

  async function handleIncoming(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming, clock.now());
    const { method, path } = request;
    if (!isOwnHost(request.headers.host, options.allowedHosts)) {
      await sendReply(response, createForeignHostReply(request));
      return;
    }
    const preflight = method === 'OPTIONS' ? createPreflightReply(request, router) : undefined;
    if (preflight) await sendReply(response, preflight);
    else if (path.startsWith(CONTROL_PREFIX))
      await sendReply(response, handleControlRequest(request, context));
    else if (method === 'GET' && path === '/') await sendReply(response, await createStatusPage(request));
    else await handleRequest(response, router.find(method, path) ?? UNKNOWN_PATH, request, context);
  }

  async function createStatusPage({ headers }: SandboxRequest): Promise<Reply> {
    const body = await renderStatusPage({
      url: `${options.certificate ? 'https' : 'http'}://${headers.host ?? 'localhost'}`,
      region,
      projects,
      accounts,
      eventDays: STATUS_PAGE_DAYS,
      countEvents,
      quotas,
      requests: context.log.list(),
    });
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
  }

  function countEvents(projectId: string) {
    const tally = new Tally();
    const to = clock.now() + 1;
    for (const event of store.events(projectId, { from: to - STATUS_PAGE_DAYS * DAY_MS, to })) {
      tally.add(event.event, '', event);
    }
    return tally.top(Number.POSITIVE_INFINITY).map((name) => ({ name, count: tally.total(name, 'general') }));
  }

  const listener: RequestListener = (incoming, response) => {
    handleIncoming(incoming, response).catch(async (error: unknown) => {
      if (error instanceof UnreadableRequest) {
        await sendReply(response, jsonReply(error.status, { error: error.message })).catch(() => undefined);
        return;
      }
      // A caller that hangs up is no failure of the sandbox.
      if (!incoming.destroyed)
        logger?.error(
          { path: incoming.url?.split('?')[0], error },
          'The sandbox failed to answer a request.',
        );
      response.destroy();
    });
  };
  return options.certificate ? createTlsServer(options.certificate, listener) : createServer(listener);
}

function createForeignHostReply({ headers }: SandboxRequest): Reply {
  const host = headers.host ?? '';
  return jsonReply(403, {
    error: `The sandbox does not answer to the host name ${JSON.stringify(host)}. If it is yours, start the sandbox with --allowed-host.`,
  });
}
