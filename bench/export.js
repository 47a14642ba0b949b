// How fast a raw export becomes rows, and in how much memory. Contenders, each in a process of its own:
//
//   socket  the same bytes read from a bare socket and thrown away
//   plain   the plainest correct Node code: http, zlib, split at newlines, JSON.parse
//   rows    plugin.stream, every row taken one by one, everything on
//   file    the command line's way into an NDJSON file
//   import  mixpanel-import with a transform, so that it reads the events it writes as the others do
//   copy    mixpanel-import without one: it writes the bytes on unread, whatever they are
//
// What they download was made by the sandbox: one day of events, compressed as it came, is repeated for each day
// asked for, so that the making of events is not what is measured. Medians of rounds in turn.
// npm run bench:export
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

import { addDays, daysBetween, toUtcDay } from '../dist/time/day.js';

import { median, report } from './measure.js';

const ROUNDS = 5;
const DAYS = 10;
const FEW_DAYS = 9;
const MANY_DAYS = 90;
const EVENTS_A_DAY = 55_000;
const MEGABYTE = 1024 * 1024;
/** No day of this year is today, whenever this runs. */
const FIRST_DAY = '2025-01-01';

const datasource = { username: 'bench', password: 'bench', projectId: '1' };

async function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-export-'));
  const upstream = fork(fileURLToPath(import.meta.url), ['upstream']);
  const [{ url, rows, bytes, zipped }] = await once(upstream, 'message');
  console.log(`One day: ${rows} events, ${megabytes(bytes)} MB, ${megabytes(zipped)} MB compressed`);
  try {
    const names = ['socket', 'plain', 'rows', 'file', 'import', 'copy'];
    const times = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of names) times[name].push(await run(name, url, DAYS, folder, rows));
    }
    for (const name of names) {
      const ms = median(times[name].map((each) => each.ms));
      const cpu = median(times[name].map((each) => each.cpuMs));
      const rate = Math.round((rows * DAYS) / (ms / 1000));
      console.log(
        `${name.padEnd(7)} ${ms.toFixed(0).padStart(6)} ms, ${cpu.toFixed(0).padStart(6)} ms of CPU  ${rate} events/s`,
      );
    }
    // Of runs that followed each other, so that a busy machine slows both alike.
    const speed = (one, other) => median(times[one].map(({ ms }, round) => times[other][round].ms / ms));
    report('export rows, speed of zlib + split + JSON.parse', speed('rows', 'plain'), { atLeast: 1.15 }, '×');
    report('export to a file, speed of mixpanel-import', speed('file', 'import'), { atLeast: 2.5 }, '×');
    report('export to a file, speed of mixpanel-import unread', speed('file', 'copy'), { atLeast: 0.9 }, '×');
    for (const name of ['rows', 'file']) {
      const few = await run(name, url, FEW_DAYS, folder, rows);
      const many = await run(name, url, MANY_DAYS, folder, rows);
      report(`export ${name}, peak memory of 0.5 million events`, few.rss / MEGABYTE, { atMost: 130 }, ' MB');
      report(`export ${name}, peak memory of 5 million events`, many.rss / MEGABYTE, { atMost: 130 }, ' MB');
    }
  } finally {
    upstream.kill();
    rmSync(folder, { recursive: true });
  }
}

