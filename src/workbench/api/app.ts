import { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Datasource } from '../../command/datasource.js';
import type { FamilyHosts } from '../../mixpanel/regions.js';
import type { MixpanelPlugin } from '../../plugin.js';
import { csrfGuard } from './csrf-guard.js';
import { createApiRoutes } from './routes.js';
import { BUILT_PAGE_FOLDER, servePage } from './static-page.js';

export interface WorkbenchOptions {
  /** Runs the sandbox's queries if there is a sandbox, otherwise those of real accounts. */
  plugin: MixpanelPlugin;
  /** Runs the queries of real accounts when `plugin` is connected to the sandbox. Defaults to `plugin`. */
  realPlugin?: MixpanelPlugin;
  /** The local Mixpanel that the page opens with: a datasource for it and the URLs it listens on. */
  sandbox?: { datasource: Datasource; hosts: FamilyHosts; projectToken?: string };
  /** Host names to accept in addition to loopback names and IP addresses. */
  allowedHosts?: readonly string[];
  logger?: Pick<Logger, 'error'>;
  /** Folder of the built page. Defaults to the one in this package. */
  page?: string;
}

/**
 * Creates the workbench: a page at `/` for trying queries, and its API under `/workbench/api`.
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
