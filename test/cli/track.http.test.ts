import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliResult } from '../cli-process.js';
import { today } from '../days.js';
import { success } from '../results.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { type InProcessOptions, runCli } from './in-process.js';

let shop: SandboxFixture;
let folder: string;
let token: string;

beforeAll(async () => {
  shop = await startSandboxFixture({ events: 100, days: 5 });
  token = shop.sandbox.projects.find(({ id }) => id === shop.datasource.projectId)!.token;
});
afterAll(() => shop.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'track-'));
  await shop.reset();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs `track` with a file and the token of the project. */
function track(file: string, options: string[] = [], input?: string): Promise<CliResult> {
  return runTrack(['--token', token, '--in', file, ...options], { input });
}

function runTrack(args: string[], options: InProcessOptions = {}): Promise<CliResult> {
  const { username, password, projectId } = shop.datasource;
  const env = { MIXPANEL_USERNAME: username, MIXPANEL_PASSWORD: password, MIXPANEL_PROJECT_ID: projectId };
  return runCli(['track', ...args, '--mixpanel-url', shop.sandbox.url], { ...options, env });
}

/** The events of that name that Mixpanel has, as rows. */
async function downloadEvents(name: string): Promise<Record<string, unknown>[]> {
  const { body } = success(
    await shop.plugin.execute({
      datasource: shop.datasource,
      command: 'DOWNLOAD_DATA',
      parameters: { fromDate: today(), toDate: today(), events: [name], cacheSeconds: 0, dedupe: 'yes' },
    }),
  );
  return body as Record<string, unknown>[];
}

const nowSeconds = () => Math.floor(Date.now() / 1000);
const ndjsonEvents = (name: string, count: number) =>
  Array.from({ length: count }, (_, number) =>
    JSON.stringify({ event: name, properties: { number, distinct_id: 'u', time: nowSeconds() } }),
  ).join('\n');

