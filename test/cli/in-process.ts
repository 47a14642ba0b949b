import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runProgram } from '../../src/cli/program.js';
import type { OutputStream, Terminal } from '../../src/cli/terminal.js';
import type { CliOptions, CliResult } from '../cli-process.js';

export interface InProcessOptions extends CliOptions {
  /** Columns of the terminal that stdout and stderr are; they are pipes otherwise. */
  columns?: number;
  /** Called with a function that presses Ctrl-C, when the program listens for it. */
  onListening?: (interrupt: () => void) => void;
}

/** Runs the command line in this process, on streams of its own. */
export async function runCli(
  args: readonly string[],
  { env = {}, input = '', columns, onListening }: InProcessOptions = {},
): Promise<CliResult> {
  const stream = (): OutputStream & PassThrough =>
    Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const [stdout, stderr] = [stream(), stream()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const terminal: Terminal = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout,
    stderr,
    env,
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
