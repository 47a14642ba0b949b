import { Hono } from 'hono';
import type { InFlight } from './in-flight.js';

/** Something the service needs beside itself; `check` rejects when it does not answer. */
export interface Dependency {
  name: string;
  check(): Promise<void>;
}

/**
 * `/healthz`: the process is up. `/readyz`: it takes queries. A dependency that is gone is named but does not make
 * the service unready: queries go on with less, and a probe would otherwise take every replica away at once.
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
