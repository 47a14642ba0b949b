import { Hono } from 'hono';
import { EXECUTE_PATH } from '../hosts/appsmith/index.js';
import { type GuardOptions, guard, pathBehind } from './access-guard.js';
import { type AppsmithParts, appsmith } from './appsmith-routes.js';
import { answerFailure } from './execute-response.js';
import { type Dependency, health } from './health.js';
import type { Metrics } from './metrics.js';

export interface AppParts extends AppsmithParts {
  guard: GuardOptions;
  metrics: Metrics;
  dependencies: readonly Dependency[];
  /** The page and its API. */
  workbench: Hono;
}

/** Creates the whole service as one Hono app. Its routes' paths come after the prefix. */
export function createApp(parts: AppParts): Hono {
  const { inFlight, metrics, logger, dependencies, workbench } = parts;
  const { prefix } = parts.guard;
  const app = new Hono({ getPath: (request) => pathBehind(prefix, new URL(request.url).pathname) });

  app.use(async (c, next) => {
    await next();
    c.header('referrer-policy', 'no-referrer');
    c.header('x-content-type-options', 'nosniff');
    // A connection kept alive now would be closed under its next request.
    if (inFlight.draining) c.header('connection', 'close');
  });
  app.use(guard(parts.guard, logger));
  app.route('/', health(inFlight, dependencies));
  app.get('/metrics', async (c) =>
    c.body(await metrics.read(), 200, { 'content-type': metrics.contentType }),
  );
  app.route('/', appsmith(parts));
  app.get('/', async (c, next) => {
    // The page's own paths are relative: without the slash they would lose the prefix.
    if (new URL(c.req.url).pathname === `/${prefix}`) return c.redirect(`/${prefix}/`);
    return next();
  });
  app.route('/', workbench);

  app.notFound((c) => c.json({ error: 'Not found.' }, 404));
  app.onError((error, c) => {
    logger.error({ err: error }, 'a request failed by our own fault');
    return c.req.path === EXECUTE_PATH ? answerFailure(c, error) : c.json({ error: 'Internal error.' }, 500);
  });
  return app;
}
