import type { Server } from 'node:http';
import type { InFlight } from './in-flight.js';

/** How often idle connections are closed while the last answers are sent. */
const SWEEP_MS = 50;
/** How long the answers of cancelled queries have to reach their callers. */
const FLUSH_MS = 5000;

/**
 * Stops the server without losing an answer. It keeps listening while queries are under way, so that new ones get
 * `BUSY` instead of a refused connection, and then waits until the answers have been read. After `limitMs` it cancels
 * what is still under way.
 */
export async function drain(server: Server, inFlight: InFlight, limitMs: number): Promise<void> {
  inFlight.stopEntry();
  const giveUp = setTimeout(() => inFlight.abandon(), limitMs);
  const cut = setTimeout(() => server.closeAllConnections(), limitMs + FLUSH_MS);
  await inFlight.idle();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(giveUp);
  clearTimeout(cut);
}
