/** Exit codes of the command line, by kind of failure. */
export const EXIT_CODES = {
  other: 1,
  input: 2,
  access: 3,
  rateLimit: 4,
  upstream: 5,
  interrupted: 130,
} as const;

interface ErrorRow {
  /** What happened; a few words. */
  title: string;
  /** HTTP status that fits the error best. */
  status: number;
  /** Appsmith's `ErrorType`, and the number of our error code (`PE-MXP-<number>`). */
  appsmith: readonly [type: string, number: number];
  exitCode: number;
  /** Whether the same call may succeed later without a change. */
  retryable?: boolean;
  /**
   * Whether Mixpanel counts a call that ends with this error. Source: https://developer.mixpanel.com/reference/rate-limits and
   * mixpanel-headless, `docs/guide/request-pacing.md`.
   */
  charged?: boolean;
  /** Whether the cache may serve an older result instead. */
  staleMayServe?: boolean;
  /** What the user has to change: the datasource or the query. */
  about?: 'datasource' | 'query';
}

/**
 * Every way a query can fail, one row per code, with all its mappings. Hosts, command line, cache and page read them
 * here.
 */
export const ERRORS = {
  INVALID_INPUT: errorRow({
    title: 'Invalid input',
    status: 400,
    appsmith: ['ARGUMENT_ERROR', 4000],
    exitCode: EXIT_CODES.input,
    charged: false,
    about: 'query',
  }),
  UNKNOWN_COMMAND: errorRow({
    title: 'Unknown command',
    status: 400,
    appsmith: ['ARGUMENT_ERROR', 4001],
    exitCode: EXIT_CODES.input,
    charged: false,
    about: 'query',
  }),
  INVALID_DATASOURCE: errorRow({
    title: 'Invalid datasource',
    status: 400,
    appsmith: ['DATASOURCE_CONFIGURATION_ERROR', 4002],
    exitCode: EXIT_CODES.access,
    charged: false,
    about: 'datasource',
  }),
  BAD_REQUEST: errorRow({
    title: 'Bad request',
    status: 400,
    appsmith: ['BAD_REQUEST', 4003],
    exitCode: EXIT_CODES.input,
    about: 'query',
  }),
  UNUSABLE_REQUEST: errorRow({
    title: 'Request not understood',
    status: 400,
    appsmith: ['BAD_REQUEST', 4004],
    exitCode: EXIT_CODES.input,
    charged: false,
  }),
  WRONG_CREDENTIALS: errorRow({
    title: 'Wrong credentials',
    status: 401,
    appsmith: ['AUTHENTICATION_ERROR', 4010],
    exitCode: EXIT_CODES.access,
    charged: false,
    about: 'datasource',
  }),
  WRONG_REGION: errorRow({
    title: 'Wrong region',
    status: 401,
    appsmith: ['AUTHENTICATION_ERROR', 4011],
    exitCode: EXIT_CODES.access,
    charged: false,
    about: 'datasource',
  }),
  PLAN_LACKS_API: errorRow({
    title: 'Query API not in the plan',
    status: 402,
    appsmith: ['AUTHENTICATION_ERROR', 4020],
    exitCode: EXIT_CODES.access,
    charged: false,
  }),
  NO_PROJECT_ACCESS: errorRow({
    title: 'No access to the project',
    status: 403,
    appsmith: ['AUTHENTICATION_ERROR', 4030],
    exitCode: EXIT_CODES.access,
    about: 'datasource',
  }),
  HISTORY_LIMIT: errorRow({
    title: 'Dates beyond the history of the plan',
    status: 403,
    appsmith: ['ARGUMENT_ERROR', 4031],
    exitCode: EXIT_CODES.input,
    about: 'query',
  }),
  NOT_FOUND: errorRow({
    title: 'Not found',
    status: 404,
    appsmith: ['BAD_REQUEST', 4040],
    exitCode: EXIT_CODES.input,
    about: 'query',
  }),
  REQUEST_TOO_LARGE: errorRow({
    title: 'Request too large',
    status: 413,
    appsmith: ['ARGUMENT_ERROR', 4130],
    exitCode: EXIT_CODES.input,
    about: 'query',
  }),
  RATE_LIMITED_HOURLY: errorRow({
    title: 'Rate limit reached',
    status: 429,
    appsmith: ['RATE_LIMIT_ERROR', 4290],
    exitCode: EXIT_CODES.rateLimit,
    retryable: true,
    charged: false,
    staleMayServe: true,
  }),
  RATE_LIMITED_CONCURRENT: errorRow({
    title: 'Too many concurrent queries',
    status: 429,
    appsmith: ['RATE_LIMIT_ERROR', 4291],
    exitCode: EXIT_CODES.rateLimit,
    retryable: true,
    charged: false,
    staleMayServe: true,
  }),
  RATE_LIMITED_LOAD: errorRow({
    title: 'Mixpanel is overloaded',
    status: 429,
    appsmith: ['RATE_LIMIT_ERROR', 4292],
    exitCode: EXIT_CODES.rateLimit,
    retryable: true,
    charged: false,
    staleMayServe: true,
  }),
  CANCELLED: errorRow({
    title: 'Cancelled',
    status: 499,
    appsmith: ['CONNECTIVITY_ERROR', 4990],
    exitCode: EXIT_CODES.interrupted,
  }),
  INTERNAL: errorRow({
    title: 'Internal error',
    status: 500,
    appsmith: ['INTERNAL_ERROR', 5000],
    exitCode: EXIT_CODES.other,
  }),
  SERVER_TROUBLE: errorRow({
    title: 'Mixpanel server error',
    status: 502,
    appsmith: ['CONNECTIVITY_ERROR', 5020],
    exitCode: EXIT_CODES.upstream,
    retryable: true,
    staleMayServe: true,
  }),
  UNEXPECTED_ANSWER: errorRow({
    title: 'Unexpected answer',
    status: 502,
    appsmith: ['CONNECTIVITY_ERROR', 5021],
    exitCode: EXIT_CODES.upstream,
  }),
  ANSWER_TOO_LARGE: errorRow({
    title: 'Answer too large',
    status: 502,
    appsmith: ['CONNECTIVITY_ERROR', 5022],
    exitCode: EXIT_CODES.other,
    about: 'query',
  }),
  INCOMPLETE: errorRow({
    title: 'Incomplete answer',
    status: 502,
    appsmith: ['CONNECTIVITY_ERROR', 5023],
    exitCode: EXIT_CODES.upstream,
    retryable: true,
    staleMayServe: true,
  }),
  NETWORK: errorRow({
    title: 'Mixpanel unreachable',
    status: 503,
    appsmith: ['CONNECTIVITY_ERROR', 5030],
    exitCode: EXIT_CODES.upstream,
    retryable: true,
    staleMayServe: true,
  }),
  BUSY: errorRow({
    title: 'Service busy',
    status: 503,
    appsmith: ['CONNECTIVITY_ERROR', 5031],
    exitCode: EXIT_CODES.other,
    retryable: true,
    charged: false,
  }),
  TIMEOUT: errorRow({
    title: 'Timeout',
    status: 504,
    appsmith: ['CONNECTIVITY_ERROR', 5040],
    exitCode: EXIT_CODES.upstream,
    retryable: true,
    staleMayServe: true,
  }),
} as const satisfies Record<string, Required<Omit<ErrorRow, 'about'>> & Pick<ErrorRow, 'about'>>;

