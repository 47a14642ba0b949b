// How long the service holds its thread: the longest stretch in which `/healthz` could not have been answered, for the
// largest requests it reads and the largest answers it takes. Mixpanel and the caller are another thread.
// npm run bench:stalls, or npm run bench:stalls -- 5 for answers of 5 MB
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { startServer } from '../dist/server/index.js';

const MEGABYTE = 1_000_000;
/** Below the 64 MB that are read whole, unless the command line says otherwise. */
const ANSWER_BYTES = Number(process.argv[2] ?? 60) * MEGABYTE;

const days = Array.from({ length: 365 }, (_, day) =>
  new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10),
);
const dates = { fromDate: days[0], toDate: days.at(-1) };

/** Repeats `make` until the text would be too long. */
function fill(make, bytes = ANSWER_BYTES) {
  const parts = [];
  for (let index = 0, length = 0; length < bytes; index += 1) {
    const part = make(index);
    parts.push(part);
    length += part.length + 1;
  }
  return parts;
}

const event = (index) =>
  JSON.stringify({
    event: 'Page View',
    properties: {
      time: 1_704_067_200 + index,
      distinct_id: `user-${index}`,
      $insert_id: `id-${index}`,
      $city: 'Berlin',
      $os: 'Mac OS X',
      plan: 'gold',
      price: index / 7,
    },
  });

/** Answers of Mixpanel by path. */
const ANSWERS = {
  '/api/query/events': () =>
    `{"data":{"series":${JSON.stringify(days)},"values":{${fill((index) => `"event ${index}":{${days.map((day) => `"${day}":${index}`).join()}}`).join()}}},"legend_size":1}`,
  '/api/query/engage': () =>
    `{"results":[${fill((index) => `{"$distinct_id":"user-${index}","$properties":{"$city":"Berlin","plan":"gold","404":${index}}}`).join()}],"page":0,"page_size":1000,"session_id":"a","total":1000,"status":"ok"}`,
  '/api/2.0/export': () => fill(event).join('\n'),
  '/api/query/cohorts/list': () => `[${fill((index) => `{"id":${index}}`).join()}]`,
};

const query = (command, parameters = {}) => ({
  pluginName: 'mixpanel-1.0-plugin',
  actionTemplateName: command,
  datasource: {
    datasourceConfiguration: {
      authentication: { username: 'a.b.mp-service-account', password: 'a password' },
      properties: [
        { key: 'projectId', value: '1234567' },
        { key: 'region', value: 'US' },
      ],
    },
  },
  actionConfiguration: {
    formData: { command, cacheSeconds: '600', ...parameters },
    timeoutInMillisecond: '60000',
  },
});

/** What the service is asked, with the request as text. */
const REQUESTS = {
  'counts, rows': () => JSON.stringify(query('GET_AGGREGATE_EVENT_COUNTS', { events: '["a"]', ...dates })),
  'counts, CSV': () =>
    JSON.stringify(query('GET_AGGREGATE_EVENT_COUNTS', { events: '["b"]', format: 'csv', ...dates })),
  'counts, raw': () =>
    JSON.stringify(query('GET_AGGREGATE_EVENT_COUNTS', { events: '["c"]', response: 'raw', ...dates })),
  'profiles, one page': () => JSON.stringify(query('QUERY_PROFILES')),
  'events, cut at 100,000 rows': () => JSON.stringify(query('DOWNLOAD_DATA', dates)),
  'events, as CSV': () => JSON.stringify(query('DOWNLOAD_DATA', { ...dates, format: 'csv' })),
  'custom action, small objects': () =>
    JSON.stringify(query('CUSTOM_ACTION', { endpoint: '/api/query/cohorts/list', method: 'GET' })),
  'request: 14 MB of events to import': () =>
    JSON.stringify(query('IMPORT_EVENTS', { events: `[${fill(event, 14 * MEGABYTE).join()}]` })),
  'request: 15 MB in one value': () =>
    JSON.stringify(query('GET_TOP_EVENTS', { limit: 'x'.repeat(15 * MEGABYTE) })),
  'request: 15 MB of a million values': () =>
    `{"pluginName":"mixpanel-1.0-plugin","a":[${fill(() => '"a value"', 9.9 * MEGABYTE).join()}]}`,
  'request: 15 MB of brackets': () => '['.repeat(15 * MEGABYTE),
  'request: 15 MB that are no JSON': () => `{"${'\\"'.repeat(7 * MEGABYTE)}1234567890123456789`,
};

async function runClient() {
  const answers = {};
  const mixpanel = createServer((request, response) => {
    request.resume();
    const { pathname } = new URL(request.url, 'http://localhost');
    answers[pathname] ??= (ANSWERS[pathname] ?? (() => '{}'))();
    response.setHeader('content-type', 'application/json');
    response.end(answers[pathname]);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => mixpanel.once('listening', resolve));
  parentPort.postMessage({ port: mixpanel.address().port });
  const { url } = await new Promise((resolve) => parentPort.once('message', resolve));
  for (const [name, write] of Object.entries(REQUESTS)) {
    const body = write();
    for (const path of Object.keys(ANSWERS)) answers[path] ??= ANSWERS[path]();
    await ask(name, `${url}/api/v1/actions/execute`, body);
  }
  parentPort.postMessage({ done: true });
  mixpanel.closeAllConnections();
  mixpanel.close();
}

async function ask(name, url, body) {
  parentPort.postMessage({ begin: name });
  await new Promise((resolve) => parentPort.once('message', resolve));
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  const { isExecutionSuccess, body: said } = JSON.parse(text);
  parentPort.postMessage({
    end: name,
    bytes: text.length,
    said: isExecutionSuccess ? 'ok' : String(said).slice(0, 90),
  });
  await new Promise((resolve) => parentPort.once('message', resolve));
}

async function runServer() {
  const client = new Worker(new URL(import.meta.url), { workerData: 'client', argv: process.argv.slice(2) });
  const { port } = await new Promise((resolve) => client.once('message', resolve));
  const base = `http://127.0.0.1:${port}`;
  const server = await startServer({
    port: 0,
    logLevel: 'silent',
    stateDir: '',
    pluginOptions: { hosts: { query: base, export: base, ingestion: base, app: base } },
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const results = [];
  client.on('message', (message) => {
    if ('begin' in message) {
      delay.enable();
      setTimeout(() => {
        delay.reset();
        client.postMessage('begun');
      }, 100);
    } else if ('end' in message) {
      // What the loop still owes is in the measure after a turn.
      setTimeout(() => {
        const longestMs = Math.round(delay.max / 1e6);
        console.log(
          `${String(longestMs).padStart(6)} ms  ${message.end}: ${message.said}, ${message.bytes} characters`,
        );
        results.push(longestMs);
        globalThis.gc?.();
        client.postMessage('ended');
      }, 50);
    } else if (message.done) {
      delay.disable();
      void server.close();
    }
  });
  client.postMessage({ url: server.url });
}

await (isMainThread || workerData !== 'client' ? runServer() : runClient());