async function run(name, url, days, folder, rowsADay) {
  const child = fork(fileURLToPath(import.meta.url), [name, url, String(days), folder], {
    cwd: folder,
    silent: true,
  });
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${name} ended with code ${code}`);
    }),
  ]);
  if (child.exitCode === null) child.kill();
  if (message.rows !== undefined && message.rows !== days * rowsADay) {
    throw new Error(`${name} gave ${message.rows} rows instead of ${days * rowsADay}`);
  }
  return message;
}

async function measure(name, url, days, folder) {
  const contender = CONTENDERS[name];
  await contender(url, 1, folder); // What is compiled on the way is no matter of speed at length.
  const began = performance.now();
  const cpu = process.cpuUsage();
  const rows = await contender(url, Number(days), folder);
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - began,
    cpuMs: (user + system) / 1000,
    rows,
    rss: process.resourceUsage().maxRSS * 1024,
  };
}

const CONTENDERS = {
  async socket(url, days) {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET ${pathOf(days)} HTTP/1.1\r\nHost: ${hostname}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
    );
    for await (const _ of socket);
  },

  async plain(url, days) {
    const response = await new Promise((resolve) => get(`${url}${pathOf(days)}`, resolve));
    const decoder = new TextDecoder();
    let rows = 0;
    let begun = '';
    for await (const chunk of response.pipe(createGunzip())) {
      begun += decoder.decode(chunk, { stream: true });
      const lines = begun.split('\n');
      begun = lines.pop();
      for (const line of lines) {
        JSON.parse(line);
        rows += 1;
      }
    }
    return rows;
  },

  async rows(url, days) {
    const plugin = await pluginAt(url);
    let rows = 0;
    for await (const _ of plugin.stream(callFor(days))) rows += 1;
    await plugin.close();
    return rows;
  },

  async file(url, days, folder) {
    const { downloadToFile } = await import('../dist/cli/files/resumable-download.js');
    const plugin = await pluginAt(url);
    const out = join(folder, `ours-${process.pid}.ndjson`);
    const { rows } = await downloadToFile({ plugin, call: callFor(days), out });
    await plugin.close();
    rmSync(out);
    return rows;
  },

  import: (url, days, folder) => runTheirs(url, days, folder, { transformFunc: (row) => row }),
  copy: (url, days, folder) => runTheirs(url, days, folder, {}),
};

async function runTheirs(url, days, folder, more) {
  const require = createRequire(createRequire(import.meta.url).resolve('mixpanel-import'));
  const got = require('got');
  const stream = got.stream.original ?? got.stream;
  // Its hosts are fixed: the one thing changed is where they are.
  got.stream = (options) =>
    stream({ ...options, url: options.url.replace('https://data.mixpanel.com', url), agent: undefined });
  got.stream.original = stream;
  const { from, to } = datesOf(days);
  const where = join(folder, `theirs-${process.pid}.ndjson`);
  await require('mixpanel-import')({ acct: 'bench', pass: 'bench', project: '1' }, null, {
    recordType: 'export',
    start: from,
    end: to,
    verbose: false,
    logs: false,
    where,
    ...more,
  });
  rmSync(where);
}

async function pluginAt(url) {
  const { createPlugin } = await import('../dist/index.js');
  return createPlugin({ hosts: { query: url, export: url, ingestion: url, app: url } });
}

function callFor(days) {
  const { from, to } = datesOf(days);
  return { datasource, command: 'DOWNLOAD_DATA', parameters: { fromDate: from, toDate: to } };
}

function pathOf(days) {
  const { from, to } = datesOf(days);
  return `/api/2.0/export?project_id=1&from_date=${from}&to_date=${to}`;
}

function datesOf(days) {
  return { from: FIRST_DAY, to: addDays(FIRST_DAY, days - 1) };
}

/** Answers any export with the sandbox's own compressed bytes, once for each day. */
async function serve() {
  const { startSandbox } = await import('../dist/sandbox/index.js');
  const sandbox = await startSandbox({ events: EVENTS_A_DAY * 5, days: 4 });
  const [{ username, password }] = sandbox.accounts;
  const yesterday = addDays(toUtcDay(Date.now()), -1);
  const [{ id }] = sandbox.projects;
  const zipped = await new Promise((resolve, reject) => {
    const path = `/api/2.0/export?project_id=${id}&from_date=${yesterday}&to_date=${yesterday}`;
    get(
      `${sandbox.url}${path}`,
      { auth: `${username}:${password}`, headers: { 'accept-encoding': 'gzip' } },
      async (response) => {
        if (response.statusCode !== 200) reject(new Error(`The sandbox answered ${response.statusCode}`));
        resolve(Buffer.concat(await response.toArray()));
      },
    );
  });
  await sandbox.close();

  let rows = 0;
  let bytes = 0;
  const unzip = createGunzip();
  unzip.end(zipped);
  for await (const chunk of unzip) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 0x0a) rows += 1;
  }

  const server = createServer(async (request, response) => {
    const query = new URL(request.url, 'http://localhost').searchParams;
    const days = daysBetween(query.get('from_date'), query.get('to_date')) + 1;
    response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
    for (let day = 0; day < days && !response.destroyed; day += 1) {
      if (!response.write(zipped)) await written(response);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send({ url: `http://127.0.0.1:${server.address().port}`, rows, bytes, zipped: zipped.length });
}

/** Waits until there is room to write on, or nobody to write to. */
function written(response) {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}

function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(1);
}

const [role, ...given] = process.argv.slice(2);

if (role === undefined) await compare();
else if (role === 'upstream') await serve();
else process.send(await measure(role, ...given));
