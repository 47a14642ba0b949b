import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FamilyHosts } from '../../src/mixpanel/regions.js';

/** A Mixpanel that answers as the test says: at once, later, or never. */
export interface LocalMixpanel {
  hosts: FamilyHosts;
  /** What came, as `METHOD /path?query`. */
  readonly requests: string[];
  /** Resolves when so many requests have come in all. */
  arrived(count: number): Promise<void>;
  /** Holds further answers back until called. */
  hold(): () => void;
  close(): Promise<void>;
}

export const TODAYS_TOP_EVENTS = {
  events: [
    { event: 'Signup', amount: 12, percent_change: 0.5 },
    { event: 'Purchase', amount: 7, percent_change: null },
  ],
  type: 'general',
};

export async function startLocalMixpanel(
  answer: (request: IncomingMessage) => { status?: number; body: unknown } = () => ({
    body: TODAYS_TOP_EVENTS,
  }),
): Promise<LocalMixpanel> {
  const requests: string[] = [];
  const waiting: { count: number; tell: () => void }[] = [];
  let held: Promise<void> = Promise.resolve();

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    for (const { count, tell } of waiting) if (requests.length >= count) tell();
    await held;
    const { status = 200, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  return {
    hosts: { query: base, app: base, export: base, ingestion: base },
    requests,
    arrived: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, tell: resolve });
      }),
    hold() {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
