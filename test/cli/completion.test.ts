import { expect, test } from 'vitest';
import { COMPLETE } from '../../src/cli/completion-scripts.js';
import { commands } from '../../src/commands/index.js';
import { runCli } from './in-process.js';

/** What a shell is told about these words, the last one being completed. */
async function complete(shell: string, ...words: string[]): Promise<string[]> {
  const { stdout } = await runCli([COMPLETE, shell, '--', ...words]);
  return stdout.split('\n').filter(Boolean);
}

test('subcommands, options and the values of options are completed', async () => {
  expect(await complete('bash', 'ru')).toEqual(['run']);
  expect(await complete('bash', 'run', 'top-events', '--form')).toEqual(['--format']);
  expect(await complete('bash', 'run', '--format', 'c')).toEqual(['csv']);
  expect(await complete('bash', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(await complete('bash', 'help', 'tr')).toEqual(['track']);
});

test('commands are completed by their short names, or by their ids after a capital letter', async () => {
  expect(await complete('bash', 'run', '')).toHaveLength(commands.length);
  expect(await complete('bash', 'run', 'top-event-p')).toEqual([
    'top-event-properties',
    'top-event-property-values',
  ]);
  expect(await complete('bash', 'commands', 'DOWN')).toEqual(['DOWNLOAD_DATA']);
});

test('fields of the command are completed, and the values of their choices', async () => {
  expect(await complete('bash', 'run', 'top-events', '-p', 'li')).toEqual(['limit=']);
  expect(await complete('zsh', 'run', 'aggregate-event-counts', '-p', 'unit=d')).toEqual([
    expect.stringMatching(/^unit=day\t/),
  ]);
  // Bash divides words at "=" and replaces only what is behind it.
  expect(await complete('bash', 'run', 'aggregate-event-counts', '-p', 'unit', '=', 'd')).toEqual(['day']);
  expect(await complete('bash', 'run', 'aggregate-event-counts', '-p', 'unit', '=')).toContain('week');
});

test('files are left to the shell', async () => {
  expect(await complete('bash', 'track', '--in', '')).toEqual([':files']);
  expect(await complete('zsh', 'serve', '--tls-cert', 'x')).toEqual([':files']);
});

test('descriptions come with the candidates where a shell shows them', async () => {
  expect(await complete('fish', 'run', 'top-ev')).toContainEqual(
    expect.stringMatching(/^top-events\tThe most common/),
  );
});

test('what cannot be completed says nothing', async () => {
  expect(await complete('bash', 'no-such-thing', '')).toEqual([]);
  expect(await runCli([COMPLETE, 'bash', '--', 'run', 'no-such-command', '-p', ''])).toMatchObject({
    stdout: '',
    stderr: '',
  });
});
