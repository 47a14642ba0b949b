import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixpanel-examples-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('every example has a test here', async () => {
  expect((await readdir('examples')).sort()).toEqual(['embed.js', 'nightly-export.sh', 'stream-to-file.js']);
});

test('embed prints the rows of a query and what it cost', async () => {
  const { stdout } = await run(process.execPath, ['examples/embed.js']);
  expect(stdout).toContain('Page View');
  expect(stdout).toContain("cost 1 of the hour's queries, 59 left");
});

test('stream-to-file writes every event as a line of JSON', async () => {
  const file = join(folder, 'events.ndjson');
  const { stdout } = await run(process.execPath, ['examples/stream-to-file.js', file]);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(stdout).toContain(`${lines.length} events in`);
  expect(lines.map((line) => Object.keys(JSON.parse(line))[0])).toEqual(lines.map(() => 'event'));
});

test('nightly-export writes one compressed file of yesterday', async () => {
  await run('sh', ['examples/nightly-export.sh', folder], { env: { ...process.env, SANDBOX: '--sandbox' } });
  const [name = ''] = await readdir(folder);
  expect(name).toMatch(/^events-\d{4}-\d{2}-\d{2}\.ndjson\.gz$/);
  const lines = gunzipSync(await readFile(join(folder, name)))
    .toString()
    .trimEnd()
    .split('\n');
  const day = name.slice('events-'.length, -'.ndjson.gz'.length);
  expect(lines.every((line) => JSON.parse(line).time.startsWith(day))).toBe(true);
});
