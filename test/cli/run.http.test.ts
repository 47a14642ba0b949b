import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daysAgo } from '../days.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { type InProcessOptions, runCli } from './in-process.js';

const LAST_DAYS = ['-p', `fromDate=${daysAgo(3)}`, '-p', `toDate=${daysAgo(1)}`];

let shop: SandboxFixture;
let folder: string;

beforeAll(async () => {
  shop = await startSandboxFixture();
  folder = await mkdtemp(join(tmpdir(), 'mixpanel-datasource-'));
});
afterAll(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Runs a query against the sandbox. */
function run(args: readonly string[], options: InProcessOptions = {}) {
  const { username, password, projectId } = shop.datasource;
  const env = { MIXPANEL_USERNAME: username, MIXPANEL_PASSWORD: password, MIXPANEL_PROJECT_ID: projectId };
  return runCli(['run', ...args, '--mixpanel-url', shop.sandbox.url], {
    ...options,
    env: { ...env, ...options.env },
  });
}

test('--sandbox needs no account, and rows are JSON in a pipe', async () => {
  const { code, stdout } = await runCli(['run', 'top-events', '--sandbox', '-p', 'limit=3']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([1, 2, 3].map((rank) => ({ event: expect.any(String), rank })));
});

test('only what a filter lets through is printed', async () => {
  const where = 'where=properties["plan"] == "Premium" && properties["country"] == "US"';
  const { stdout } = await run(['DOWNLOAD_DATA', ...LAST_DAYS, '-p', where, '--format', 'ndjson']);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { plan: string; country: string });
  expect(new Set(rows.map(({ plan, country }) => `${plan} ${country}`))).toEqual(new Set(['Premium US']));
});

test('parameters come from a file or from standard input', async () => {
  const params = join(folder, 'params.json');
  const out = join(folder, 'events.csv');
  await writeFile(params, JSON.stringify({ limit: 2 }));
  expect((await run(['top-events', '--params', params, '--format', 'csv', '--out', out])).code).toBe(0);
  expect(await readFile(out, 'utf8')).toMatch(/^event,rank\n.+,1\n.+,2\n$/);
  const piped = await run(['top-events', '--params', '-', '--format', 'raw'], { input: '{"limit": 1}' });
  expect(JSON.parse(piped.stdout)).toEqual([expect.any(String)]);
});

test.each([
  ['top.csv', /^event,rank\n.+,1\n.+,2\n$/],
  ['top.json', /^\[\n {2}\{\n {4}"event"/],
  ['top.jsonl', /^\{"event":"[^"]+","rank":1\}\n\{"event":"[^"]+","rank":2\}\n$/],
])(
  '%s is written in the format of its name, for its owner only, and its rows are counted',
  async (name, content) => {
    const out = join(folder, name);
    const { code, stderr } = await run(['top-events', '-p', 'limit=2', '--out', out]);
    expect([code, stderr]).toEqual([0, `2 rows in ${out}.\n`]);
    expect(await readFile(out, 'utf8')).toMatch(content);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  },
);

test('a download into a file is for its owner only', async () => {
  const out = join(folder, 'days.ndjson');
  expect((await run(['download-data', ...LAST_DAYS, '--out', out])).code).toBe(0);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
});

test('a download at a terminal shows its rows and the day reached', async () => {
  const out = join(folder, 'shown.ndjson');
  const { stderr } = await run(['download-data', ...LAST_DAYS, '--out', out], { columns: 100 });
  expect(stderr).toMatch(/[\d,]+ rows · .*[\d.]+ MB/);
  expect(stderr).not.toMatch(/[█░]/);
  expect(stderr).toMatch(/[\d,]+ rows in .*shown\.ndjson\.\n$/);
});

test('a terminal gets a table, and colours unless NO_COLOR is set', async () => {
  const coloured = await run(['top-events', '-p', 'limit=2'], { columns: 60 });
  expect(coloured.stdout).toContain('\u001b[');
  const plain = await run(['top-events', '-p', 'limit=2'], { columns: 60, env: { NO_COLOR: '1' } });
  expect(plain.stdout).toMatch(/│ event +│ rank │/);
  expect(plain.stdout).not.toContain('\u001b[');
});

test('a terminal that says it is 0 columns wide gets a table of 80', async () => {
  const { stdout } = await run(['top-events', '-p', 'limit=2'], { columns: 0 });
  expect(stdout).toContain('rank');
  expect(stdout).not.toContain('…');
});

test('--format table in a pipe is a whole table without colours unless FORCE_COLOR is set', async () => {
  const args = ['download-data', ...LAST_DAYS, '--format', 'table'];
  const { stdout } = await run(args);
  expect(stdout).not.toContain('\u001b[');
  expect(stdout).not.toContain('…');
  expect(stdout).toMatch(/\n\d+ rows\.\n$/);
  const forced = await run(['top-events', '--format', 'table'], { env: { FORCE_COLOR: '1' } });
  expect(forced.stdout).toContain('\u001b[');
});

test('an answer that is no table is printed as JSON, and that is said', async () => {
  const args = [
    'custom-action',
    '-p',
    `endpoint=https://mixpanel.com/api/query/retention?from_date=${daysAgo(3)}&to_date=${daysAgo(1)}&born_event=Signup`,
    '-p',
    'response=raw',
  ];
  const { code, stdout, stderr } = await run([...args, '--format', 'csv']);
  expect([code, stderr]).toEqual([0, 'The answer is not a table, so it is printed as JSON.\n']);
  expect(JSON.parse(stdout)).toEqual(expect.any(Object));
});

test('fields may be written with hyphens, and errors name them by their keys', async () => {
  const { code, stderr } = await run([
    'aggregate-event-counts',
    '-p',
    'events=Signup',
    '-p',
    'from-date=soon',
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^GET_AGGREGATE_EVENT_COUNTS was not sent: 2 fields need a correction\.$/m);
  expect(stderr).toMatch(/^fromDate \(From Date\): .* Received: soon\. Give -p fromDate=\S+\.$/m);
  expect(stderr).toMatch(/^toDate \(To Date\): is missing\. Give -p toDate=\S+\.$/m);
});

test('a project that is not given says how to give it', async () => {
  const { stderr } = await run(['top-events'], { env: { MIXPANEL_PROJECT_ID: undefined } });
  expect(stderr).toMatch(
    /^projectId \(Project ID\): is missing\. Give -p projectId=1234567\. Or set MIXPANEL_PROJECT_ID\.$/m,
  );
});

test('with --json rows, messages and errors are JSON', async () => {
  const out = join(folder, 'top-json.json');
  const { stdout, stderr } = await run(['top-events', '-p', 'limit=1', '--json', '--out', out]);
  expect([stdout, JSON.parse(stderr)]).toEqual(['', { message: `1 row in ${out}.` }]);
  const failed = await run(['top-events', '-p', 'limit=many', '--json']);
  expect(JSON.parse(failed.stderr)).toMatchObject({
    error: { code: 'INVALID_INPUT', exitCode: 2, issues: [{ field: 'limit' }] },
  });
});

test('with --quiet nothing is on stderr but errors', async () => {
  const out = join(folder, 'quiet.json');
  expect(await run(['top-events', '--quiet', '--out', out], { columns: 80 })).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect((await run(['top-events', '--quiet', '-p', 'limit=many'])).stderr).toContain('limit (Limit)');
});

test('Ctrl-C in a download says what is kept and how to continue', async () => {
  const out = join(folder, 'stopped.ndjson');
  await shop.injectFault({ path: '/api/2.0/export', kind: 'latency', ms: 60_000 });
  let interrupt = () => {};
  const running = run(['download-data', ...LAST_DAYS, '--out', out], {
    onListening: (press) => {
      interrupt = press;
    },
  });
  await expect.poll(async () => (await shop.requestsTo('/api/2.0/export')).length).toBeGreaterThan(0);
  interrupt();
  const { code, stderr } = await running;
  await shop.reset();
  expect(code).toBe(130);
  expect(stderr).toContain(
    `Stopped. No rows had arrived. To start again:\n  mixpanel-datasource run download-data -p fromDate=${daysAgo(3)}`,
  );
});

test.each([
  [
    'a file in a folder that is not there',
    ['run', 'GET_TOP_EVENTS', '--sandbox', '--out', 'no/such/folder/top.json'],
    2,
    'There is no no/such/folder/top.json. Check the name, and that its folder exists.',
  ],
  ['a data file that is not there', ['sandbox', '--data', 'no-such-file'], 2, 'There is no no-such-file.'],
  [
    'missing credentials',
    ['run', 'GET_TOP_EVENTS'],
    3,
    'Run "mixpanel-datasource login", set MIXPANEL_USERNAME',
  ],
])('%s is a sentence on stderr and an exit code', async (_, args, code, message) => {
  const result = await runCli(args);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(result.stderr).toContain(message);
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test('what a broken credentials file holds is never shown', async () => {
  const file = join(folder, 'credentials.json');
  await writeFile(file, '{"username": "u", "password": "s3cret-pass"', { mode: 0o600 });
  const result = await runCli(['run', 'GET_TOP_EVENTS', '--credentials', file]);
  expect(result.code).toBe(3);
  expect(result.stderr).toContain('must be a JSON object with "username" and "password"');
  expect(result.stderr + result.stdout).not.toContain('s3cret');
});

test.each(['serve', 'sandbox'])('%s says which port is taken, and what to do', async (command) => {
  const occupied = createServer();
  await new Promise<void>((ready) => occupied.listen(0, '127.0.0.1', ready));
  const { port } = occupied.address() as AddressInfo;
  const state = command === 'serve' ? ['--state-dir', folder, '--log-level', 'silent'] : [];
  const result = await runCli([command, '--port', String(port), ...state]);
  occupied.close();
  expect([result.code, result.stdout]).toEqual([2, '']);
  expect(result.stderr).toMatch(new RegExp(`\\b${port}\\b.* Choose another .*--port`));
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test('test ends with the exit code of what went wrong', async () => {
  const env = { MIXPANEL_USERNAME: 'nobody', MIXPANEL_PASSWORD: 'nothing' };
  const wrong = await runCli(['test', '--mixpanel-url', shop.sandbox.url, '--json'], { env });
  expect([wrong.code, JSON.parse(wrong.stdout)]).toEqual([
    3,
    expect.objectContaining({ ok: false, code: 'WRONG_CREDENTIALS' }),
  ]);
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  expect((await runCli(['test', '--mixpanel-url', `http://127.0.0.1:${port}`], { env })).code).toBe(5);
});

test('test names the projects the account reaches', async () => {
  const { code, stdout } = await runCli(['test', '--sandbox']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^Connected\. The service account can reach .*\(1234567\)/),
  ]);
});
