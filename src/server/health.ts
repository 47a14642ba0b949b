import { Hono } from 'hono';
import type { InFlight } from './in-flight.js';

/** Something else the service needs. `check` rejects if it does not answer. */
export interface Dependency {
  name: string;
  check(): Promise<void>;
}

/**
 * `/healthz`: the process is up. `/readyz`: it accepts queries. A missing dependency is named but does not make the
 * service unready: queries still run, and a probe would otherwise remove every replica at once.
 */
export function health(inFlight: InFlight, dependencies: readonly Dependency[]): Hono {
  return new Hono()
    .get('/healthz', (c) => c.json({ status: 'up' }))
    .get('/readyz', async (c) => {
      if (inFlight.draining) return c.json({ status: 'draining' }, 503);
      const answers = await Promise.allSettled(dependencies.map(({ check }) => check()));
      const missing = dependencies.filter((_, index) => answers[index]?.status === 'rejected');
      return c.json({
        status: 'ready',
        ...(missing.length > 0 ? { without: missing.map(({ name }) => name) } : {}),
      });
    });
}
