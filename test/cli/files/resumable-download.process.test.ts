import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { downloadToFile } from '../../../src/cli/files/resumable-download.js';
import { createPlugin } from '../../../src/plugin.js';
import { type CliProcess, startCli } from '../../cli-process.js';
import { type SandboxFixture, startSandboxFixture } from '../../transfer/sandbox-fixture.js';
import { DATASOURCE, FAST_UNLIMITED, startStubServer } from '../../transfer/stub-server.js';

const EXPORT = '/api/2.0/export';

let shop: SandboxFixture;
let folder: string;

beforeAll(async () => {
  shop = await startSandboxFixture({ events: 20_000, days: 90 }, FAST_UNLIMITED);
});
afterAll(() => shop.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  await shop.reset();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The query of every download here. */
function query() {
  return { datasource: shop.datasource, command: 'DOWNLOAD_DATA', parameters: shop.lastDays(80) };
}

/** Starts the same query as a process of its own. */
function startDownload(file: string, ...more: string[]): CliProcess {
  const { username, password, projectId } = shop.datasource;
  const { fromDate, toDate } = query().parameters;
  const args = ['run', 'DOWNLOAD_DATA', '--mixpanel-url', shop.sandbox.url, '--out', join(folder, file)];
  return startCli([...args, '-p', `fromDate=${fromDate}`, '-p', `toDate=${toDate}`, ...more], {
    env: { MIXPANEL_USERNAME: username, MIXPANEL_PASSWORD: password, MIXPANEL_PROJECT_ID: projectId },
  });
}

/** Downloads in this process. */
async function download(file: string): Promise<{ rows: number; messages: string[] }> {
  const messages: string[] = [];
  const { rows } = await downloadToFile({
    plugin: shop.plugin,
    call: query(),
    out: join(folder, file),
    onMessage: (message) => messages.push(message),
  });
  return { rows, messages };
}

const readOutput = (file: string) => readFile(join(folder, file));
const sortedLines = (text: string) => text.split('\n').filter(Boolean).sort();

/** Waits until a file is there and has something in it. */
async function waitForFile(file: string): Promise<void> {
  for (;;) {
    const { size } = await stat(join(folder, file)).catch(() => ({ size: 0 }));
    if (size > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a download to a file', () => {
  it.each(['rows.ndjson', 'rows.ndjson.gz'])(
    'writes rows larger than any block, and characters of several bytes, as they are (%s)',
    async (name) => {
      const notes = ['é'.repeat(300_000), 'x'.repeat(1_500_000), '\u2028🙂', '', 'ü'.repeat(400_000)];
      const many = Array.from({ length: 3000 }, (_, number) => `${number} ${'日本'.repeat(number % 300)}`);
      const lines = [...notes, ...many, ...notes].map((note) =>
        JSON.stringify({ event: 'Noted', properties: { time: 1_700_000_000, distinct_id: 'u', note } }),
      );
      const upstream = await startStubServer((_, response) => response.end(lines.join('\n')));
      const plugin = createPlugin({ hosts: upstream.hosts, ...FAST_UNLIMITED });
      const out = join(folder, name);
      const call = {
        datasource: DATASOURCE,
        command: 'DOWNLOAD_DATA',
        parameters: { fromDate: '2023-11-14', toDate: '2023-11-14' },
      };
      expect((await downloadToFile({ plugin, call, out })).rows).toBe(lines.length);
      const bytes = await readFile(out);
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      expect(text.endsWith('\n')).toBe(true);
      const actual = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).note);
      expect(actual).toEqual([...notes, ...many, ...notes]);
      await plugin.close();
      await upstream.close();
    },
  );

  it('holds every event once, in NDJSON, gzip and CSV alike', async () => {
    const { code, stderr } = await startDownload('plain.ndjson').ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/rows in /)]);
    for (const file of ['zipped.ndjson.gz', 'table.csv', 'table.csv.gz']) await download(file);
    const { fromDate, toDate } = shop.lastDays(80);
    const plain = (await readOutput('plain.ndjson')).toString();
    const rows = sortedLines(plain).map((line) => JSON.parse(line));
    expect(rows).toHaveLength((await shop.exportedLines({ fromDate, toDate })).length);
    expect(gunzipSync(await readOutput('zipped.ndjson.gz')).toString()).toBe(plain);

    const table: Record<string, string>[] = parse(await readOutput('table.csv'), { columns: true });
    expect(table).toHaveLength(rows.length);
    expect(Object.keys(table[0]!).slice(0, 3)).toEqual(['event', 'time', 'distinct_id']);
    expect(table.map(({ distinct_id }) => distinct_id).sort()).toEqual(
      rows.map(({ distinct_id }) => String(distinct_id ?? '')).sort(),
    );
    // Buffers of megabytes: compared item by item they would take longer than all the rest.
    expect(gunzipSync(await readOutput('table.csv.gz')).equals(await readOutput('table.csv'))).toBe(true);
    expect((await readdir(folder)).sort()).toEqual([
      'plain.ndjson',
      'table.csv',
      'table.csv.gz',
      'zipped.ndjson.gz',
    ]);
  });

  it.each(['events.ndjson', 'events.ndjson.gz', 'events.csv'])(
    'killed in the middle, the same command completes %s as if nothing had been',
    async (file) => {
      await download(`whole-${file}`);
      await shop.reset();
      // The first slice passes; the second comes so slowly that the process dies within it.
      await shop.injectFault({ path: EXPORT, kind: 'drip', bytes: 2000, everyMs: 30, after: 1 });
      const child = startDownload(file);
      await waitForFile(`${file}.part.json`);
      await expect.poll(async () => (await shop.requestsTo(EXPORT)).length).toBeGreaterThan(1);
      child.kill('SIGKILL');
      await child.ended;
      const part = await readOutput(`${file}.part`);
      if (!file.endsWith('.gz')) expect(part.at(-1)).toBe(0x0a);

      await shop.reset();
      const { messages } = await download(file);
      expect(messages).toEqual([expect.stringMatching(/Continuing after [\d,]+ rows/)]);
      const unzip = (bytes: Buffer) => (file.endsWith('.gz') ? gunzipSync(bytes) : bytes);
      expect(unzip(await readOutput(file)).equals(unzip(await readOutput(`whole-${file}`)))).toBe(true);
      expect(await readdir(folder)).toHaveLength(2);
    },
  );

  it('after Ctrl-C keeps what has arrived, within a slice too, and the same command goes on from there', async () => {
    await download('whole.ndjson');
    await shop.reset();
    await shop.injectFault({ path: EXPORT, kind: 'drip', bytes: 2000, everyMs: 30 });
    const child = startDownload('events.ndjson');
    await waitForFile('events.ndjson.part');
    child.kill('SIGINT');
    const { code, stderr } = await child.ended;
    expect([code, stderr]).toEqual([
      130,
      expect.stringMatching(
        /^Stopped\. [\d,]+ rows are kept in .+\.part\. To continue:\n {2}node dist\/cli\/main\.js run DOWNLOAD_DATA .*--out /m,
      ),
    ]);
    const partialRows = sortedLines((await readOutput('events.ndjson.part')).toString()).length;
    expect(partialRows).toBeGreaterThan(0);

    await shop.reset();
    const other = await startDownload('events.ndjson', '-p', 'events=["Page View"]').ended;
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/beginning of another download/)]);
    expect(other.stderr).not.toContain('Continuing');

    const again = await startDownload('events.ndjson').ended;
    expect(again.stderr).toContain(`Continuing after ${partialRows.toLocaleString('en-US')} rows`);
    const [actual, whole] = [await readOutput('events.ndjson'), await readOutput('whole.ndjson')];
    expect(sortedLines(actual.toString())).toEqual(sortedLines(whole.toString()));
  });
});
