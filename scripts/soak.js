// An hour's mixed load in ten minutes: several processes query, export and import against a Mixpanel of its own, while
// that Mixpanel fails, Redis fails, and processes are killed. Prints what Mixpanel's side has seen, and ends with 1 on
// any violation: a start too many, a record lost or doubled, a wrong answer, a fault of our own, memory that grows.
//
//   npm run soak                     ten minutes
//   npm run soak -- --minutes 1      a short one
//   npm run soak -- --seed 7         the same faults again
//
// The quota's hour is scaled to a tenth of the run. Needs redis-server on the PATH (or another, as REDIS_SERVER);
// without it there is one process, which keeps its quota in a file.
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
const RUN_MS = Number(values.minutes) * 60_000;
if (!(RUN_MS > 0)) throw new Error('--minutes must be a number above 0.');
const WINDOW_MS = RUN_MS / 10;
const LIMIT = 60;
const CONCURRENT = 5;
const PROCESSES = 3;
const EXPORT_DAYS = 6;
const EVENTS_A_DAY = 1500;
/** Memory may settle, but not grow on and on. */
const MAX_GROWTH_MB = 12;
const MAX_SLOPE_MB = 2;

const REDIS = process.env.REDIS_SERVER ?? 'redis-server';
const hasRedis = spawnSync(REDIS, ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'soak-'));

/** Random numbers from 0 to 1, the same for the same seed (Mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = randomFrom(Number(values.seed));

/** What Mixpanel's side counts of one family of calls. */
class Window {
  starts = 0;
  overStarts = 0;
  running = 0;
  maxRunning = 0;
  overRunning = 0;
  /** The part of the quota used in each window that is over. */
  #times = [];

  constructor(maxRunning) {
    this.limitRunning = maxRunning;
  }

  arrive(response) {
    const now = performance.now();
    this.starts += 1;
    this.#times.push(now);
    // What our own lag made arrive late is not a start too many.
    const since = now - WINDOW_MS + Math.min(2000, lag.max / 1e6);
    while (this.#times[0] <= since) this.#times.shift();
    if (this.#times.length > LIMIT) this.overStarts += 1;
    this.running += 1;
    this.maxRunning = Math.max(this.maxRunning, this.running);
    if (this.running > this.limitRunning) this.overRunning += 1;
    response.once('close', () => {
      this.running -= 1;
    });
  }
}

const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();
const queries = new Window(CONCURRENT);
const exportCalls = new Window(Number.POSITIVE_INFINITY);
/** Imported events by their id: what Mixpanel does with an id it knows. */
const imported = new Map();
const faults = new Map();

function countFault(name) {
  faults.set(name, (faults.get(name) ?? 0) + 1);
}

const dayOf = (index) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);

/** The events of a day, always the same. */
function linesOf(day) {
  const time = Date.parse(day) / 1000;
  return Array.from({ length: EVENTS_A_DAY }, (_, index) =>
    JSON.stringify({
      event: 'Page View',
      properties: {
        time: time + index,
        distinct_id: `user-${index % 50}`,
        $insert_id: `${day}-${index}`,
        page: `/p/${index}`,
      },
    }),
  );
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
}

function fail(response, status) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end('{"error":"An error of the soak."}');
}

async function answerQuery(url, response) {
  queries.arrive(response);
  await sleep(20 + random() * 300);
  const fate = random();
  if (fate < 0.05) return countFault('query: 500') ?? fail(response, 500);
  if (fate < 0.1) return countFault('query: cut') ?? response.destroy();
  const from = url.searchParams.get('from_date');
  response.writeHead(200, { 'content-type': 'application/json' });
  // The worker knows what is right: the day itself as a number.
  response.end(
    JSON.stringify({
      data: { series: [from], values: { 'Page View': { [from]: Number(from.replaceAll('-', '')) } } },
      legend_size: 1,
    }),
  );
}

async function answerExport(url, response) {
  exportCalls.arrive(response);
  const fate = random();
  if (fate < 0.1) return countFault('export: 503') ?? fail(response, 503);
  const [from, to] = [url.searchParams.get('from_date'), url.searchParams.get('to_date')];
  const lines = [];
  for (let index = 0; dayOf(index) <= to; index += 1)
    if (dayOf(index) >= from) lines.push(...linesOf(dayOf(index)));
  const text = lines.map((line) => `${line}\n`).join('');
  response.writeHead(200, { 'content-type': 'text/plain' });
  if (fate > 0.5) return response.end(text);
  countFault('export: cut');
  response.write(text.slice(0, Math.floor(random() * text.length)));
  await sleep(20);
  response.destroy();
}

