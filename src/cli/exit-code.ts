import { ERRORS, EXIT_CODES, PluginError } from '../errors.js';
import { describeSystemError } from './system-error.js';

/** Prints an expected failure to stderr and sets the exit code of its kind. */
export function reportFailure({ code, message }: PluginError): void {
  failWith(message, ERRORS[code].exitCode);
}

/** Runs a subcommand's action; an expected failure becomes a sentence on stderr, never a stack trace. */
export function withErrorReporting<A extends unknown[]>(
  action: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (thrown) {
      const systemError = describeSystemError(thrown);
      if (systemError) failWith(systemError, EXIT_CODES.input);
      else if (PluginError.is(thrown)) reportFailure(thrown);
      else throw thrown;
    }
  };
}

function failWith(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
