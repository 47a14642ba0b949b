import type { Server } from 'node:http';
import type { InFlight } from './in-flight.js';

/** How often connections that have fallen idle are closed while the last answers go out. */
const SWEEP_MS = 50;
/** An answer that is ready has this long to reach its caller. */
const FLUSH_MS = 5000;

/**
 * Stops the server without losing an answer: it goes on listening while queries are under way, so that new ones are
 * told to come again rather than refused a connection; then it waits for the answers to be read.
 */
export async function drain(server: Server, inFlight: InFlight, limitMs: number): Promise<void> {
  await inFlight.drain(limitMs);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), FLUSH_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
