import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SUBCOMMAND_NAMES } from '../../src/cli/program.js';
import { EXIT_CODES } from '../../src/errors.js';
import { type SandboxFixture, startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { runCli } from './in-process.js';

const PAGES = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const TEXTS = Object.fromEntries(PAGES.map((page) => [page, readFileSync(page, 'utf8')]));

let shop: SandboxFixture;
let folder: string;
let token: string;
const home = process.cwd();

beforeAll(async () => {
  shop = await startSandboxFixture();
  token = shop.sandbox.projects.find(({ id }) => id === shop.datasource.projectId)!.token;
  folder = await mkdtemp(join(tmpdir(), 'documented-'));
  process.chdir(folder);
  await writeFile('secret.txt', `${shop.datasource.password}\n`);
  await writeFile('query.json', '{"fromDate": "-3d", "toDate": "yesterday"}');
  const row = `Bought,u1,${new Date().toISOString()}\n`;
  await writeFile('events.csv', `event,distinct_id,time\n${row}`);
  await writeFile('users.csv', `action,user_id,time\n${row}`);
  await writeFile(
    'old.ndjson',
    `{"event":"Bought","properties":{"distinct_id":"u1","time":${Math.floor(Date.now() / 1000)}}}\n`,
  );
  await mkdir('config');
});
afterAll(async () => {
  process.chdir(home);
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Returns the commands that a page shows, in its fences of shell code. */
function commandsOf(text: string): string[] {
  return [...text.matchAll(/^```(?:sh|bash|text)?\n(.*?)^```/gms)].flatMap(([, code = '']) =>
    code
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => /(?:^|[$(|] ?)(?:npx )?mixpanel-datasource (?!\[options\])(.*)$/.exec(line.trim())?.[1])
      .filter((line) => line !== undefined)
      .filter((line) => !/<command>|<shell>|\[command\]|^\[/.test(line)),
  );
}

interface PrintedCommand {
  args: string[];
  input?: string;
}

/** Reads a line as a shell does, as far as pages need it: quotes, comments, `<`, `>` and `)`. */
function parseLine(line: string): PrintedCommand {
  const words = [...line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g)].map(([word]) => word);
  const end = words.findIndex((word) => /^(?:#|>|<|\||\))/.test(word));
  const args = (end < 0 ? words : words.slice(0, end)).map((word) =>
    word
      .replace(/\)$/, '')
      .replace(
        /'([^']*)'|"((?:\\.|[^"\\])*)"/g,
        (_, single, double) => single ?? double.replace(/\\(.)/g, '$1'),
      ),
  );
  const [, file] = /< ?(\S+)/.exec(line) ?? [];
  return {
    args,
    ...(file && end >= 0 && words[end] === '<' ? { input: readFileSync(join(folder, file), 'utf8') } : {}),
  };
}

const PRINTED = [...new Set(Object.values(TEXTS).flatMap(commandsOf))];
/** What needs another program, an account of one's own, or the session of an earlier query. */
const isRunnable = (line: string) => !/--redis-url|--host 0\.0\.0\.0|shop-eu|^login$|session_id/.test(line);

test('pages show commands of every subcommand', () => {
  const names = new Set(PRINTED.map((line) => line.split(' ')[0]));
  expect([...names].sort()).toEqual([...SUBCOMMAND_NAMES].sort());
});

test.each(PRINTED.filter(isRunnable))('as documented: mixpanel-datasource %s', async (line) => {
  const { args, input } = parseLine(line);
  const [name = ''] = args;
  const { username, password, projectId } = shop.datasource;
  const account = {
    MIXPANEL_USERNAME: username,
    MIXPANEL_PASSWORD: password,
    MIXPANEL_PROJECT_ID: projectId,
  };
  const env = { ...account, XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') };
  const given = args.map((arg) =>
    arg === 'YOUR_PROJECT_TOKEN' ? token : arg === 'name.abc123.mp-service-account' ? username : arg,
  );
  const isServer = name === 'serve' || name === 'sandbox';
  const { stdout: help } = await runCli([name, '--help']);
  const isAsking = help.includes('--mixpanel-url') && !isServer && !given.includes('--sandbox');
  // What profile there is does not depend on which line is tried first.
  if (/--profile default|^logout/.test(line)) await logIn(env);
  let stop = () => {};
  let printed = '';
  const running = runCli(
    [
      ...given,
      ...(isAsking ? ['--mixpanel-url', shop.sandbox.url] : []),
      ...(isServer ? ['--port', '0'] : []),
      ...(name === 'serve' ? ['--sandbox-port', '0', '--log-level', 'silent'] : []),
    ],
    {
      env,
      input: input ?? '{"limit": 3}',
      onListening: (press) => {
        stop = press;
      },
      onOutput: (chunk) => {
        printed += chunk;
      },
    },
  );
  if (isServer) {
    await Promise.race([running, expect.poll(() => printed).toContain('Ctrl-C stops it.')]);
    stop();
  }
  const { code, stderr } = await running;
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
});

async function logIn(env: Record<string, string>): Promise<void> {
  const { username, password, projectId } = shop.datasource;
  const account = ['--username', username, '--project', projectId, '--mixpanel-url', shop.sandbox.url];
  const { code } = await runCli(['login', ...account, '--password-stdin'], { env, input: password });
  expect(code).toBe(0);
}

test('the documented exit codes are those of the program', () => {
  const rows = [...TEXTS['docs/command-line.md']!.matchAll(/^\| (\d+) \| [^|]+ \|/gm)].map(([, code]) =>
    Number(code),
  );
  expect(rows).toEqual([0, ...Object.values(EXIT_CODES)]);
});
