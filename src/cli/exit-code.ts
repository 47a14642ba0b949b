import { type ErrorCode, PluginError } from '../errors.js';
import type { ExecutionResult } from '../result/query-result.js';
import { describeSystemError } from './system-error.js';

/** Exit codes by kind of failure, as the help names them. */
export const EXIT_CODES = {
  other: 1,
  input: 2,
  access: 3,
  rateLimit: 4,
  upstream: 5,
  interrupted: 130,
} as const;

const EXIT_CODE_BY_ERROR: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: EXIT_CODES.input,
  UNKNOWN_COMMAND: EXIT_CODES.input,
  BAD_REQUEST: EXIT_CODES.input,
  NOT_FOUND: EXIT_CODES.input,
  HISTORY_LIMIT: EXIT_CODES.input,
  REQUEST_TOO_LARGE: EXIT_CODES.input,
  INVALID_DATASOURCE: EXIT_CODES.access,
  WRONG_CREDENTIALS: EXIT_CODES.access,
  WRONG_REGION: EXIT_CODES.access,
  PLAN_LACKS_API: EXIT_CODES.access,
  NO_PROJECT_ACCESS: EXIT_CODES.access,
  RATE_LIMITED_HOURLY: EXIT_CODES.rateLimit,
  RATE_LIMITED_CONCURRENT: EXIT_CODES.rateLimit,
  RATE_LIMITED_LOAD: EXIT_CODES.rateLimit,
  SERVER_TROUBLE: EXIT_CODES.upstream,
  UNEXPECTED_ANSWER: EXIT_CODES.upstream,
  INCOMPLETE: EXIT_CODES.upstream,
  NETWORK: EXIT_CODES.upstream,
  TIMEOUT: EXIT_CODES.upstream,
  CANCELLED: EXIT_CODES.interrupted,
};

export function exitCodeOf(code: string | undefined): number {
  return EXIT_CODE_BY_ERROR[code as ErrorCode] ?? EXIT_CODES.other;
}

/** Shows a failed result on stderr and sets the exit code of its kind. */
export function reportFailure({ readableError, headers }: ExecutionResult): void {
  failWith(String(readableError), exitCodeOf(headers['x-error-code']?.[0]));
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
      else if (PluginError.is(thrown)) failWith(thrown.message, exitCodeOf(thrown.code));
      else throw thrown;
    }
  };
}

function failWith(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
