// What sending events costs beyond the bare minimum: batches prepared beforehand, as JSON and compressed the same
// way, posted one after another with bare axios to the same sandbox. npm run bench:ingestion
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import axios from 'axios';
import { createPlugin } from '../dist/index.js';
import { startSandbox } from '../dist/sandbox/index.js';
import { median, report, timed } from './measure.js';

const FEW = 20_000;
const MANY = 200_000;
const BATCH = 2000;
const ROUNDS = 7;

if (process.argv[2] === 'memory') {
  const [, , , url, token, count] = process.argv;
  const plugin = createPlugin({ hosts: { query: url, export: url, ingestion: url, app: url } });
  await send(plugin, events(token, Number(count), `memory-${count}`));
  process.send(process.resourceUsage().maxRSS / 1024);
  process.disconnect();
} else if (process.argv[2] === 'sandbox') {
  const { hosts, url, projects } = await startSandbox({ events: 1000, users: 50 });
  process.send({ hosts, url, token: projects[0].token });
} else {
  const sandbox = fork(fileURLToPath(import.meta.url), ['sandbox']);
  const [{ hosts, url, token }] = await once(sandbox, 'message');
  const plugin = createPlugin({ hosts });
  try {
    for (const count of [FEW, MANY]) {
      const rounds = count === FEW ? ROUNDS : 5;
      const bare = [];
      const ours = [];
      for (let round = 0; round < rounds + 1; round += 1) {
        const batches = prepare(token, count, `bare-${count}-${round}`);
        const bareMs = await timed(() => post(url, batches));
        const items = [...events(token, count, `ours-${count}-${round}`)];
        const oursMs = await timed(() => send(plugin, items));
        if (round === 0) continue; // Warm-up.
        bare.push(bareMs);
        ours.push(oursMs);
      }
      console.log(
        `${count} events: bare ${median(bare).toFixed(0)} ms, ours ${median(ours).toFixed(0)} ms, ` +
          `peak memory of ours alone ${(await memory(url, token, count)).toFixed(0)} MB`,
      );
      report(
        `ingestion of ${count.toLocaleString('en-US')} events, of posting prepared batches`,
        median(ours.map((ms, round) => ms / bare[round])),
        { atMost: 1.1 },
      );
    }
  } finally {
    await plugin.close();
    sandbox.kill();
  }
}

async function memory(url, token, count) {
  const [megabytes] = await once(
    fork(fileURLToPath(import.meta.url), ['memory', url, token, count]),
    'message',
  );
  return megabytes;
}

function* events(token, count, run) {
  const time = Math.floor(Date.now() / 1000);
  for (let index = 0; index < count; index += 1) {
    yield {
      event: 'Page View',
      properties: {
        token,
        time,
        distinct_id: `user-${index % 5000}`,
        $insert_id: `${run}-${index}`,
        $browser: 'Chrome',
        $os: 'Mac OS X',
        $city: 'Berlin',
        plan: 'Premium',
        url: `https://shop.example.com/p/${index}`,
      },
    };
  }
}

function prepare(token, count, run) {
  const all = [...events(token, count, run)];
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) =>
    gzipSync(JSON.stringify(all.slice(batch * BATCH, (batch + 1) * BATCH)), {
      level: constants.Z_BEST_SPEED,
    }),
  );
}

async function post(url, batches) {
  const http = axios.create({ httpAgent: new Agent({ keepAlive: true }) });
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  for (const batch of batches) {
    const { data } = await http.post(`${url}/track?verbose=1`, batch, { headers });
    if (data.status !== 1) throw new Error(`The sandbox says ${JSON.stringify(data)}`);
  }
}

async function send(plugin, items) {
  const datasource = { username: 'bench', password: 'bench', projectId: '1' };
  for await (const { rejected } of plugin.send({ datasource, command: 'TRACK_EVENTS', items })) {
    if (rejected.length > 0) throw new Error(`The sandbox rejected ${JSON.stringify(rejected[0])}`);
  }
}
