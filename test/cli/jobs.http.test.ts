import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formFields } from '../../src/command/field.js';
import { commands } from '../../src/commands/index.js';
import { createPlugin } from '../../src/plugin.js';
import { type LocalSandbox, startLocalSandbox } from '../../src/sandbox/local-sandbox.js';
import { success } from '../results.js';
import { runCli } from './in-process.js';

// The jobs of docs/jobs.md: each command line and each form runs on the sandbox, and both give the same rows.

let sandbox: LocalSandbox;
let plugin: ReturnType<typeof createPlugin>;
let folder: string;

beforeAll(async () => {
  sandbox = await startLocalSandbox({ events: 60_000, users: 2000 });
  plugin = createPlugin({ hosts: sandbox.hosts });
  folder = await mkdtemp(join(tmpdir(), 'mixpanel-datasource-'));
});
afterAll(async () => {
  await plugin.close();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const page = await readFile('docs/jobs.md', 'utf8');
const jobs = page
  .split(/^## \d+\. /m)
  .slice(1)
  .map((section) => ({
    title: section.split('\n')[0]!,
    line: /```sh\n(.*)\n```/.exec(section)![1]!,
    link: new URL(/^\[Open it on the page\]\((.*)\)$/m.exec(section)![1]!),
    form: Object.fromEntries(
      [...section.matchAll(/^\| ([^|]+) \| (.+) \|$/gm)].map(([, field, value]) => [
        field!,
        value!.replace(/^[`*]|[`*]$/g, ''),
      ]),
    ),
  }));

/** Divides a line into words as a shell does: single quotes hold a word together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

/** Runs a command line of the page against the sandbox of this test. */
async function runLine(line: string) {
  const [npx, program, ...args] = wordsOf(line);
  expect([npx, program]).toEqual(['npx', 'mixpanel-datasource']);
  expect(args).toContain('--sandbox');
  const { username, password, projectId } = sandbox.datasource;
  const here = args
    .filter((arg) => arg !== '--sandbox')
    .map((arg, index, all) => (all[index - 1] === '--out' ? join(folder, arg) : arg));
  const { code, stdout, stderr } = await runCli([...here, '--mixpanel-url', sandbox.url], {
    env: { MIXPANEL_USERNAME: username, MIXPANEL_PASSWORD: password, MIXPANEL_PROJECT_ID: projectId },
  });
  expect(code, stderr).toBe(0);
  const out = here[here.indexOf('--out') + 1];
  if (!here.includes('--out')) return JSON.parse(stdout) as Record<string, unknown>[];
  const [header = '', ...rows] = (await readFile(out!, 'utf8')).trimEnd().split('\n');
  return rows.map((row) => ({ header, row }));
}

function parametersOf(fields: Record<string, string>, command: (typeof commands)[number]) {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => name !== 'field' && name !== '---')
      .map(([name, value]) => [
        formFields(command).find((field) => field.label.startsWith(name))?.key ?? name,
        value,
      ]),
  );
}

async function runForm({ Command: label, ...fields }: Record<string, string>) {
  const command = commands.find((each) => each.label === label)!;
  const parameters = parametersOf(fields, command);
  if (typeof parameters.bookmarkId === 'string') {
    const { options } = await plugin.options({
      datasource: sandbox.datasource,
      command: command.id,
      field: 'bookmarkId',
      search: parameters.bookmarkId,
    });
    expect(options).toHaveLength(1);
    parameters.bookmarkId = options[0]!.value;
  }
  const result = await plugin.execute({ datasource: sandbox.datasource, command: command.id, parameters });
  return success(result).body as Record<string, unknown>[];
}

test('there are eight jobs, each with a form and a command line', () => {
  expect(jobs).toHaveLength(8);
  for (const { form } of jobs) expect(commands.map(({ label }) => label)).toContain(form.Command);
});

test.each(jobs.map((job) => [job.title, job] as const))('the link of "%s" fills in its form', (_, job) => {
  const { Command: label, ...fields } = job.form;
  const command = commands.find((each) => each.label === label)!;
  const [linkedCommand, search] = job.link.hash.slice(1).split(/\?(.*)/s);
  const linked = Object.fromEntries(new URLSearchParams(search));
  expect(linkedCommand).toBe(command.id);
  expect(Object.keys(linked)).toEqual(Object.keys(parametersOf(fields, command)));
  for (const [key, value] of Object.entries(parametersOf(fields, command))) {
    // A report goes by its name in the form, and by its id in a link.
    expect(linked[key]).toBe(key === 'bookmarkId' ? '67890' : value);
  }
});

describe('a job gives rows', () => {
  test.each(jobs.map((job) => [job.title, job] as const))('%s', async (_, { line, form }) => {
    const [printed, shown] = [await runLine(line), await runForm(form)];
    expect(printed.length).toBeGreaterThan(0);
    expect(printed).toHaveLength(shown.length);
    if (!line.includes('--out')) expect(printed).toEqual(shown);
  });
});

describe('a name in place of an id', () => {
  const run = (bookmarkId: string) =>
    runLine(`npx mixpanel-datasource run insights-report --sandbox -p 'bookmarkId=${bookmarkId}'`);

  test('is looked up in any case', async () => {
    expect(await run('buyers, last 30 days')).toEqual(await run('67895'));
  });

  test('that nothing has is refused as any other value', async () => {
    await expect(run('No such report')).rejects.toThrow(/must be a number, such as 67890/);
  });
});