export type ErrorCode = keyof typeof ERRORS;

/** One problem of the input: the field, the received value, and what is valid. */
export interface Issue {
  /** The field's key, as in the command's definition (`fromDate`). */
  field: string;
  /** The field's label, as the form shows it (`From Date`). */
  label: string;
  /** What is wrong, and what is valid; a sentence that continues the label. */
  message: string;
  /** The received value, shortened; absent for secrets and missing values. */
  received?: string;
}

export interface PluginErrorDetails {
  /** When the same call can succeed at the earliest, in epoch milliseconds. */
  retryAt?: number;
  issues?: readonly Issue[];
  /** Mixpanel's own message, verbatim. */
  upstream?: string;
  /** Mixpanel's HTTP status, if it answered. */
  upstreamStatus?: number;
  /** Continues a stream where it stopped; pass it to `plugin.stream`. */
  resumeToken?: string;
}

/** A `PluginError` as JSON. */
export interface ErrorDescription extends PluginErrorDetails {
  code: ErrorCode;
  title: string;
  /** What happened and what to do next. */
  message: string;
}

// A bundler may load this module twice. A registered symbol recognizes the errors of both copies.
const BRAND = Symbol.for('mixpanel-datasource.PluginError');

/**
 * The only error this package throws. `message` says what happened and what to do next. It never keeps another
 * library's error as `cause`: an AxiosError contains the password.
 */
export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAt?: number;
  readonly issues?: readonly Issue[];
  readonly upstream?: string;
  readonly upstreamStatus?: number;
  readonly resumeToken?: string;

  constructor(code: ErrorCode, message: string, details: PluginErrorDetails = {}) {
    super(message);
    this.code = code;
    this.retryable = ERRORS[code].retryable;
    Object.assign(this, omitUndefined(details));
    Object.defineProperty(this, BRAND, { value: true });
  }

  static is(value: unknown): value is PluginError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get title(): string {
    return ERRORS[this.code].title;
  }

  /** Returns everything except the stack, for sending to another process. */
  toJSON(): ErrorDescription {
    const { code, title, message, retryAt, issues, upstream, upstreamStatus, resumeToken } = this;
    return { code, title, message, retryAt, issues, upstream, upstreamStatus, resumeToken };
  }
}

function errorRow(row: ErrorRow) {
  return { retryable: false, charged: true, staleMayServe: false, ...row };
}

/** Converts anything thrown to a `PluginError`. Of an unexpected error it keeps only name and message. */
export function asPluginError(thrown: unknown): PluginError {
  if (PluginError.is(thrown)) return thrown;
  const description =
    thrown instanceof Error
      ? `${thrown.name}: ${thrown.message}`
      : 'something that is not an error was thrown';
  return new PluginError(
    'INTERNAL',
    `Internal error of the Mixpanel plugin (${description}). Please report it with the query that caused it.`,
  );
}

function omitUndefined(details: PluginErrorDetails): PluginErrorDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

/** Returns the error of a cancelled call. `stage` says whether it had been sent. */
export function createCancelledError(stage: 'queued' | 'running' = 'running'): PluginError {
  return new PluginError(
    'CANCELLED',
    stage === 'queued'
      ? 'The query was cancelled while queued. No quota was used.'
      : 'The query was cancelled before it finished.',
  );
}

/** Wraps a host's listener, so that an exception it throws becomes a process warning and does not stop the caller. */
export function safeListener<Event>(listener: ((event: Event) => void) | undefined): (event: Event) => void {
  return (event) => {
    try {
      listener?.(event);
    } catch (thrown) {
      process.emitWarning(thrown instanceof Error ? thrown : String(thrown));
    }
  };
}
