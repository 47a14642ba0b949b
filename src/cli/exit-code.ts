import { type ErrorCode, PluginError } from '../errors.js';
import type { ExecutionResult } from '../result/query-result.js';
import { describeSystemError } from './system-error.js';

/** Exit codes by kind of failure, as the help names them. */
export const EXIT = { other: 1, input: 2, access: 3, rateLimit: 4, upstream: 5, interrupted: 130 } as const;

const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: EXIT.input,
  UNKNOWN_COMMAND: EXIT.input,
  BAD_REQUEST: EXIT.input,
  NOT_FOUND: EXIT.input,
  HISTORY_LIMIT: EXIT.input,
  REQUEST_TOO_LARGE: EXIT.input,
  INVALID_DATASOURCE: EXIT.access,
  WRONG_CREDENTIALS: EXIT.access,
  WRONG_REGION: EXIT.access,
  PLAN_LACKS_API: EXIT.access,
  NO_PROJECT_ACCESS: EXIT.access,
  RATE_LIMITED_HOURLY: EXIT.rateLimit,
  RATE_LIMITED_CONCURRENT: EXIT.rateLimit,
  RATE_LIMITED_LOAD: EXIT.rateLimit,
  SERVER_TROUBLE: EXIT.upstream,
  UNEXPECTED_ANSWER: EXIT.upstream,
  INCOMPLETE: EXIT.upstream,
  NETWORK: EXIT.upstream,
  TIMEOUT: EXIT.upstream,
  CANCELLED: EXIT.interrupted,
};

export function exitCodeOf(code: string | undefined): number {
  return EXIT_CODES[code as ErrorCode] ?? EXIT.other;
}

/** Shows a failed result on stderr and sets the exit code of its kind. */
export function reportFailure({ readableError, headers }: ExecutionResult): void {
  endWith(String(readableError), exitCodeOf(headers['x-error-code']?.[0]));
}

/** Runs a subcommand's action; an expected failure becomes a sentence on stderr, never a stack trace. */
export function reporting<A extends unknown[]>(
  action: (...given: A) => Promise<void>,
): (...given: A) => Promise<void> {
  return async (...given) => {
    try {
      await action(...given);
    } catch (thrown) {
      const refusal = describeSystemError(thrown);
      if (refusal) endWith(refusal, EXIT.input);
      else if (PluginError.is(thrown)) endWith(thrown.message, exitCodeOf(thrown.code));
      else throw thrown;
    }
  };
}

function endWith(sentence: string, exitCode: number): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = exitCode;
}
