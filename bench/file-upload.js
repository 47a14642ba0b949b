// What it takes to send a CSV file with the command line: time and peak memory for a small and a large file, against
// an endpoint that only reads. npm run bench:file-upload [rows]
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

const LARGE = Number(process.argv[2] ?? 1_000_000);
const ROWS = [LARGE / 10, LARGE];
const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const REPORT_MEMORY = "process.on('exit', () => process.send(process.resourceUsage().maxRSS / 1024));";
const MEMORY_REPORTER = `data:text/javascript,${encodeURIComponent(REPORT_MEMORY)}`;

if (process.argv[2] === 'endpoint') {
  let events = 0;
  const server = createServer(async (request, response) => {
    const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
    let text = '';
    for await (const chunk of body) text += chunk;
    events += JSON.parse(text).length;
    response.setHeader('content-type', 'application/json');
    response.end('{"status":1,"error":null}');
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => {
    process.send({ events });
    events = 0;
  });
} else {
  const folder = await mkdtemp(join(tmpdir(), 'bench-upload-'));
  const endpoint = fork(fileURLToPath(import.meta.url), ['endpoint']);
  const [{ port }] = await once(endpoint, 'message');
  try {
    for (const rows of ROWS) {
      const file = join(folder, `${rows}.csv`);
      await pipeline(Readable.from(lines(rows)), createWriteStream(file));
      const startedAt = performance.now();
      const megabytes = await track(file, port);
      const seconds = (performance.now() - startedAt) / 1000;
      endpoint.send('count');
      const [{ events }] = await once(endpoint, 'message');
      if (events !== rows) throw new Error(`${events} of ${rows} events arrived`);
      console.log(
        `${rows} rows of CSV: ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s, ` +
          `peak memory ${megabytes.toFixed(0)} MB`,
      );
    }
  } finally {
    endpoint.kill();
    await rm(folder, { recursive: true });
  }
}

async function track(file, port) {
  const child = spawn(
    process.execPath,
    ['--import', MEMORY_REPORTER, CLI, 'track', '--in', file, '--mixpanel-url', `http://127.0.0.1:${port}`],
    {
      env: { ...process.env, MIXPANEL_USERNAME: 'u', MIXPANEL_PASSWORD: 'p', MIXPANEL_TOKEN: 'token' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  let megabytes = Number.NaN;
  child.on('message', (message) => {
    megabytes = message;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`track ended with ${code}`);
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
