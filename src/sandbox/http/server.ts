import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Region } from '../../mixpanel/regions.js';
import { createQuotas } from '../access/quotas.js';
import { CONTROL_PREFIX, control } from '../control/control-api.js';
import { createFaults } from '../control/faults.js';
import { createRequestLog } from '../control/request-log.js';
import { renderPage } from '../control/status-page.js';
import { accountsOf } from '../data/accounts.js';
import type { World } from '../data/data-store.js';
import { type Exchange, jsonReply, type Reply } from '../endpoint/definition.js';
import { ENDPOINTS } from '../endpoints/index.js';
import { Tally } from '../reports/tally.js';
import type { SandboxClock } from '../time/clock.js';
import { DAY_MS } from '../time/zone.js';
import { deliver } from './reply-sender.js';
import { answer, UNKNOWN_PATH } from './request-handler.js';
import { readExchange, UnreadableRequest } from './request-reader.js';
import { createRouter } from './router.js';

/** Where the sandbox tells of its own failures. */
export interface SandboxLogger {
  error(details: Record<string, unknown>, message: string): void;
}

export interface ServerOptions {
  world: World;
  clock: SandboxClock;
  /** Whether Mixpanel's limits are kept. */
  quotas: boolean;
  timeScale?: number;
  region?: Region;
  logger?: SandboxLogger;
}

/** The page counts what happened in so many days. */
const PAGE_DAYS = 7;

/** The server, not yet listening: Mixpanel's paths, the control API beside them, and a page at `/`. */
export function createSandboxServer({ world, clock, region, logger, ...options }: ServerOptions): Server {
  const { projects } = world;
  const accounts = accountsOf(region);
  const quotas = createQuotas({ enabled: options.quotas, timeScale: options.timeScale, now: clock.now });
  const parts = {
    world,
    projects,
    clock,
    faults: createFaults(),
    log: createRequestLog(),
    quotas,
    directory: { accounts, projects },
  };
  const endpointOf = createRouter(ENDPOINTS);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = await readExchange(request, clock.now());
    const { method, path } = exchange;
    if (path.startsWith(CONTROL_PREFIX)) await deliver(response, control(exchange, parts));
    else if (method === 'GET' && path === '/') await deliver(response, await page(exchange));
    else await answer(response, endpointOf(method, path) ?? UNKNOWN_PATH, exchange, parts);
  }

  async function page({ headers }: Exchange): Promise<Reply> {
    const body = await renderPage({
      url: `http://${headers.host ?? 'localhost'}`,
      region,
      projects,
      accounts,
      eventDays: PAGE_DAYS,
      eventsOf,
      quotas,
      requests: parts.log.list(),
    });
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
  }

  function eventsOf(projectId: string) {
    const tally = new Tally();
    const to = clock.now() + 1;
    for (const event of world.events(projectId, { from: to - PAGE_DAYS * DAY_MS, to })) {
      tally.add(event.event, '', event);
    }
    return tally.top(Number.POSITIVE_INFINITY).map((name) => ({ name, count: tally.all(name, 'general') }));
  }

  return createServer((request, response) => {
    serve(request, response).catch(async (error: unknown) => {
      if (error instanceof UnreadableRequest) {
        await deliver(response, jsonReply(error.status, { error: error.message })).catch(() => undefined);
        return;
      }
      // A caller who leaves in the middle is no failure of the sandbox.
      if (!request.destroyed)
        logger?.error({ path: request.url?.split('?')[0], error }, 'The sandbox failed here.');
      response.destroy();
    });
  });
}
