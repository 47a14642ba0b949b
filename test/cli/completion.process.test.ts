import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completionScript, SHELLS, type Shell } from '../../src/cli/completion-scripts.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'completion-'));
  await symlink(resolve('dist/cli/main.js'), join(folder, 'mixpanel-datasource'));
  for (const shell of SHELLS) await writeFile(join(folder, `script.${shell}`), completionScript(shell));
});
afterAll(() => rm(folder, { recursive: true }));

async function runShell(shell: Shell, code: string): Promise<string[]> {
  const env = { PATH: [folder, process.env.PATH].join(delimiter), HOME: folder, XDG_CONFIG_HOME: folder };
  const flags = { bash: ['--norc', '-c'], zsh: ['-f', '-c'], fish: ['--no-config', '-c'] }[shell];
  const { stdout } = await promisify(execFile)(shell, [...flags, code], { cwd: folder, env });
  return stdout.split('\n').filter(Boolean);
}

const isMissing = (shell: Shell) => spawnSync(shell, ['--version']).status !== 0;

test.skipIf(isMissing('bash'))('bash completes commands, fields and their values', async () => {
  const complete = (words: string) =>
    runShell(
      'bash',
      `source script.bash; complete -p mixpanel-datasource >/dev/null || exit 1
       COMP_WORDS=(mixpanel-datasource ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
       _mixpanel_datasource mixpanel-datasource; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
  expect(await complete('run top-event-p')).toEqual(['top-event-properties', 'top-event-property-values']);
  expect(await complete('run top-events -p li')).toEqual(['limit=']);
  expect(await complete('run aggregate-event-counts -p unit = mo')).toEqual(['month']);
  expect(await complete('track --in ""')).toEqual([]);
});

test.skipIf(isMissing('zsh'))('zsh completes commands and fields', async () => {
  const complete = (words: string) =>
    runShell(
      'zsh',
      `compdef() { : }; source ./script.zsh
       compadd() { print -l -- "\${@[4,-1]}" }; _describe() { print -l -- "\${(@P)2}" }; _files() { print files }
       words=(mixpanel-datasource ${words}); CURRENT=\${#words}; _mixpanel_datasource`,
    );
  expect(await complete('run top-event-properti')).toEqual([
    'top-event-properties:The most common property names of one event.',
  ]);
  expect(await complete('run top-events -p li')).toEqual(['limit=']);
  expect(await complete("track --in ''")).toEqual(['files']);
});

test.skipIf(isMissing('fish'))('fish completes commands and fields', async () => {
  const complete = (line: string) =>
    runShell('fish', `source script.fish; complete -C ${JSON.stringify(line)}`);
  expect(await complete('mixpanel-datasource run top-event-properti')).toEqual([
    'top-event-properties\tThe most common property names of one event.',
  ]);
  expect(await complete('mixpanel-datasource run top-events -p li')).toEqual([
    expect.stringMatching(/^limit=\t/),
  ]);
  expect(await complete('mixpanel-datasource track --in script.f')).toEqual(['script.fish']);
});
