import type { Readable, Writable } from 'node:stream';
import { quoteWords } from './shell-words.js';

/** A stream that is written to, with what Node knows of the terminal behind it. */
export type OutputStream = Writable & { isTTY?: boolean; columns?: number; rows?: number };

/** What a run of the command line has to do with: the process, or what a test puts in its place. */
export interface Terminal {
  stdin: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  stdout: OutputStream;
  stderr: OutputStream;
  env: Readonly<Record<string, string | undefined>>;
  /** How the program was called, and with which arguments. */
  programName: string;
  args: readonly string[];
  /** The exit code when the run ends. */
  exitCode: number;
  /** Calls `listener` at each of these signals, until the returned function is called. */
  onSignal(signals: readonly NodeJS.Signals[], listener: () => void): () => void;
}

/** A terminal that does not say how wide it is, or says 0 as some CI and container terminals do. */
const DEFAULT_COLUMNS = 80;

/** Returns how many columns a stream has. */
export function columnsOf({ columns }: OutputStream): number {
  return columns || DEFAULT_COLUMNS;
}

/** Returns whether to write colours: as NO_COLOR (https://no-color.org) and FORCE_COLOR say, else on a terminal. */
export function hasColors({ env, stdout }: Terminal): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return stdout.isTTY === true;
}

/** Returns the line that repeats this run, for a shell. A project token is left out: it would be in the scrollback. */
export function commandLineOf({ programName, args }: Pick<Terminal, 'programName' | 'args'>): string {
  const shown = args.map((arg, index) =>
    args[index - 1] === '--token'
      ? 'YOUR_PROJECT_TOKEN'
      : arg.replace(/^--token=.*/s, '--token=YOUR_PROJECT_TOKEN'),
  );
  return `${programName} ${quoteWords(shown)}`;
}

/** Returns the terminal of this process. */
export function processTerminal(programName: string, args: readonly string[]): Terminal {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    programName,
    args,
    exitCode: 0,
    onSignal(signals, listener) {
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.removeListener(signal, listener);
      };
    },
  };
}
