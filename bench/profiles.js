// How close all pages of profiles come to the shortest time possible: one round trip for the first page, which counts
// and opens the session, then five at a time. The server answers each page after a fixed wait, so that the wait is
// what is measured. npm run bench:profiles

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createPlugin } from '../dist/index.js';
import { median, report, timed } from './measure.js';

const PAGES = 51;
const PAGE_SIZE = 1000;
const AT_A_TIME = 5;
const WAIT_MS = 250;
const ROUNDS = 5;

const bodies = Array.from({ length: PAGES }, (_, page) =>
  JSON.stringify({
    page,
    page_size: PAGE_SIZE,
    session_id: 'bench',
    status: 'ok',
    ...(page === 0 ? { total: PAGES * PAGE_SIZE } : {}),
    results: Array.from({ length: PAGE_SIZE }, (_, index) => ({
      $distinct_id: `user-${page * PAGE_SIZE + index}`,
      $properties: {
        $email: `user-${index}@example.com`,
        $name: `User ${index}`,
        plan: 'Premium',
        visits: index,
      },
    })),
  }),
);

const server = createServer(async (request, response) => {
  const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
  setTimeout(() => response.end(bodies[Number(form.get('page') ?? 0)]), WAIT_MS);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;
const plugin = createPlugin({ hosts: { query: url, export: url, ingestion: url, app: url } });
const call = {
  datasource: { username: 'bench', password: 'bench', projectId: '1' },
  command: 'QUERY_PROFILES',
  parameters: { pages: 'all' },
};

// The round trip as it is, the server's and the machine's own slowness included.
const trips = [];
const times = [];
for (let round = 0; round < ROUNDS; round += 1) {
  trips.push(await timed(() => plugin.execute({ ...call, parameters: { pages: 1, cacheSeconds: 0 } })));
  times.push(
    await timed(async () => {
      let rows = 0;
      for await (const _ of plugin.stream(call)) rows += 1;
      if (rows !== PAGES * PAGE_SIZE) throw new Error(`${rows} rows instead of ${PAGES * PAGE_SIZE}`);
    }),
  );
}
const trip = median(trips);
const time = median(times);
const least = Math.ceil(PAGES / AT_A_TIME);
console.log(
  `${PAGES} pages of ${PAGE_SIZE} profiles: ${time.toFixed(0)} ms, a round trip ${trip.toFixed(0)} ms`,
);
report(`profiles, ${PAGES} pages, of ${least} round trips`, time / (least * trip), { atMost: 1.02 });
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
await plugin.close();
server.closeAllConnections();
server.close();
