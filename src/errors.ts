/**
 * Every way a query can end badly, one row each.
 *
 * `errorType` is Appsmith's vocabulary (its `ErrorType` enum), `status` an HTTP-like number, `appsmithCode`
 * follows Appsmith's `PE-<plugin>-<4xxx|5xxx>` form, `retryable` says whether the same call may succeed later
 * without anybody changing it: decided here, once.
 */
export const ERRORS = {
  INVALID_INPUT: errorRow('ARGUMENT_ERROR', 400, 'PE-MXP-4000', 'The query form has mistakes'),
  UNKNOWN_COMMAND: errorRow('ARGUMENT_ERROR', 400, 'PE-MXP-4001', 'Unknown command'),
  INVALID_DATASOURCE: errorRow(
    'DATASOURCE_CONFIGURATION_ERROR',
    400,
    'PE-MXP-4002',
    'The datasource is incomplete',
  ),
  BAD_REQUEST: errorRow('BAD_REQUEST', 400, 'PE-MXP-4003', 'Mixpanel refused the query'),
  WRONG_CREDENTIALS: errorRow('AUTHENTICATION_ERROR', 401, 'PE-MXP-4010', 'Wrong credentials'),
  WRONG_REGION: errorRow('AUTHENTICATION_ERROR', 401, 'PE-MXP-4011', 'Wrong region'),
  PLAN_LACKS_API: errorRow(
    'AUTHENTICATION_ERROR',
    402,
    'PE-MXP-4020',
    'The plan does not include the Query API',
  ),
  NO_PROJECT_ACCESS: errorRow('AUTHENTICATION_ERROR', 403, 'PE-MXP-4030', 'No access to the project'),
  HISTORY_LIMIT: errorRow('ARGUMENT_ERROR', 403, 'PE-MXP-4031', 'The dates reach too far back'),
  NOT_FOUND: errorRow('BAD_REQUEST', 404, 'PE-MXP-4040', 'Not found'),
  REQUEST_TOO_LARGE: errorRow('ARGUMENT_ERROR', 413, 'PE-MXP-4130', 'The request is too large'),
  RATE_LIMITED_HOURLY: errorRow('RATE_LIMIT_ERROR', 429, 'PE-MXP-4290', 'The hourly quota is used up', true),
  RATE_LIMITED_CONCURRENT: errorRow('RATE_LIMIT_ERROR', 429, 'PE-MXP-4291', 'Too many queries at once', true),
  RATE_LIMITED_LOAD: errorRow('RATE_LIMIT_ERROR', 429, 'PE-MXP-4292', 'Mixpanel is shedding load', true),
  CANCELLED: errorRow('CONNECTIVITY_ERROR', 499, 'PE-MXP-4990', 'Cancelled'),
  INTERNAL: errorRow('INTERNAL_ERROR', 500, 'PE-MXP-5000', 'The plugin failed'),
  SERVER_TROUBLE: errorRow('CONNECTIVITY_ERROR', 502, 'PE-MXP-5020', 'Mixpanel has trouble', true),
  UNEXPECTED_ANSWER: errorRow('CONNECTIVITY_ERROR', 502, 'PE-MXP-5021', 'Unexpected answer'),
  ANSWER_TOO_LARGE: errorRow('CONNECTIVITY_ERROR', 502, 'PE-MXP-5022', 'The answer is too large'),
  INCOMPLETE: errorRow('CONNECTIVITY_ERROR', 502, 'PE-MXP-5023', 'The answer ended early', true),
  NETWORK: errorRow('CONNECTIVITY_ERROR', 503, 'PE-MXP-5030', 'Mixpanel could not be reached', true),
  BUSY: errorRow('CONNECTIVITY_ERROR', 503, 'PE-MXP-5031', 'The plugin host is busy', true),
  TIMEOUT: errorRow('CONNECTIVITY_ERROR', 504, 'PE-MXP-5040', 'Out of time', true),
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** One mistake in what came in: which field, what came, what would be right. */
export interface Issue {
  /** The field's key, as in the command's definition (`fromDate`). */
  field: string;
  /** The field's label, as the form shows it (`From Date`). */
  label: string;
  /** What is wrong and what would be right, a full sentence. */
  message: string;
  /** What came, shortened; absent for secrets and for missing values. */
  received?: string;
}

export interface PluginErrorDetails {
  /** When the same call may be made again with a chance, as epoch milliseconds. */
  retryAt?: number;
  issues?: readonly Issue[];
  /** Mixpanel's own words, as they came. */
  upstream?: string;
  /** Mixpanel's HTTP status, when it answered. */
  upstreamStatus?: number;
  /** How to go on where a stream stopped; accepted by `plugin.stream`. */
  resumeToken?: string;
}

// A bundler may load this module twice; a registered symbol still recognises the other copy's errors.
const BRAND = Symbol.for('mixpanel-datasource.PluginError');

/**
 * The only error this package throws. `message` is a sentence that names the next step. It never holds another
 * library's error object: an AxiosError carries the password in its config.
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
}

function errorRow<T extends string>(
  errorType: T,
  status: number,
  appsmithCode: string,
  title: string,
  retryable = false,
) {
  return { errorType, status, appsmithCode, title, retryable } as const;
}

function omitUndefined(details: PluginErrorDetails): PluginErrorDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
