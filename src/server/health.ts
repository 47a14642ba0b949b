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
      const results = await Promise.allSettled(dependencies.map(({ check }) => check()));
      const reasons = results.flatMap((result, index) =>
        result.status === 'rejected' ? [[dependencies[index]!.name, reasonOf(result.reason)] as const] : [],
      );
      return c.json({
        status: 'ready',
        ...(reasons.length > 0
          ? { without: reasons.map(([name]) => name), reasons: Object.fromEntries(reasons) }
          : {}),
      });
    });
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
