import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runProgram } from '../../src/cli/program.js';
import type { OutputStream, Terminal } from '../../src/cli/terminal.js';
import { type CliOptions, type CliResult, NO_USER_FOLDERS } from '../cli-process.js';

export interface InProcessOptions extends CliOptions {
  /** Columns of the terminal that stdout and stderr are; they are pipes otherwise. */
  columns?: number;
  /** Called with everything that is printed. */
  onOutput?: (chunk: string) => void;
  /** What a person at a terminal answers to each prompt. */
  answers?: readonly (readonly [prompt: string, answer: string])[];
  /** Called with a function that presses Ctrl-C, when the program listens for it. */
  onListening?: (interrupt: () => void) => void;
}

/** Runs the command line in this process, on streams of its own. */
export async function runCli(
  args: readonly string[],
  { env = {}, input = '', columns, answers, onListening, onOutput }: InProcessOptions = {},
): Promise<CliResult> {
  const stream = (): OutputStream & PassThrough =>
    Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const [stdout, stderr] = [stream(), stream()];
  for (const each of [stdout, stderr]) each.on('data', (chunk) => onOutput?.(String(chunk)));
  const printed = Promise.all([text(stdout), text(stderr)]);
  const terminal: Terminal = {
    stdin: answers ? personAnswering(answers, stderr) : Readable.from([Buffer.from(input)]),
    stdout,
    stderr,
    env: { ...NO_USER_FOLDERS, ...env },
    programName: 'mixpanel-datasource',
    args,
    exitCode: 0,
    onSignal(_, listener) {
      onListening?.(listener);
      return () => undefined;
    },
  };
  const code = await runProgram(terminal).finally(() => {
    stdout.end();
    stderr.end();
  });
  const [out, error] = await printed;
  return { code, stdout: out, stderr: error };
}

/** Returns a terminal's input, on which each answer is typed when its prompt has been printed. */
function personAnswering(
  answers: readonly (readonly [prompt: string, answer: string])[],
  stderr: PassThrough,
): Terminal['stdin'] {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const open = [...answers];
  let printed = '';
  stderr.on('data', (chunk) => {
    printed += chunk;
    const [next] = open;
    if (!next || !printed.includes(next[0])) return;
    open.shift();
    printed = '';
    setImmediate(() => stdin.write(`${next[1]}\n`));
  });
  return stdin;
}
