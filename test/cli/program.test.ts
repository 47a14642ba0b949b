import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.js';
import { EXIT_CODES } from '../../src/errors.js';
import { daysAgo } from '../days.js';
import { runCli } from './in-process.js';

test('--help lists the subcommands and every exit code', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect([code, stderr]).toEqual([0, '']);
  for (const name of ['run', 'track', 'look-up', 'test', 'commands', 'serve', 'sandbox'])
    expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  for (const exitCode of Object.values(EXIT_CODES))
    expect(stdout).toMatch(new RegExp(`\\b${exitCode} [a-z]`));
});

test.each(['run', 'track', 'look-up', 'test', 'commands', 'serve', 'sandbox'])(
  '%s --help has examples',
  async (name) => {
    const { code, stdout } = await runCli([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n {2}\\$ mixpanel-datasource ${name}\\b`));
    expect(await runCli(['help', name])).toMatchObject({ stdout });
  },
);

test.each([
  ['a mistyped subcommand', ['rum'], "unknown command 'rum'\n(Did you mean run?)"],
  [
    'an unknown option',
    ['run', 'top-events', '--frmat', 'csv'],
    "unknown option '--frmat'\n(Did you mean --format?)",
  ],
  [
    'a parameter without a value',
    ['run', 'GET_TOP_EVENTS', '-p', 'limit'],
    'It takes key=value, not "limit"',
  ],
  ['a time that is no number', ['run', 'GET_TOP_EVENTS', '--timeout', 'soon'], 'It takes a number above 0'],
  ['a port beyond the last one', ['serve', '--port', '99999'], 'The highest port is 65535'],
  [
    'a format that there is not',
    ['run', 'GET_TOP_EVENTS', '--format', 'xml'],
    'It takes table, json, csv, ndjson, raw.',
  ],
  ['an unknown command', ['run', 'GET_NOTHING'], 'There is no command "GET_NOTHING"'],
  [
    'a mistyped command',
    ['run', 'top-evnts'],
    'There is no command "top-evnts". Did you mean GET_TOP_EVENTS',
  ],
  [
    'a mistyped field',
    ['run', 'GET_TOP_EVENTS', '-p', 'limt=3'],
    'There is no field "limt" in GET_TOP_EVENTS. Did you mean limit?',
  ],
  [
    'a file of an unknown format',
    ['run', 'GET_TOP_EVENTS', '--out', 'top.xlsx'],
    'The format of top.xlsx is not known. End its name in .json, .ndjson, .jsonl or .csv',
  ],
])('%s is wrong input, with a sentence on stderr', async (_, args, message) => {
  const { code, stdout, stderr } = await runCli(args);
  expect([code, stdout]).toEqual([EXIT_CODES.input, '']);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('with --json a call that cannot be understood is a JSON error', async () => {
  const { code, stdout, stderr } = await runCli(['run', 'top-events', '--json', '--timeout', 'soon']);
  expect([code, stdout]).toEqual([EXIT_CODES.input, '']);
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: 'INVALID_INPUT', exitCode: 2, message: expect.stringContaining('a number above 0') },
  });
});

test.each([
  'GET_TODAYS_TOP_EVENTS',
  'get-todays-top-events',
  'todays-top-events',
  'todays_top_events',
  "Get Today's Top Events",
])('"%s" names the command', async (name) => {
  const { code, stdout } = await runCli(['commands', name, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([{ id: 'GET_TODAYS_TOP_EVENTS' }]);
});

test('every command has a short name of its own', async () => {
  const { stdout } = await runCli(['commands', '--json']);
  const names = (JSON.parse(stdout) as { id: string; name: string }[]).map(({ name }) => name);
  expect(new Set(names).size).toBe(commands.length);
});

test('commands lists every command once by purpose on a terminal, and one a line in a pipe', async () => {
  const { stdout } = await runCli(['commands'], { columns: 80 });
  for (const { id } of commands) expect(stdout.match(new RegExp(`^ {2}${id} `, 'gm'))).toHaveLength(1);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  const piped = await runCli(['commands']);
  expect(piped.stdout.trimEnd().split('\n')).toEqual(
    commands.map(({ id, description }) => `${id}\t${description}`),
  );
});

test('commands shows the fields of one: key, whether it is required, its default, meaning and an example', async () => {
  const { stdout } = await runCli(['commands', 'aggregate-event-counts']);
  expect(stdout).toMatch(/^ {2}fromDate \(From Date, required\)\n(?: {6}\S.*\n)+ {6}-p fromDate=\S+$/m);
  expect(stdout).toMatch(/^ {2}unit \(Unit, default day\)$/m);
  expect(stdout).toContain('mixpanel-datasource run aggregate-event-counts -p projectId=1234567 -p ');
});

test('a suggestion follows from the beginnings of words', async () => {
  const { stderr } = await runCli(['run', 'agg-event']);
  expect(stderr).toContain('Did you mean GET_AGGREGATE_EVENT_COUNTS');
});

test('commands lists the requests of Custom Action, each with its rows and a command line', async () => {
  const { stdout } = await runCli(['commands', 'custom-action']);
  const listed = JSON.parse((await runCli(['commands', 'custom-action', '--json'])).stdout) as {
    examples: { label: string; group: string; rows: string; run: string }[];
  }[];
  const { examples } = listed[0]!;
  expect(examples.length).toBeGreaterThan(30);
  for (const { label, group, run } of examples) {
    expect(stdout).toContain(`\n${group}\n`);
    expect(stdout).toContain(`  ${label}\n`);
    expect(stdout).toContain(run);
    expect(run).toMatch(/^mixpanel-datasource run custom-action /);
  }
});

test('a missing date is answered with a day that can be asked for', async () => {
  const env = { MIXPANEL_USERNAME: 'u', MIXPANEL_PASSWORD: 'p', MIXPANEL_PROJECT_ID: '1' };
  const { code, stderr } = await runCli(['run', 'download-data', '-p', 'toDate=today'], { env });
  expect([code, stderr]).toEqual([2, expect.stringContaining(`-p fromDate=${daysAgo(7)}.`)]);
});
