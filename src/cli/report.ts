import type { Command } from 'commander';
import { ERRORS, EXIT_CODES, PluginError } from '../errors.js';
import { describeSystemError } from './system-error.js';
import type { Terminal } from './terminal.js';

/** Options of subcommands that decide what goes to stderr. */
export interface ReportOptions {
  json?: boolean;
  quiet?: boolean;
}

/** Adds `--quiet`, and `--json` with what it means for stdout. */
export function addReportOptions(command: Command, json: string): Command {
  return command
    .option('--json', `${json}; messages and errors are JSON too, a line each on stderr`)
    .option('-q, --quiet', 'print no progress and no messages, only errors');
}

/** Writes a message for a person to stderr, or for a program with `--json`. */
export function writeMessage(message: string, { json, quiet }: ReportOptions, { stderr }: Terminal): void {
  if (quiet) return;
  stderr.write(`${json ? JSON.stringify({ message }) : message}\n`);
}

/** Writes a failure to stderr and sets the exit code of its kind. */
export function writeFailure(error: PluginError, { json }: ReportOptions, terminal: Terminal): void {
  const { exitCode } = ERRORS[error.code];
  terminal.stderr.write(
    json ? `${JSON.stringify({ error: { ...error.toJSON(), exitCode } })}\n` : `${error.message}\n`,
  );
  terminal.exitCode = exitCode;
}

/** Writes that a call cannot be understood, as JSON. */
export function writeUsageError(text: string, { stderr }: Terminal): void {
  const message = text.replace(/^error: /, '').trim();
  const { title } = ERRORS.INVALID_INPUT;
  const error = { code: 'INVALID_INPUT', title, message, exitCode: EXIT_CODES.input };
  stderr.write(`${JSON.stringify({ error })}\n`);
}

/** Runs a subcommand's action; an expected failure becomes a sentence on stderr, never a stack trace. */
export function withErrorReporting<A extends unknown[]>(
  terminal: Terminal,
  action: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (thrown) {
      const systemError = describeSystemError(thrown);
      const error = systemError ? new PluginError('INVALID_INPUT', systemError) : thrown;
      if (!PluginError.is(error)) throw thrown;
      writeFailure(error, (args.at(-1) as Command).opts(), terminal);
    }
  };
}
