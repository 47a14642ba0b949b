import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { daysAgo, today } from '../days.js';
import {
  csvStyles,
  propertiesOf,
  type TableRow,
  TIME_STYLES,
  tables,
  toCsvText,
  toNdjsonText,
} from '../records/event-tables.js';
import { success } from '../results.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';

vi.setConfig({ testTimeout: 240_000 });

let shop: SandboxFixture;
let folder: string;
let token: string;

beforeAll(async () => {
  shop = await startSandboxFixture({ events: 100, days: 5 });
  token = shop.sandbox.projects.find(({ id }) => id === shop.datasource.projectId)!.token;
  folder = await mkdtemp(join(tmpdir(), 'track-random-'));
});
afterAll(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

function startTrack(file: string, timeZone: string): ChildProcess {
  const { username, password, projectId } = shop.datasource;
  const options = ['--mixpanel-url', shop.sandbox.url, '--token', token, '--in', file];
  return spawn(process.execPath, ['dist/cli/main.js', 'track', ...options], {
    env: {
      PATH: process.env.PATH,
      TZ: timeZone,
      MIXPANEL_USERNAME: username,
      MIXPANEL_PASSWORD: password,
      MIXPANEL_PROJECT_ID: projectId,
    },
    stdio: 'ignore',
  });
}

async function runTrack(file: string, timeZone: string): Promise<number | null> {
  const [code] = await once(startTrack(file, timeZone), 'close');
  return code;
}

/** What Mixpanel counts of these events, as texts in a fixed order. */
async function countedEvents(names: readonly string[]): Promise<string[]> {
  const { body } = success(
    await shop.plugin.execute({
      datasource: shop.datasource,
      command: 'DOWNLOAD_DATA',
      parameters: { fromDate: daysAgo(1), toDate: today(), events: names, cacheSeconds: 0, dedupe: 'yes' },
    }),
  );
  const rows = body as Record<string, unknown>[];
  return rows.map(({ $insert_id: _, mp_processing_time_ms: __, ...row }) => textOf(row)).sort();
}

const textOf = (row: Record<string, unknown>) => JSON.stringify(Object.entries(row).sort());

const FAULT = 'soon';
/** The file with its times replaced in these rows. */
function breakRows(
  rows: readonly TableRow[],
  broken: ReadonlySet<number>,
  write: (rows: TableRow[]) => string,
) {
  const mark = 1_000_000_000_000;
  const marked = rows.map((row, index) => (broken.has(index) ? { ...row, time: mark } : row));
  const text = write(marked);
  const styles = Object.values(TIME_STYLES).map((style) => style(mark));
  return styles.reduce((rest, style) => rest.replaceAll(style, FAULT), text);
}

/** Printed with a failure: give it as SEED to see the same run again. */
const seed = Number(process.env.SEED || Date.now() % 2 ** 31);

const scenario = fc.record({
  style: csvStyles,
  csv: fc.boolean(),
  stopAfter: fc.integer({ min: 1, max: 2 }),
  broken: fc.uniqueArray(fc.integer({ min: 0, max: 4499 }), { minLength: 1, maxLength: 40 }),
  order: fc.integer(),
});

test.each(['UTC', 'America/Los_Angeles', 'Asia/Kolkata'])(
  'a table that is stopped, refused, mended, reordered and sent again arrives once, on a machine in %s',
  async (timeZone) => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    const [rows = []] = fc
      .sample(tables(now, { minLength: 4500, maxLength: 4600 }), { seed, numRuns: 1 })
      .map((all) => all.map((row) => ({ ...row, event: `${row.event} ${timeZone}` })));
    const [drawn] = fc.sample(scenario, { seed, numRuns: 1 });
    const { style, csv, stopAfter, broken, order } = drawn!;
    const write = (list: TableRow[]) => (csv ? toCsvText(list, style) : toNdjsonText(list, style.time));
    const file = join(folder, `${timeZone.replace('/', '-')}.${csv ? 'csv' : 'ndjson'}`);

    await writeFile(file, breakRows(rows, new Set(broken), write));
    await shop.injectFault({ path: '/track', kind: 'latency', ms: 120_000, after: stopAfter });
    const stopped = startTrack(file, timeZone);
    await expect
      .poll(() => readFile(`${file}.sent.json`, 'utf8').then(JSON.parse), { timeout: 60_000 })
      .toMatchObject({ sent: stopAfter * 2000 });
    stopped.kill('SIGKILL');
    await once(stopped, 'close');
    await shop.reset();
    expect(await runTrack(file, timeZone)).toBe(2);

    const mended = rows.map((row, index) => [Math.imul(index + 1, order | 1), row] as const);
    await writeFile(file, write(mended.toSorted(([one], [other]) => one - other).map(([, row]) => row)));
    expect(await runTrack(file, timeZone)).toBe(0);
    expect(await runTrack(file, timeZone)).toBe(0);

    const names = [`Paid ${timeZone}`, `Visit ${timeZone}`];
    const expected = rows.map((row) => {
      const time = new Date(row.time).toISOString();
      return textOf({ ...propertiesOf(row), time });
    });
    expect(await countedEvents(names), `seed ${seed}`).toEqual(expected.sort());
  },
);
