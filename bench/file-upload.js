// What it takes to send a CSV file with the command line, against the plainest Node code that sends the same rows:
// csv-parse, an object a row, JSON, gzip and axios, with all text as text and no id, check or record of what was sent.
// Both are processes of their own, in turn, before an endpoint that only reads. npm run bench:file-upload
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip, gzipSync } from 'node:zlib';
import { median, report, timed } from './measure.js';

const ROUNDS = 5;
const ROWS = 50_000;
const MANY_ROWS = 500_000;
const BATCH = 2000;
const SELF = fileURLToPath(import.meta.url);
const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const REPORT_MEMORY = "process.on('exit', () => process.send(process.resourceUsage().maxRSS / 1024));";
const MEMORY_REPORTER = `data:text/javascript,${encodeURIComponent(REPORT_MEMORY)}`;

const [role, ...given] = process.argv.slice(2);
if (role === 'endpoint') serve();
else if (role === 'plain') await sendPlainly(...given);
else await compare();

async function compare() {
  const folder = await mkdtemp(join(tmpdir(), 'bench-upload-'));
  const endpoint = fork(SELF, ['endpoint']);
  const [{ port }] = await once(endpoint, 'message');
  const send = async (args, file, rows) => {
    await rm(`${file}.sent.json`, { force: true });
    const peak = await run(args);
    endpoint.send('count');
    const [{ events }] = await once(endpoint, 'message');
    if (events !== rows) throw new Error(`${events} of ${rows} events arrived`);
    return peak;
  };
  const track = (file) => [CLI, 'track', '--in', file, '--mixpanel-url', `http://127.0.0.1:${port}`];
  try {
    const files = {};
    for (const rows of [ROWS, MANY_ROWS]) {
      files[rows] = join(folder, `${rows}.csv`);
      await pipeline(Readable.from(lines(rows)), createWriteStream(files[rows]));
    }
    const ours = [];
    const plain = [];
    const few = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const file = files[ROWS];
      plain.push(await timed(() => send([SELF, 'plain', file, port], file, ROWS)));
      ours.push(await timed(async () => few.push(await send(track(file), file, ROWS))));
    }
    const rate = (times) => Math.round(ROWS / (median(times) / 1000));
    console.log(`${ROWS} rows of CSV: plain ${rate(plain)} rows/s, ours ${rate(ours)} rows/s`);
    report(
      'track of a CSV file, of csv-parse + JSON + gzip + axios',
      median(ours.map((ms, round) => ms / plain[round])),
      { atMost: 4 },
    );
    const many = await send(track(files[MANY_ROWS]), files[MANY_ROWS], MANY_ROWS);
    console.log(
      `peak memory ${median(few).toFixed(0)} MB for ${ROWS} rows, ${many.toFixed(0)} MB for ${MANY_ROWS}`,
    );
    report('track, peak memory of ten times the rows', many / median(few), { atMost: 1.15 });
  } finally {
    endpoint.kill();
    await rm(folder, { recursive: true });
  }
}

function serve() {
  let events = 0;
  const server = createServer(async (request, response) => {
    const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
    const chunks = [];
    for await (const chunk of body) chunks.push(chunk);
    events += JSON.parse(Buffer.concat(chunks)).length;
    response.setHeader('content-type', 'application/json');
    response.end('{"status":1,"error":null}');
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => {
    process.send({ events });
    events = 0;
  });
}

async function sendPlainly(file, port) {
  const { default: axios } = await import('axios');
  const { parse } = await import('csv-parse');
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  let batch = [];
  const post = async () => {
    const body = gzipSync(JSON.stringify(batch), { level: 1 });
    await axios.post(`http://127.0.0.1:${port}/track?verbose=1`, body, { headers });
    batch = [];
  };
  for await (const { event, time, ...properties } of createReadStream(file).pipe(parse({ columns: true }))) {
    const seconds = Date.parse(`${time.replace(' ', 'T')}Z`) / 1000;
    batch.push({ event, properties: { ...properties, time: seconds, token: 'token' } });
    if (batch.length === BATCH) await post();
  }
  if (batch.length > 0) await post();
}

/** Runs Node and returns its peak memory in megabytes. */
async function run(args) {
  const child = spawn(process.execPath, ['--import', MEMORY_REPORTER, ...args.map(String)], {
    env: { ...process.env, MIXPANEL_USERNAME: 'u', MIXPANEL_PASSWORD: 'p', MIXPANEL_TOKEN: 'token' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let megabytes = Number.NaN;
  child.on('message', (message) => {
    megabytes = message;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return megabytes;
}

function* lines(rows) {
  yield 'event,distinct_id,time,plan,price,code,url\n';
  const now = Math.floor(Date.now() / 1000) - 3600;
  for (let row = 0; row < rows; row += 1) {
    const time = new Date((now - (row % 3600)) * 1000).toISOString().slice(0, 19).replace('T', ' ');
    yield `Page View,user-${row % 5000},${time},Premium,${(row % 9999) / 100},0${row % 97},https://shop.example.com/p/${row}\n`;
  }
}
