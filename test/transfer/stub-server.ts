import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FamilyHosts } from '../../src/mixpanel/regions.js';

export interface StubServer {
  hosts: FamilyHosts;
  close(): Promise<void>;
}

/** A server in Mixpanel's place that answers as a test wishes. */
export async function startStubServer(
  handle: (request: IncomingMessage & { query: URLSearchParams }, response: ServerResponse) => void,
): Promise<StubServer> {
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    handle(Object.assign(request, { query }), response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    hosts: { query: url, export: url, ingestion: url, app: url },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const DATASOURCE = { username: 'svc', password: 'secret-word', projectId: '1' };

/** A plugin whose quota is another test's business and whose retries come at once. */
export const FAST_UNLIMITED = {
  transfer: { retryPauseMs: 1 },
  quota: { limits: { export: { windows: [], concurrent: 100 }, query: { windows: [], concurrent: 5 } } },
};
