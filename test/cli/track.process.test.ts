import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { today } from '../days.js';
import { success } from '../results.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';

// Each test starts several processes, and a busy machine is slow to.
vi.setConfig({ testTimeout: 120_000 });

let shop: SandboxFixture;
let folder: string;
let token: string;
const running = new Set<ChildProcess>();

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
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  await rm(folder, { recursive: true });
});

function startTrack(file: string, input?: string): ChildProcess {
  const { username, password, projectId } = shop.datasource;
  const child = spawn(
    process.execPath,
    ['dist/cli/main.js', 'track', '--mixpanel-url', shop.sandbox.url, '--token', token, '--in', file],
    {
      env: {
        PATH: process.env.PATH,
        MIXPANEL_USERNAME: username,
        MIXPANEL_PASSWORD: password,
        MIXPANEL_PROJECT_ID: projectId,
      },
      stdio: 'pipe',
    },
  );
  child.stdin?.end(input ?? '');
  running.add(child);
  return child;
}

async function waitForExit(
  child: ChildProcess,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr?.on('data', (text) => {
    output.stderr += text;
  });
  const [code] = await once(child, 'close');
  running.delete(child);
  return { code, ...output };
}

/** The events of that name that Mixpanel has, as rows. */
async function downloadEvents(name: string): Promise<Record<string, unknown>[]> {
  const { body } = success(
    await shop.plugin.execute({
      datasource: shop.datasource,
      command: 'DOWNLOAD_DATA',
      parameters: { fromDate: today(), toDate: today(), events: [name], cacheSeconds: 0 },
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
  it('sends NDJSON, plain, zipped or piped, and leaves nothing behind', async () => {
    const file = join(folder, 'events.ndjson');
    await writeFile(file, ndjsonEvents('Plain', 2500));
    await writeFile(`${file}.gz`, gzipSync(ndjsonEvents('Zipped', 10)));
    expect(await waitForExit(startTrack(file))).toMatchObject({
      code: 0,
      stdout: '2,500 events accepted, 0 rejected.\n',
    });
    expect((await waitForExit(startTrack(`${file}.gz`))).code).toBe(0);
    expect((await waitForExit(startTrack('-', ndjsonEvents('Piped', 10)))).code).toBe(0);
    expect((await downloadEvents('Plain')).map(({ number }) => number).toSorted()).toEqual(
      [...Array(2500).keys()].toSorted(),
    );
    expect([(await downloadEvents('Zipped')).length, (await downloadEvents('Piped')).length]).toEqual([
      10, 10,
    ]);
    expect((await readdir(folder)).sort()).toEqual(['events.ndjson', 'events.ndjson.gz']);
  });

  it('sends a CSV table, a column a property, numbers as numbers', async () => {
    const file = join(folder, 'events.csv');
    const time = new Date(nowSeconds() * 1000).toISOString();
    await writeFile(
      file,
      `event,time,distinct_id,amount,code,tags\nBought,${time},u,9.5,00123,"[""a"",""b""]"\nBought,${time},v,,,\n`,
    );
    expect((await waitForExit(startTrack(file))).code).toBe(0);
    const [first, second] = await downloadEvents('Bought');
    expect(first).toMatchObject({ time, distinct_id: 'u', amount: 9.5, code: '00123', tags: ['a', 'b'] });
    expect(second).not.toHaveProperty('amount');
  });

  it('names each event that was not taken, and sends the others', async () => {
    const file = join(folder, 'events.ndjson');
    await writeFile(
      file,
      `${ndjsonEvents('Mixed', 2)}\n{"event": "", "properties": {}}\n${ndjsonEvents('Mixed', 1)}\n`,
    );
    const { code, stdout, stderr } = await waitForExit(startTrack(file));
    expect([code, stdout]).toEqual([2, '3 events accepted, 1 rejected.\n']);
    expect(stderr).toMatch(/Event 2 .*was not taken: needs an event name/);
  });

  it('killed in the middle, goes on where it was, and no event is doubled or lost', async () => {
    const file = join(folder, 'events.ndjson');
    await writeFile(file, ndjsonEvents('Killed', 9000));
    // The third batch arrives, but its answer comes too late to be noted.
    await shop.injectFault({ path: '/track', kind: 'latency', ms: 60_000, after: 2 });
    const child = startTrack(file);
    await expect
      .poll(() => readFile(`${file}.sent.json`, 'utf8').then(JSON.parse), { timeout: 20_000 })
      .toMatchObject({ sent: 4000 });
    child.kill('SIGKILL');
    await waitForExit(child);
    await shop.reset();

    const { code, stdout, stderr } = await waitForExit(startTrack(file));
    expect([code, stdout]).toEqual([0, '5,000 events accepted, 0 rejected.\n']);
    expect(stderr).toContain('Continuing after 4,000 events');
    const actual = await downloadEvents('Killed');
    const byId = new Map(actual.map((row) => [row.$insert_id, row.number]));
    expect([...byId.values()].toSorted((a, b) => Number(a) - Number(b))).toEqual([...Array(9000).keys()]);
  });

  it('says where a file is broken, and what has been sent before it is not sent again', async () => {
    const file = join(folder, 'events.ndjson');
    await writeFile(file, `${ndjsonEvents('Broken', 3)}\n{"event":\n`);
    const { code, stderr } = await waitForExit(startTrack(file));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Record 4 of .* is not valid JSON/)]);
  });
});
