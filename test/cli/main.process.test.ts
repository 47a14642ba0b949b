import { exec, execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formFields } from '../../src/command/field.js';
import { commands } from '../../src/commands/index.js';
import { runCli } from '../cli-process.js';
import { daysAgo } from '../days.js';

const LAST_DAYS = ['-p', `fromDate=${daysAgo(3)}`, '-p', `toDate=${daysAgo(1)}`];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixpanel-datasource-'));
});

afterAll(() => rm(folder, { recursive: true }));

it('is a program the system can run, as npx does', async () => {
  const { stdout } = await promisify(execFile)('dist/cli/main.js', ['--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('commands', () => {
  it('lists fourteen as JSON, with their fields', async () => {
    const { stdout } = await runCli(['commands', '--json']);
    const listed = JSON.parse(stdout) as { id: string; fields: { key: string }[] }[];
    expect(listed.map(({ id }) => id)).toEqual(commands.map(({ id }) => id));
    expect(listed).toHaveLength(14);
    expect(listed.map(({ fields }) => fields.map(({ key }) => key))).toEqual(
      commands.map((each) => formFields(each).map(({ key }) => key)),
    );
  });

  it('lists a command a line where its output is read by a program', async () => {
    const { stdout } = await runCli(['commands']);
    expect(stdout.split('\n')[0]).toBe('GET_PROJECTS\tGet Projects');
    expect(stdout).not.toContain('\u001b');
  });

  it('explains the fields of one', async () => {
    const { stdout } = await runCli(['commands', 'download_data']);
    expect(stdout).toContain('Download Mixpanel Data');
    expect(stdout).toContain('where');
  });
});

describe('run', () => {
  it('prints rows as JSON into a pipe', async () => {
    const { code, stdout } = await runCli(['run', 'GET_TOP_EVENTS', '--sandbox', '-p', 'limit=3']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([1, 2, 3].map((rank) => ({ event: expect.any(String), rank })));
  });

  it('prints only what a filter lets through', async () => {
    const where = 'where=properties["plan"] == "Premium" && properties["country"] == "US"';
    const { stdout } = await runCli([
      'run',
      'DOWNLOAD_DATA',
      '--sandbox',
      ...LAST_DAYS,
      '-p',
      where,
      '--format',
      'ndjson',
    ]);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { plan: string; country: string });
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ plan, country }) => `${plan} ${country}`))).toEqual(new Set(['Premium US']));
  });

  it('takes parameters from a file and from standard input, and writes CSV to a file', async () => {
    const params = join(folder, 'params.json');
    const out = join(folder, 'events.csv');
    await writeFile(params, JSON.stringify({ limit: 2 }));
    expect(
      (
        await runCli([
          'run',
          'GET_TOP_EVENTS',
          '--sandbox',
          '--params',
          params,
          '--format',
          'csv',
          '--out',
          out,
        ])
      ).code,
    ).toBe(0);
    expect(await readFile(out, 'utf8')).toMatch(/^event,rank\n.+,1\n.+,2\n$/);
    const piped = await runCli(['run', 'GET_TOP_EVENTS', '--sandbox', '--params', '-', '--format', 'raw'], {
      input: '{"limit": 1}',
    });
    expect(JSON.parse(piped.stdout)).toEqual([expect.any(String)]);
  });

  it.each([
    ['top.csv', /^event,rank\n.+,1\n.+,2\n$/],
    ['top.json', /^\[\n {2}\{\n {4}"event"/],
    ['top.jsonl', /^\{"event":"[^"]+","rank":1\}\n\{"event":"[^"]+","rank":2\}\n$/],
  ])('writes %s in the format of its name, and says how many rows are in it', async (name, content) => {
    const out = join(folder, name);
    const { code, stderr } = await runCli([
      'run',
      'GET_TOP_EVENTS',
      '--sandbox',
      '-p',
      'limit=2',
      '--out',
      out,
    ]);
    expect([code, stderr]).toEqual([0, `2 rows in ${out}.\n`]);
    expect(await readFile(out, 'utf8')).toMatch(content);
  });

  it.each([
    [
      'wrong input',
      ['run', 'GET_TOP_EVENTS', '--sandbox', '-p', 'limit=many'],
      2,
      'Limit: must be a whole number',
    ],
    ['an unknown command', ['run', 'GET_NOTHING', '--sandbox'], 2, 'There is no command "GET_NOTHING"'],
    [
      'a parameter without a value',
      ['run', 'GET_TOP_EVENTS', '--sandbox', '-p', 'limit'],
      2,
      'It takes key=value, not "limit"',
    ],
    [
      'a time that is no number',
      ['run', 'GET_TOP_EVENTS', '--sandbox', '--timeout', 'soon'],
      2,
      'It takes a number above 0',
    ],
    [
      'a file in a folder that is not there',
      ['run', 'GET_TOP_EVENTS', '--sandbox', '--out', 'no/such/folder/top.json'],
      2,
      'There is no no/such/folder/top.json. Check the name, and that its folder exists.',
    ],
    ['a data file that is not there', ['sandbox', '--data', 'no-such-file'], 2, 'There is no no-such-file.'],
    ['a port beyond the last one', ['serve', '--port', '99999'], 2, 'The highest port is 65535'],
    [
      'a mistyped field',
      ['run', 'GET_TOP_EVENTS', '--sandbox', '-p', 'limt=3'],
      2,
      'There is no field "limt" in GET_TOP_EVENTS. Did you mean limit?',
    ],
    [
      'a file of an unknown format',
      ['run', 'GET_TOP_EVENTS', '--sandbox', '--out', 'top.xlsx'],
      2,
      'The format of top.xlsx is not known. End its name in .json, .ndjson, .jsonl or .csv',
    ],
    ['missing credentials', ['run', 'GET_TOP_EVENTS'], 3, 'Set MIXPANEL_USERNAME and MIXPANEL_PASSWORD'],
  ])('%s is a sentence on stderr and an exit code', async (_, args, code, message) => {
    const result = await runCli(args);
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it('ends quietly when its reader stops early', async () => {
    const command = `"${process.execPath}" dist/cli/main.js run DOWNLOAD_DATA --sandbox ${LAST_DAYS.join(' ')} --format ndjson | head -n 1`;
    const { stdout, stderr } = await promisify(exec)(command);
    expect(JSON.parse(stdout)).toMatchObject({ event: expect.any(String) });
    expect(stderr).toBe('');
  });

  it('never shows what a broken credentials file holds', async () => {
    const file = join(folder, 'credentials.json');
    await writeFile(file, '{"username": "u", "password": "s3cret-pass"', { mode: 0o600 });
    const result = await runCli(['run', 'GET_TOP_EVENTS', '--credentials', file]);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('must be a JSON object with "username" and "password"');
    expect(result.stderr + result.stdout).not.toContain('s3cret');
  });
});

describe('serve and sandbox', () => {
  it.each(['serve', 'sandbox'])('%s says which port is taken, and what to do', async (command) => {
    const occupied = createServer();
    await new Promise<void>((ready) => occupied.listen(0, '127.0.0.1', ready));
    const { port } = occupied.address() as AddressInfo;
    const state = command === 'serve' ? ['--state-dir', folder] : [];
    const result = await runCli([command, '--port', String(port), ...state]);
    occupied.close();
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(new RegExp(`\\b${port}\\b.* Choose another .*--port`));
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('test', () => {
  it('names the projects the account reaches', async () => {
    const { code, stdout } = await runCli(['test', '--sandbox']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^Connected\. The service account can reach .*\(1234567\)/),
    ]);
  });
});
