import { createCancelledError, type ErrorCode, PluginError, type PluginErrorDetails } from '../errors.js';
import { exceededLimit } from './rate-limit-headers.js';
import { Redactor } from './redactor.js';
import type { Family, Region } from './regions.js';

/** An answer as it came, small enough to read whole. */
export interface ErrorResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

export interface ErrorContext {
  family: Family;
  region: Region;
  projectId?: string;
  /** Removes the call's secrets from what is quoted: a proxy may well show what it was sent. */
  redactor?: Redactor;
}

/**
 * Returns a typed error for a response that is not a 2xx, with Mixpanel's words and the next step. The families answer in
 * different shapes and sometimes with the same status for different causes; the text then decides.
 */
export function errorFromResponse(response: ErrorResponse, context: ErrorContext): PluginError {
  const original = extractErrorText(response.text);
  // A secret that is part of Mixpanel's words must not disguise them: they are read before it is removed.
  const code = classifyResponse(response, original);
  const { redactor = new Redactor() } = context;
  const upstreamText = redactor.quote(original, MAX_QUOTED_CHARACTERS);
  const details: PluginErrorDetails = { upstream: upstreamText, upstreamStatus: response.status };
  const quotation = upstreamText ? ` Mixpanel says: ${upstreamText}` : '';
  return new PluginError(code, `${nextStep(code, response, context)}${quotation}`, details);
}

function classifyResponse({ status, headers }: ErrorResponse, upstreamText: string): ErrorCode {
  if (status === 429) {
    const cause = exceededLimit(headers, upstreamText);
    if (cause === 'hourly') return 'RATE_LIMITED_HOURLY';
    return cause === 'concurrent' ? 'RATE_LIMITED_CONCURRENT' : 'RATE_LIMITED_LOAD';
  }
  // A wrong account is a 401 on some hosts and a 400 with this text on others.
  if (
    status === 401 ||
    /unable to authenticate request|invalid service account|invalid credentials/i.test(upstreamText)
  ) {
    return 'WRONG_CREDENTIALS';
  }
  if (/invalid project id for cluster/i.test(upstreamText)) return 'WRONG_REGION';
  if (status === 402) return 'PLAN_LACKS_API';
  if (/date range exceeds \d+ days/i.test(upstreamText)) return 'HISTORY_LIMIT';
  if (status === 403 || /not a (?:project member|member of (?:this )?project)/i.test(upstreamText))
    return 'NO_PROJECT_ACCESS';
  if (status === 404) return 'NOT_FOUND';
  // The body, the address, or the headers with the address among them.
  if (status === 413 || status === 414 || status === 431) return 'REQUEST_TOO_LARGE';
  // A query that ran out of time upstream comes back as a 400.
  if (/^timeout error/i.test(upstreamText)) return 'TIMEOUT';
  if (status >= 500) return 'SERVER_TROUBLE';
  if (status >= 300 && status < 400) return 'UNEXPECTED_ANSWER';
  return 'BAD_REQUEST';
}

function nextStep(
  code: ErrorCode,
  { status, headers }: ErrorResponse,
  { region, projectId, redactor = new Redactor() }: ErrorContext,
): string {
  const project = projectId ? `project ${projectId}` : 'the project';
  switch (code) {
    case 'WRONG_CREDENTIALS':
      return `Mixpanel does not accept these credentials in the region ${region}. Check the service account's username and password, and that the datasource's region is the one the project lives in.`;
    case 'WRONG_REGION':
      return `${capitalize(project)} does not live in the region ${region}. Choose the region of the datasource that the project's settings in Mixpanel show.`;
    case 'PLAN_LACKS_API':
      return `The plan of ${project} does not include the Query API. Upgrade the plan, or use Download Mixpanel Data, which needs no upgrade.`;
    case 'HISTORY_LIMIT':
      return `The dates reach further back than the plan of ${project} keeps. Choose a later From Date.`;
    case 'NO_PROJECT_ACCESS':
      return `The service account may not do this in ${project}. Add it to the project with a sufficient role in Mixpanel's project settings.`;
    case 'NOT_FOUND':
      return `Mixpanel did not find the requested object in ${project}. Check the ids, and that they belong to this project.`;
    case 'REQUEST_TOO_LARGE':
      return 'Mixpanel found the request too large. Send less at once.';
    case 'RATE_LIMITED_HOURLY':
      return `The hourly query quota of ${project} is used up, partly by others who use the project. Try again in some minutes.`;
    case 'RATE_LIMITED_CONCURRENT':
      return `Too many queries of ${project} are running at once, partly by others. Try again in some seconds.`;
    case 'RATE_LIMITED_LOAD':
      return 'Mixpanel is refusing queries because it is under load. Try again in a minute.';
    case 'TIMEOUT':
      return 'The query timed out at Mixpanel. Request fewer days, fewer events or a coarser unit.';
    case 'SERVER_TROUBLE':
      return `Mixpanel answered with its own failure (HTTP ${status}). Try again in a minute; https://status.mixpanel.com tells of outages.`;
    case 'UNEXPECTED_ANSWER':
      return `Mixpanel answered with a redirect (HTTP ${status} to ${redactor.quote(hostOf(headers.location), MAX_QUOTED_CHARACTERS)}), which is not followed because it could carry the credentials elsewhere.`;
    default:
      return status < 300
        ? 'Mixpanel could not answer the query.'
        : `Mixpanel refused the query (HTTP ${status}).`;
  }
}