async function answerImport(request, response) {
  const body = await readBody(request);
  const fate = random();
  if (fate < 0.1) return countFault('import: 503') ?? fail(response, 503);
  const events = JSON.parse(body);
  for (const { properties } of events) imported.set(properties.$insert_id, properties.number);
  // Stored, but nobody is told.
  if (fate < 0.2) return countFault('import: cut') ?? response.destroy();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code: 200, num_records_imported: events.length, status: 'OK' }));
}

const mixpanel = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  response.on('error', () => {});
  const answer = url.pathname.startsWith('/api/query')
    ? answerQuery(url, response)
    : url.pathname.startsWith('/api/2.0/export')
      ? answerExport(url, response)
      : url.pathname.startsWith('/import')
        ? answerImport(request, response)
        : Promise.resolve(fail(response, 404));
  answer.catch(() => response.destroy());
}).listen(0, '127.0.0.1');
await once(mixpanel, 'listening');
const mixpanelUrl = `http://127.0.0.1:${mixpanel.address().port}`;

let redis;
const redisPort = await findFreePort();

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function startRedis() {
  redis = spawn(
    REDIS,
    ['--port', `${redisPort}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  );
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What the processes report. */
const totals = { queries: 0, exports: 0, imports: 0, lost: 0, doubled: 0, wrong: 0, cached: 0 };
const errors = new Map();
const internal = [];
const memory = [];
/** Numbers of the events that a process was told are stored. */
const acknowledged = [];
const workers = [];

function startWorker(index) {
  const options = {
    index,
    run: `${index}-${Math.floor(random() * 1e9)}`,
    redis: hasRedis ? `redis://127.0.0.1:${redisPort}` : undefined,
    quotaFile: join(folder, 'quota.json'),
    mixpanelUrl,
    windowMs: WINDOW_MS,
    processes: PROCESSES,
    days: Array.from({ length: EXPORT_DAYS }, (_, day) => dayOf(day)),
    eventsADay: EVENTS_A_DAY,
  };
  const worker = fork(fileURLToPath(new URL('soak-worker.js', import.meta.url)), [JSON.stringify(options)], {
    execArgv: ['--expose-gc'],
  });
  worker.on('message', (message) => {
    for (const name of Object.keys(totals)) totals[name] += message[name] ?? 0;
    if (message.error) errors.set(message.error, (errors.get(message.error) ?? 0) + 1);
    if (message.internal) internal.push(message.internal);
    if (message.acknowledged) acknowledged.push(message.acknowledged);
    if (message.heapMb && index === 0) memory.push({ at: performance.now(), heapMb: message.heapMb });
  });
  workers[index] = worker;
}

/** What goes wrong, one after another. */
const TROUBLES = {
  'Redis hangs for three seconds': async () => {
    redis.kill('SIGSTOP');
    await sleep(3000);
    redis.kill('SIGCONT');
  },
  'Redis is killed and starts empty': async () => {
    await stop(redis);
    await sleep(1000);
    startRedis();
  },
  'a process is killed': () => killWorker(1),
  'another process is killed': () => killWorker(PROCESSES - 1),
};

async function killWorker(index) {
  await stop(workers[index]);
  startWorker(index);
}

const TROUBLES_WITHOUT_REDIS = { 'the process is killed': () => killWorker(0) };

/** The slope of the second half, in MB per minute. */
function slopeOf(samples) {
  const half = samples.slice(Math.floor(samples.length / 2));
  if (half.length < 3) return { slope: 0, growth: 0 };
  const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const meanAt = mean(half.map(({ at }) => at));
  const meanHeap = mean(half.map(({ heapMb }) => heapMb));
  const above = half.reduce((sum, { at, heapMb }) => sum + (at - meanAt) * (heapMb - meanHeap), 0);
  const below = half.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  return { slope: (above / below) * 60_000, growth: half.at(-1).heapMb - half[0].heapMb };
}

if (hasRedis) startRedis();
else console.log(`No ${REDIS} on the PATH: one process, which keeps its quota in a file.`);
for (let index = 0; index < (hasRedis ? PROCESSES : 1); index += 1) startWorker(index);

const startedAt = performance.now();
const troubles = Object.entries(hasRedis ? TROUBLES : TROUBLES_WITHOUT_REDIS);
// The first window is for starting up, and at the end everything may recover.
await sleep(WINDOW_MS);
for (let number = 0; performance.now() - startedAt < RUN_MS - 2 * WINDOW_MS; number += 1) {
  const [name, make] = troubles[number % troubles.length];
  countFault(name);
  await make();
  await sleep(WINDOW_MS * (0.5 + random()));
}
await sleep(Math.max(0, RUN_MS - (performance.now() - startedAt)));
for (const worker of workers) worker.send('stop');
await Promise.race([Promise.all(workers.map((worker) => once(worker, 'exit'))), sleep(60_000)]);
const hung = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length;
for (const worker of workers) await stop(worker);
if (redis) await stop(redis);
mixpanel.closeAllConnections();
mixpanel.close();
rmSync(folder, { recursive: true, force: true });

/** Imported events are told apart by what they are, not by their id. */
const storedTimes = new Map();
for (const number of imported.values()) storedTimes.set(number, (storedTimes.get(number) ?? 0) + 1);
const importDoubled = [...storedTimes.values()].filter((times) => times > 1).length;
let importLost = 0;
for (const { run, first, count } of acknowledged)
  for (let index = first; index < first + count; index += 1)
    if (!storedTimes.has(`${run}-${index}`)) importLost += 1;

const minutes = (performance.now() - startedAt) / 60_000;
const { slope, growth } = slopeOf(memory);
const windows = RUN_MS / WINDOW_MS;
const report = [
  ['minutes, windows', `${minutes.toFixed(1)}, ${windows}`],
  ['processes, Redis', `${hasRedis ? PROCESSES : 1}, ${hasRedis ? 'yes' : 'no'}`],
  [
    'query starts, of those possible',
    `${queries.starts}, ${Math.round((100 * queries.starts) / (LIMIT * windows))} %`,
  ],
  ['query over-starts in a window', queries.overStarts],
  ['queries at a time, over five', `${queries.maxRunning}, ${queries.overRunning}`],
  ['export starts, over-starts', `${exportCalls.starts}, ${exportCalls.overStarts}`],
  ['queries answered, from the cache, wrong', `${totals.queries}, ${totals.cached}, ${totals.wrong}`],
  ['exports whole, records lost, doubled', `${totals.exports}, ${totals.lost}, ${totals.doubled}`],
  [
    'imports whole, records stored, lost, doubled',
    `${totals.imports}, ${imported.size}, ${importLost}, ${importDoubled}`,
  ],
  ['memory of the first process, MB per minute, growth', `${slope.toFixed(2)}, ${growth.toFixed(1)} MB`],
  ['processes that did not end', hung],
  ['failures by code', [...errors].map(([code, count]) => `${code} ${count}`).join(', ') || 'none'],
  ['faults made', [...faults].map(([name, count]) => `${name} ${count}`).join(', ')],
  ['longest lag of this judge', `${Math.round(lag.max / 1e6)} ms`],
];
for (const [name, value] of report) console.log(`${name.padEnd(52)} ${value}`);

const violations = [
  [queries.overStarts > 0, 'more than 60 queries in a window'],
  [queries.overRunning > 0, 'more than five queries at a time'],
  [exportCalls.overStarts > 0, 'more than 60 exports in a window'],
  [totals.wrong > 0, 'wrong answers'],
  [totals.lost + importLost > 0, 'records lost'],
  [totals.doubled + importDoubled > 0, 'records doubled'],
  [
    totals.queries === 0 || totals.exports === 0 || totals.imports === 0,
    'a kind of load that never succeeded',
  ],
  [slope > MAX_SLOPE_MB && growth > MAX_GROWTH_MB, 'memory that grows'],
  [hung > 0, 'a process that did not end'],
  [internal.length > 0, `faults of our own: ${internal.slice(0, 3).join(' | ')}`],
].flatMap(([isViolated, what]) => (isViolated ? [what] : []));
console.log(violations.length === 0 ? 'No violation.' : `VIOLATED: ${violations.join('; ')}`);
process.exit(violations.length === 0 ? 0 : 1);
