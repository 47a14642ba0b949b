import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CliProcess, startCli } from '../cli-process.js';
import { today } from '../days.js';
import { success } from '../results.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';

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

function startTrack(file: string): CliProcess {
  const { username, password, projectId } = shop.datasource;
  return startCli(['track', '--mixpanel-url', shop.sandbox.url, '--token', token, '--in', file], {
    env: { MIXPANEL_USERNAME: username, MIXPANEL_PASSWORD: password, MIXPANEL_PROJECT_ID: projectId },
  });
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

test('a run that is killed goes on where it was, and no event is doubled or lost', async () => {
  const file = join(folder, 'events.ndjson');
  await writeFile(file, ndjsonEvents('Killed', 9000));
  // The third batch arrives, but its answer comes too late to be noted.
  await shop.injectFault({ path: '/track', kind: 'latency', ms: 60_000, after: 2 });
  const child = startTrack(file);
  await expect
    .poll(() => readFile(`${file}.sent.json`, 'utf8').then(JSON.parse))
    .toMatchObject({ sent: 4000 });
  child.kill('SIGKILL');
  await child.ended;
  await shop.reset();

  const { code, stdout, stderr } = await startTrack(file).ended;
  expect([code, stdout]).toEqual([0, '5,000 events accepted, 0 rejected.\n']);
  expect(stderr).toContain('Continuing after 4,000 records');
  const actual = await downloadEvents('Killed');
  const byId = new Map(actual.map((row) => [row.$insert_id, row.number]));
  expect([...byId.values()].toSorted((a, b) => Number(a) - Number(b))).toEqual([...Array(9000).keys()]);
});
