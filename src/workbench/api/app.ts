import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Datasource } from '../../command/datasource.js';
import type { FamilyHosts } from '../../mixpanel/regions.js';
import type { MixpanelPlugin } from '../../plugin.js';
import { csrfGuard } from './csrf-guard.js';
import { createApiRoutes } from './routes.js';
import { BUILT_PAGE_FOLDER, servePage } from './static-page.js';

export interface WorkbenchOptions {
  /** Runs the sandbox's queries where there is one, else those of real accounts. */
  plugin: MixpanelPlugin;
  /** Runs the queries of real accounts where `plugin` is tied to the sandbox. */
  realPlugin?: MixpanelPlugin;
  /** The local Mixpanel the page opens on: an account of it, and where it listens. */
  sandbox?: { datasource: Datasource; hosts: FamilyHosts };
  /** Host names the server is known by, beside loopback names and IP addresses. */
  allowedHosts?: readonly string[];
  logger?: Pick<Logger, 'error'>;
  /** The folder of the built page; found by itself in the package. */
  page?: string;
}

/**
 * The workbench: the page at `/` where a query is tried before it is bound, and its API under `/workbench/api`.
 *
 * @example
 * const app = createWorkbench({ plugin: createPlugin() });
 * serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 4280 });
 */
export function createWorkbench(options: WorkbenchOptions): Hono {
  const {
    plugin,
    realPlugin = plugin,
    sandbox,
    allowedHosts = [],
    logger,
    page = BUILT_PAGE_FOLDER,
  } = options;
  const app = new Hono();
  app.use('/workbench/api/*', csrfGuard(allowedHosts));
  app.route(
    '/workbench/api',
    createApiRoutes({
      plugin: realPlugin,
      sandbox: sandbox && { id: 'sandbox', kind: 'sandbox', plugin, ...sandbox },
      logger,
    }),
  );
  app.route('/', servePage(page));
  return app;
}
