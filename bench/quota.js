// What the quota economy costs and saves, measured against a sandbox in a process of its own:
//
//   an uncached query through the plugin, and a cached one, each as a ratio to the same request by bare axios:
//   once for a month of counts, as a dashboard asks for, once for the smallest answer there is
//   queries answered per query sent, when 200 people open a page of 12 at once
//
// Medians over short blocks of calls, the three kinds taking turns: a ratio is one of blocks that followed each
// other, so that a busy machine slows both alike.
// npm run bench:quota
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { fileURLToPath } from 'node:url';
import axios from 'axios';
import { createPlugin } from '../dist/plugin.js';
import { startSandbox } from '../dist/sandbox/index.js';

import { addDays, toUtcDay } from '../dist/time/day.js';

import { median, report } from './measure.js';

const ROUNDS = 200;
const WARM_UP_ROUNDS = 20;
const CALLS_IN_A_BLOCK = 5;
const PEOPLE = 200;
const QUERIES = 12;

const datasource = { username: 'sandbox.demo.mp-service-account', password: 'sandbox', projectId: '1234567' };
const dates = { fromDate: daysAgo(30), toDate: daysAgo(1) };

/** What is asked for, as a query of the plugin and as a request. */
const SUBJECTS = {
  'a month of counts': {
    command: 'GET_AGGREGATE_EVENT_COUNTS',
    parameters: { events: ['Signup', 'Page View', 'Purchase'], ...dates },
    path: '/api/query/events',
    params: {
      event: '["Signup","Page View","Purchase"]',
      type: 'general',
      unit: 'day',
      from_date: dates.fromDate,
      to_date: dates.toDate,
    },
  },
  'a list of names': {
    command: 'GET_TOP_EVENTS',
    parameters: { limit: 50 },
    path: '/api/query/events/names',
    params: { type: 'general', limit: 50 },
  },
};

if (process.argv[2] === 'sandbox') {
  // Little data, so that the sandbox's own work does not hide ours.
  const { hosts, url } = await startSandbox({ events: 5_000, users: 200 });
  process.send({ hosts, url });
} else {
  const sandbox = fork(fileURLToPath(import.meta.url), ['sandbox']);
  const [{ hosts, url }] = await once(sandbox, 'message');
  try {
    for (const [name, subject] of Object.entries(SUBJECTS))
      reportCalls(name, await measureCalls(hosts, subject));
    reportDashboard(await measureDashboard(hosts, url));
  } finally {
    sandbox.kill();
  }
}

/** Median milliseconds of each kind of call, and the median ratios of blocks that followed each other. */
async function measureCalls(hosts, { command, parameters, path, params }) {
  // A window that never fills, but holds about as many starts as a busy project's does.
  const limits = { query: { windows: [{ limit: 60, windowMs: 20 }], concurrent: 5 } };
  const plugin = createPlugin({ hosts, quota: { limits } });
  const http = axios.create({ httpAgent: new Agent({ keepAlive: true }) });
  const basic = Buffer.from(`${datasource.username}:${datasource.password}`).toString('base64');
  const headers = { Accept: 'application/json', 'Accept-Encoding': 'gzip', Authorization: `Basic ${basic}` };
  const kinds = {
    bare: () =>
      http.get(hosts.query + path, { params: { ...params, project_id: datasource.projectId }, headers }),
    uncached: () => succeed(plugin, { datasource, command, parameters: { ...parameters, cacheSeconds: 0 } }),
    hit: () => succeed(plugin, { datasource, command, parameters }),
  };
  const rounds = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const times = {};
    for (const [kind, call] of Object.entries(kinds)) times[kind] = await timeBlock(call);
    if (round >= 0) rounds.push(times);
  }
  await plugin.close();
  return {
    bare: median(rounds.map(({ bare }) => bare)),
    uncached: median(rounds.map(({ uncached }) => uncached)),
    hit: median(rounds.map(({ hit }) => hit)),
    uncachedToBare: median(rounds.map(({ bare, uncached }) => uncached / bare)),
    bareToHit: median(rounds.map(({ bare, hit }) => bare / hit)),
  };
}

/** Milliseconds of one call, over a block of them. */
async function timeBlock(call) {
  const began = performance.now();
  for (let count = 0; count < CALLS_IN_A_BLOCK; count += 1) await call();
  return (performance.now() - began) / CALLS_IN_A_BLOCK;
}

async function measureDashboard(hosts, url) {
  const plugin = createPlugin({ hosts });
  await fetch(`${url}/_sandbox/requests`, { method: 'DELETE' });
  const page = Array.from({ length: QUERIES }, (_, number) => ({
    datasource,
    command: 'GET_TOP_EVENTS',
    parameters: { limit: number + 1 },
  }));
  const answers = await Promise.all(
    Array.from({ length: PEOPLE }, () => page.map((query) => succeed(plugin, query))).flat(),
  );
  const { requests } = await (await fetch(`${url}/_sandbox/requests`)).json();
  await plugin.close();
  return { answered: answers.length, sent: requests.length };
}

async function succeed(plugin, call) {
  const result = await plugin.execute(call);
  if (!result.ok) throw result.error;
  return result;
}

function reportCalls(name, { bare, uncached, hit, uncachedToBare, bareToHit }) {
  console.log(name);
  line('bare axios, loopback', bare, '');
  line('uncached query', uncached, '');
  line('cached hit', hit, '');
  report(`uncached query, ${name}, of bare axios`, uncachedToBare, { atMost: 1.08 });
  report(`cached hit, ${name}, speed of bare axios`, bareToHit, { atLeast: 60 }, '×');
}

function reportDashboard({ answered, sent }) {
  console.log(`a page of ${QUERIES} queries opened by ${PEOPLE} people`);
  console.log(`  ${answered} queries answered by ${sent} sent: ${(answered / sent).toFixed(0)} for one`);
}

function line(what, milliseconds, remark) {
  console.log(`  ${what.padEnd(22)}${milliseconds.toFixed(3).padStart(8)} ms   ${remark}`);
}

function daysAgo(days) {
  return addDays(toUtcDay(Date.now()), -days);
}
