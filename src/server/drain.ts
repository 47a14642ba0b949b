import type { Server } from 'node:http';
import type { InFlight } from './in-flight.js';

/** How often connections that have fallen idle are closed while the last answers go out. */
const SWEEP_MS = 50;
/** What was given up still ends with an answer, which has this long to reach its caller. */
const FLUSH_MS = 5000;

/**
 * Stops the server without losing an answer: it goes on listening while queries are under way, so that new ones are
 * told to come again rather than refused a connection; then it waits for the answers to be read. After `limitMs`
 * what is still under way is given up.
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
