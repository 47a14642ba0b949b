import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { MAX_WAIT_MS } from './time-limits.js';

/** Profiles and quota of whoever runs the tests are neither read nor written. */
export const NO_USER_FOLDERS = {
  XDG_CONFIG_HOME: join(tmpdir(), 'mixpanel-datasource-tests', String(process.pid), 'config'),
  XDG_STATE_HOME: join(tmpdir(), 'mixpanel-datasource-tests', String(process.pid), 'state'),
};

export interface CliOptions {
  /** Added to the PATH; nothing else of the environment of whoever runs the tests is passed on. */
  env?: Record<string, string | undefined>;
  /** What comes on standard input, which is empty otherwise. */
  input?: string;
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliProcess {
  /** What it has printed so far. */
  readonly output: Pick<CliResult, 'stdout' | 'stderr'>;
  /** Resolves when it has ended and everything it printed has been read. */
  readonly ended: Promise<CliResult>;
  kill(signal: NodeJS.Signals): void;
  /** Waits until it has printed this. */
  printed(text: string): Promise<void>;
}

/** Starts the built command line as a shell would. It is killed when the test ends. */
export function startCli(args: string[], { env, input = '' }: CliOptions = {}): CliProcess {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
    env: { PATH: process.env.PATH, ...NO_USER_FOLDERS, ...env },
    stdio: 'pipe',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  child.stdin.on('error', () => {}).end(input);
  return {
    output,
    ended: once(child, 'close').then(([code]) => ({ code, ...output })),
    kill: (signal) => void child.kill(signal),
    async printed(text) {
      await vi.waitFor(
        () => {
          const { stdout, stderr } = output;
          if ((stdout + stderr).includes(text)) return;
          throw new Error(`It has not printed "${text}": ${stdout}${stderr}`);
        },
        { timeout: MAX_WAIT_MS },
      );
    },
  };
}

/** Runs the built command line to its end. */
export function runCli(args: string[], options?: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended;
}
