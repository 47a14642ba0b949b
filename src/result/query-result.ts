import { ERRORS, PluginError } from '../errors.js';

/**
 * What a host gets of a query; the shape is Appsmith's `ActionExecutionResult`. On success `body` is an array of
 * flat rows, CSV text, or Mixpanel's answer; on failure it is the sentence of `readableError`.
 */
export interface ExecutionResult {
  isExecutionSuccess: boolean;
  /** An HTTP-like number as text: `200`, or the error's. */
  statusCode: string;
  /** What fits no row: session and page, quota, cache state, what was cut. */
  headers: Record<string, string[]>;
  body: unknown;
  /** Hints shown above the data; only on success. */
  messages?: string[];
  title?: string;
  errorType?: string;
  readableError?: string;
}

export type HeaderValues = Record<string, string | number | undefined>;

export function successResult(
  body: unknown,
  headers: HeaderValues,
  messages: readonly string[] = [],
): ExecutionResult {
  return {
    isExecutionSuccess: true,
    statusCode: '200',
    headers: headerLists(headers),
    body,
    ...(messages.length > 0 ? { messages: [...messages] } : {}),
  };
}

/** A failed result says what happened in one place, twice: hosts show `readableError`, bindings see `body`. */
export function failureResult(error: PluginError, headers: HeaderValues = {}): ExecutionResult {
  const { errorType, status, title, appsmithCode } = ERRORS[error.code];
  return {
    isExecutionSuccess: false,
    statusCode: String(status),
    headers: headerLists({
      ...headers,
      'x-error-code': error.code,
      'x-error-id': appsmithCode,
      'x-retry-at': error.retryAt === undefined ? undefined : new Date(error.retryAt).toISOString(),
      'x-error-fields': error.issues && [...new Set(error.issues.map(({ field }) => field))].join(','),
      'x-resume-token': error.resumeToken,
    }),
    body: error.message,
    title,
    errorType,
    readableError: error.message,
  };
}

/** Anything thrown as a `PluginError`; of an unforeseen one only its kind and message are kept. */
export function asPluginError(thrown: unknown): PluginError {
  if (PluginError.is(thrown)) return thrown;
  const description =
    thrown instanceof Error
      ? `${thrown.name}: ${thrown.message}`
      : 'something that is not an error was thrown';
  return new PluginError(
    'INTERNAL',
    `The Mixpanel plugin failed by its own fault (${description}). Please report it with the query that led here.`,
  );
}

function headerLists(headers: HeaderValues): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [String(value)]]],
    ),
  );
}