describe('track', () => {
  it('sends NDJSON, plain, zipped or piped', async () => {
    const file = join(folder, 'events.ndjson');
    await writeFile(file, ndjsonEvents('Plain', 2500));
    await writeFile(`${file}.gz`, gzipSync(ndjsonEvents('Zipped', 10)));
    expect(await track(file)).toMatchObject({
      code: 0,
      stdout: '2,500 events accepted, 0 rejected.\n',
    });
    expect((await track(`${file}.gz`)).code).toBe(0);
    expect((await track('-', [], ndjsonEvents('Piped', 10))).code).toBe(0);
    expect((await downloadEvents('Plain')).map(({ number }) => number).toSorted()).toEqual(
      [...Array(2500).keys()].toSorted(),
    );
    expect([(await downloadEvents('Zipped')).length, (await downloadEvents('Piped')).length]).toEqual([
      10, 10,
    ]);
    expect((await readdir(folder)).sort()).toEqual([
      'events.ndjson',
      'events.ndjson.gz',
      'events.ndjson.gz.sent.json',
      'events.ndjson.sent.json',
    ]);
  });

  it('sends a CSV table, a column a property, numbers as numbers', async () => {
    const file = join(folder, 'events.csv');
    const time = new Date(nowSeconds() * 1000).toISOString();
    await writeFile(
      file,
      `event,time,distinct_id,amount,code,tags\nBought,${time},u,9.5,00123,"[""a"",""b""]"\nBought,${time},v,,,\n`,
    );
    expect((await track(file)).code).toBe(0);
    const [first, second] = await downloadEvents('Bought');
    expect(first).toMatchObject({ time, distinct_id: 'u', amount: 9.5, code: '00123', tags: ['a', 'b'] });
    expect(second).not.toHaveProperty('amount');
  });

  it('says in one line that there is no token, before anything is sent', async () => {
    const file = join(folder, 'no-token.ndjson');
    await writeFile(file, ndjsonEvents('No token', 500));
    for (const more of [[], ['--dry-run']]) {
      const { code, stdout, stderr } = await runTrack(['--in', file, ...more]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toBe(
        "500 events: no project token. Give --token or set MIXPANEL_TOKEN; the token is in Mixpanel's project settings. Nothing was sent.\n",
      );
    }
    expect(await shop.requestsTo('/track')).toEqual([]);
  });

  it('with --json prints counts, and what is wrong as JSON lines', async () => {
    const file = join(folder, 'json.ndjson');
    await writeFile(file, `${ndjsonEvents('Json', 2)}\n{"event": ""}\n`);
    const { code, stdout, stderr } = await runTrack(['--in', file, '--token', token, '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([2, { accepted: 2, rejected: 1, sent: true }]);
    const messages = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).message);
    expect(messages).toEqual(expect.arrayContaining([expect.stringMatching(/^Line 3 was not accepted/)]));
  });

  it('after Ctrl-C says how many were sent, and the command that sends the rest', async () => {
    const file = join(folder, 'stopped.ndjson');
    await writeFile(file, ndjsonEvents('Stopped', 4500));
    await shop.injectFault({ path: '/track', kind: 'latency', ms: 60_000, after: 1 });
    let interrupt = () => {};
    const running = runTrack(['--in', file, '--token', token], {
      onListening: (press) => {
        interrupt = press;
      },
    });
    await expect
      .poll(() => readFile(`${file}.sent.json`, 'utf8').then(JSON.parse))
      .toMatchObject({ sent: 2000 });
    interrupt();
    const { code, stderr } = await running;
    expect(code).toBe(130);
    expect(stderr).toContain(
      `Stopped. 2,000 records were sent. To continue:\n  mixpanel-datasource track --in ${file} --token YOUR_PROJECT_TOKEN`,
    );
    expect(stderr).not.toContain(token);
  });

  it('names the line of each event that is not accepted, and sends the others', async () => {
    const file = join(folder, 'events.ndjson');
    await writeFile(
      file,
      `${ndjsonEvents('Mixed', 2)}\n{"event": "", "properties": {}}\n${ndjsonEvents('Mixed', 1)}\n`,
    );
    const { code, stdout, stderr } = await track(file);
    expect([code, stdout]).toEqual([2, '3 events accepted, 1 rejected.\n']);
    expect(stderr).toMatch(/Line 3 was not accepted: needs an event name/);
  });

  it('names a line that is not JSON, sends the others, and sends it alone when it is mended', async () => {
    const file = join(folder, 'events.ndjson');
    const good = ndjsonEvents('Broken', 4).split('\n');
    await writeFile(file, [...good.slice(0, 2), good[2]!.slice(0, 15), good[3]].join('\n'));
    const first = await track(file);
    expect([first.code, first.stdout]).toEqual([2, '3 events accepted, 1 rejected.\n']);
    expect(first.stderr).toMatch(/^Line 3 was not accepted: is not valid JSON\..*ends too early/m);
    await writeFile(file, good.join('\n'));
    expect((await track(file)).code).toBe(0);
    const numbers = (await downloadEvents('Broken')).map(({ number }) => number);
    expect(numbers.toSorted()).toEqual([0, 1, 2, 3]);
  });

  it('sends nothing of a CSV file that has a row of another length, and names the line', async () => {
    const file = join(folder, 'late.csv');
    const rows = Array.from({ length: 4500 }, (_, number) => `Late,u${number},${nowSeconds()},${number}`);
    rows[4300] += ',more';
    await writeFile(file, ['event,distinct_id,time,n', ...rows].join('\n'));
    const { code, stderr } = await track(file);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^line 4,302: the header has 4 columns/m)]);
    expect(await shop.requestsTo('/track')).toEqual([]);
  });

  it('says that a finished file is sent again, and no event is counted twice', async () => {
    const file = join(folder, 'again.ndjson');
    await writeFile(file, `${ndjsonEvents('Again', 2)}\n{"event":"Again","distinct_id":"v"}\n`);
    const first = await track(file);
    expect(first.stderr).toMatch(/1 event has no time and get/);
    const second = await track(file);
    expect([second.code, second.stderr]).toEqual([
      0,
      expect.stringMatching(/was sent on .* It is sent again/),
    ]);
    expect(await downloadEvents('Again')).toHaveLength(3);
  });

  it('sends a file to another project from its beginning', async () => {
    const file = join(folder, 'two.ndjson');
    await writeFile(file, ndjsonEvents('Two', 3));
    expect((await track(file)).stdout).toBe('3 events accepted, 0 rejected.\n');
    const other = shop.sandbox.projects.find(({ id }) => id !== shop.datasource.projectId)!.token;
    const { stdout, stderr } = await track(file, ['--token', other]);
    expect([stdout, stderr]).toEqual(['3 events accepted, 0 rejected.\n', '']);
  });

  it('imports old events, and names the field and the reason of each that Mixpanel refuses', async () => {
    const file = join(folder, 'old.csv');
    const old = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10);
    await writeFile(file, `event,distinct_id,time\nOld,u,${old} 10:00:00\nOld,anonymous,${old} 10:00:01\n`);
    const tracked = await track(file);
    expect([tracked.code, tracked.stderr]).toEqual([2, expect.stringContaining('track --import')]);
    const rejected = join(folder, 'rejected.csv');
    const { code, stdout, stderr } = await track(file, ['--import', '--rejected', rejected]);
    expect([code, stdout]).toEqual([2, '1 event accepted, 1 rejected.\n']);
    expect(stderr).toMatch(/^Line 3 was not accepted: properties\.distinct_id: .*not allowed/m);
    expect(await readFile(rejected, 'utf8')).toBe(`event,distinct_id,time\nOld,anonymous,${old} 10:00:01\n`);
    const [request] = await shop.requestsTo('/import');
    expect(request).toMatchObject({ status: 400 });
  });

  it('shows with --dry-run what would be sent and refused, and sends nothing', async () => {
    const file = join(folder, 'dry.csv');
    await writeFile(
      file,
      `event_name;user_id;timestamp;price;code\nBuy;u1;2026-11-24 09:00;3,5;007\nBuy;u1;soon;4;1\n`,
    );
    const refused = await track(file, ['--dry-run']);
    expect(refused.stderr).toContain('Use --map event=event_name.');
    const maps = ['event=event_name', 'distinct_id=user_id', 'time=timestamp'].flatMap((map) => [
      '--map',
      map,
    ]);
    const { code, stdout, stderr } = await track(file, [
      '--dry-run',
      '--import',
      '--timezone',
      'Europe/Berlin',
      ...maps,
    ]);
    expect(stdout).toContain('price number, code text');
    expect(stdout).toContain(
      '2026-11-24T08:00:00.000Z {"event":"Buy","properties":{"price":3.5,"code":"007","distinct_id":"u1","time":1795507200}}',
    );
    expect([code, stdout]).toEqual([2, expect.stringContaining('1 event would be sent, 1 refused.')]);
    expect(stderr).toMatch(/^Line 3 was not accepted: time must be .* Received: "soon"\./m);
    expect(await shop.requestsTo('/track')).toEqual([]);
  });
});
