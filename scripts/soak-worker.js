// One process of the soak: queries, exports and imports until it is told to stop, or killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { createPlugin } from '../dist/index.js';

const options = JSON.parse(process.argv[2]);
const { run, redis, quotaFile, mixpanelUrl, windowMs, processes, days, eventsADay } = options;
const QUERY_LOOPS = 6;
const IMPORT_EVENTS = 3000;
/** A query may wait this long, and has ended soon after. */
const TIMEOUT_MS = 5000;
const MAX_OVERTIME_MS = 20_000;
const MEMORY_INTERVAL_MS = 1000;

const plugin = createPlugin({
  redis,
  hosts: { query: mixpanelUrl, export: mixpanelUrl, ingestion: mixpanelUrl, app: mixpanelUrl },
  timeoutMs: TIMEOUT_MS,
  cache: {},
  quota: {
    shareWithoutRedis: 1 / processes,
    ...(redis ? {} : { persistTo: quotaFile, shared: true }),
    limits: {
      query: { windows: [{ limit: 60, windowMs }], concurrent: 5 },
      export: {
        windows: [
          { limit: 60, windowMs },
          { limit: 3, windowMs: 1000 },
        ],
        concurrent: 100,
      },
    },
  },
});
const datasource = { username: 'soak.demo.mp-service-account', password: 'a password', projectId: '1234567' };
let isStopping = false;

function report(message) {
  if (process.connected) process.send(message);
}

function reportError(error) {
  if (error?.code === 'INTERNAL' || error?.code === undefined)
    report({ internal: String(error?.message ?? error) });
  report({ error: error?.code ?? 'UNTYPED' });
}

async function queryForever() {
  while (!isStopping) {
    const day = new Date(Date.UTC(2020, 0, 1 + Math.floor(Math.random() * 500))).toISOString().slice(0, 10);
    const startedAt = performance.now();
    const result = await plugin.execute({
      datasource,
      command: 'GET_AGGREGATE_EVENT_COUNTS',
      parameters: {
        events: ['Page View'],
        fromDate: day,
        toDate: day,
        cacheSeconds: Math.random() < 0.5 ? 0 : 30,
      },
    });
    if (performance.now() - startedAt > TIMEOUT_MS + MAX_OVERTIME_MS)
      report({ internal: 'a query that took too long' });
    if (result.ok) {
      const isRight = result.body[0]?.count === Number(day.replaceAll('-', ''));
      report({ queries: 1, cached: result.meta.cache?.state === 'HIT' ? 1 : 0, wrong: isRight ? 0 : 1 });
    } else {
      reportError(result.error);
      await sleep(100);
    }
  }
}

async function exportForever() {
  while (!isStopping) {
    const first = Math.floor(Math.random() * (days.length - 2));
    const chosen = days.slice(first, first + 3);
    const seen = new Map();
    let resumeToken;
    for (;;) {
      try {
        const stream = plugin.stream({
          datasource,
          command: 'DOWNLOAD_DATA',
          parameters: { fromDate: chosen[0], toDate: chosen.at(-1) },
          resumeToken,
        });
        for await (const rows of stream.batches())
          for (const row of rows)
            seen.set(row.$insert_id ?? row.insert_id, (seen.get(row.$insert_id ?? row.insert_id) ?? 0) + 1);
        break;
      } catch (error) {
        reportError(error);
        if (isStopping) return;
        // Without a token nothing was delivered, or it begins anew.
        if (error.resumeToken === undefined) seen.clear();
        resumeToken = error.resumeToken;
        await sleep(200);
      }
    }
    const lost = chosen
      .flatMap((day) => Array.from({ length: eventsADay }, (_, index) => `${day}-${index}`))
      .filter((id) => !seen.has(id)).length;
    const doubled = [...seen.values()].filter((times) => times > 1).length;
    report({ exports: 1, lost, doubled });
    await sleep(windowMs / 10);
  }
}

async function importForever() {
  for (let first = 0; !isStopping; first += IMPORT_EVENTS) {
    const time = Math.floor(Date.now() / 1000) - 3600;
    // No ids of their own: those that are made have to be the same each time.
    const items = Array.from({ length: IMPORT_EVENTS }, (_, index) => ({
      event: 'Page View',
      properties: { time, distinct_id: `user-${index % 50}`, number: `${run}-${first + index}` },
    }));
    let sent = 0;
    while (sent < items.length) {
      try {
        for await (const batch of plugin.send({
          datasource,
          command: 'IMPORT_EVENTS',
          parameters: {},
          items,
          skip: sent,
        })) {
          report({ acknowledged: { run, first: first + batch.first, count: batch.items } });
          sent = batch.first + batch.items;
        }
      } catch (error) {
        reportError(error);
        if (isStopping) return;
        await sleep(200);
      }
    }
    report({ imports: 1 });
    await sleep(windowMs / 10);
  }
}

const memoryTimer = setInterval(() => {
  globalThis.gc?.();
  report({ heapMb: process.memoryUsage().heapUsed / 1e6 });
}, MEMORY_INTERVAL_MS);

process.on('message', (message) => {
  isStopping = message === 'stop';
});
process.on('disconnect', () => process.exit());

await Promise.all([...Array.from({ length: QUERY_LOOPS }, queryForever), exportForever(), importForever()]);
clearInterval(memoryTimer);
await plugin.close();
process.disconnect();
