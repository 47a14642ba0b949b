import { once } from 'node:events';
import { createServer } from 'node:net';

const MAX_TRIES = 20;

/** Returns the first port from `first` on that nobody listens on; 0, for any free one, if many in a row are taken. */
export async function findFreePort(first: number, host: string): Promise<number> {
  for (let port = first; port < first + MAX_TRIES; port += 1) {
    if (await isFree(port, host)) return port;
  }
  return 0;
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    // Whoever listens gets the real error of any other trouble with this address.
    return !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
  }
  server.close();
  await once(server, 'close');
  return true;
}