const MAX_QUOTED_CHARACTERS = 500;

/** Returns Mixpanel's own words out of whichever shape the family answers in. */
export function extractErrorText(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    try {
      const { error, details } = JSON.parse(trimmed) as { error?: unknown; details?: unknown };
      const message =
        typeof error === 'string' ? error : error === undefined ? trimmed : JSON.stringify(error);
      return unescapeHtml(details === undefined ? message : `${message} ${JSON.stringify(details)}`);
    } catch {
      // Not JSON after all: shown as text.
    }
  }
  if (/^<(!doctype|html)/i.test(trimmed)) {
    const title = /<title>([^<]*)<\/title>/i.exec(trimmed)?.[1] ?? 'an HTML page';
    return `(a web page) ${unescapeHtml(title.trim())}`;
  }
  return trimmed;
}

/** More bytes than an error in a 2xx has; a longer answer is data. */
const MAX_ERROR_CHARACTERS = 64 * 1024;

/**
 * Returns an error that came with a 2xx, in Mixpanel's own words; nothing for an answer. Sources:
 * `live_query.py` of mixpanel-headless ("error responses that leaked through as HTTP 200"), mixpanel-utils on
 * `/engage`, and for ingestion https://developer.mixpanel.com/reference/track-event (`0`, or `status` 0).
 */
export function errorInAnswer(response: ErrorResponse, context: ErrorContext): PluginError | undefined {
  const text = response.text.slice(0, MAX_ERROR_CHARACTERS + 1).trim();
  if (text.length > MAX_ERROR_CHARACTERS) return undefined;
  const takesData = context.family === 'ingestion';
  if (takesData && text === '0') return refusedData(response);
  if (!text.startsWith('{') || !/"(?:error|status)"/.test(text)) return undefined;
  const { error, status } = parsedObject(text);
  if (typeof error === 'string' && error.trim() !== '') return errorFromResponse(response, context);
  return takesData && status === 0 ? refusedData(response) : undefined;
}

function refusedData({ status }: ErrorResponse): PluginError {
  return new PluginError(
    'BAD_REQUEST',
    'Mixpanel took none of the data and gives no reason. Add verbose=1 to the endpoint to learn why.',
    { upstreamStatus: status },
  );
}

function parsedObject(text: string): { error?: unknown; status?: unknown } {
  try {
    return JSON.parse(text) as { error?: unknown; status?: unknown };
  } catch {
    return {};
  }
}

/** Returns whether a 400 lists which of many records were not accepted, as `/import` does. */
export function listsFailedRecords({ status, text }: Pick<ErrorResponse, 'status' | 'text'>): boolean {
  if (status !== 400 || !text.includes('"failed_records"')) return false;
  const { failed_records: failed } = parsedObject(text) as { failed_records?: unknown };
  return Array.isArray(failed) && failed.length > 0;
}

/**
 * Returns whether an answer with an error says that some of the records were accepted, as `/engage` and `/groups` do
 * with `strict=1`.
 */
export function acceptsSome(text: string): boolean {
  if (text.length > MAX_ERROR_CHARACTERS || !text.includes('"num_good_events"')) return false;
  const { num_good_events: accepted } = parsedObject(text) as { num_good_events?: unknown };
  return typeof accepted === 'number' && accepted > 0;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ENTITIES: Record<string, string> = {
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

// The App API escapes its error texts for HTML, though they travel as JSON.
function unescapeHtml(text: string): string {
  return text.replace(/&(?:quot|#x27|#39|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

function hostOf(location: string | undefined): string {
  return location && URL.canParse(location) ? new URL(location).host : 'another address';
}

/** Codes of a connection that was never made: Mixpanel cannot have counted the request. */
const NOT_CONNECTED_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

export interface TransportFailure {
  error: PluginError;
  /** Whether Mixpanel may have received the request. */
  reached: boolean;
}

/** Returns a typed error for what the HTTP client threw. Reads only its code: the object carries the password. */
export function errorFromTransport(
  thrown: unknown,
  context: ErrorContext & { host: string; signal?: AbortSignal; timeLimit?: AbortSignal },
): TransportFailure {
  const code = codeOfThrown(thrown);
  if (context.timeLimit?.aborted) return { error: timeoutError(), reached: true };
  if (context.signal?.aborted || code === 'ERR_CANCELED')
    return { error: createCancelledError(), reached: true };
  if (PluginError.is(thrown)) return { error: thrown, reached: true };
  if (code === 'ETIMEDOUT' || code === 'ECONNABORTED') {
    return { error: timeoutError(), reached: true };
  }
  const reached = !NOT_CONNECTED_CODES.has(code);
  const reason = reached ? 'the connection broke' : 'no connection could be made';
  const error = new PluginError(
    'NETWORK',
    `Mixpanel could not be reached at ${context.host}: ${reason}${code ? ` (${code})` : ''}. Check the network of the plugin host, then try again.`,
  );
  return { error, reached };
}

function timeoutError(): PluginError {
  return new PluginError(
    'TIMEOUT',
    'Mixpanel did not answer in time. The query may still count against the quota. Increase the timeout, or request fewer days or events.',
  );
}

function codeOfThrown(thrown: unknown): string {
  const code =
    typeof thrown === 'object' && thrown !== null ? (thrown as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
