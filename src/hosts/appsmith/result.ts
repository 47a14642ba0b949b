import { ERRORS, PluginError } from '../../errors.js';
import { MEGABYTE } from '../../json/bytes.js';
import { Turns } from '../../json/turns.js';
import type { QueryFailure, QueryResult, QuerySuccess, ResultMeta } from '../../result/query-result.js';
import { truncationMessage, withoutTruncation } from '../../result/truncation.js';
import { SECOND_MS } from '../../time/durations.js';
import { findUnreadable } from './parser-limits.js';

/** Appsmith's result of one query. Source: Appsmith CE, `ActionExecutionResult.java`. */
export interface ActionExecutionResult {
  isExecutionSuccess: boolean;
  /** An HTTP-like number as text. */
  statusCode: string;
  /** What fits no row, as lists of one text each. */
  headers: Record<string, string[]>;
  /** On success the data; on failure the sentence of `readableError`, which bindings see. */
  body: unknown;
  /** Hints shown above the data. Appsmith shows nothing at all of a failure that has them. */
  messages?: string[];
  title?: string;
  errorType?: string;
  readableError?: string;
}

/** The default largest answer: Appsmith passes it to a browser, which becomes unusable long before the maximum. */
export const MAX_RESPONSE_BYTES = 25 * MEGABYTE;
/** The most Appsmith reads: `APPSMITH_CODEC_SIZE`, 150 by default. Source: Appsmith CE, `application-ce.properties`. */
export const MAX_RESPONSE_MEGABYTES = 150;

/** Returns a result in Appsmith's shape, with only the fields that Appsmith can parse. */
export function toActionExecutionResult(
  result: QueryResult,
  extraHeaders: HeaderValues = {},
): ActionExecutionResult {
  const meta = { ...metaHeaders(result.meta), ...extraHeaders };
  if (result.ok) {
    return {
      isExecutionSuccess: true,
      statusCode: '200',
      headers: headerLists(meta),
      body: result.body,
      ...(result.messages.length > 0 ? { messages: result.messages } : {}),
    };
  }
  const { error } = result;
  const { title, status, appsmith } = ERRORS[error.code];
  const [errorType, number] = appsmith;
  return {
    isExecutionSuccess: false,
    statusCode: String(status),
    headers: headerLists({
      ...meta,
      'x-error-code': error.code,
      'x-error-id': `PE-MXP-${number}`,
      'x-retry-at': isoTime(error.retryAt),
      'x-error-fields': error.issues && [...new Set(error.issues.map(({ field }) => field))].join(','),
      'x-resume-token': error.resumeToken,
    }),
    body: error.message,
    title,
    errorType,
    readableError: error.message,
  };
}

/** Returns the JSON text of a failed result. */
export function writeFailure(result: QueryFailure): string {
  return JSON.stringify(toActionExecutionResult(result));
}

/**
 * Returns the JSON text of a result, no larger than `maxBytes`: rows beyond are cut, with a message. What Appsmith's
 * parser would refuse becomes a failure, `ANSWER_TOO_LARGE`.
 */
export function writeExecuteResult(result: QueryResult, maxBytes = MAX_RESPONSE_BYTES): string {
  const steps = writeInSteps(result, maxBytes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Returns what `writeExecuteResult` returns. Gives others their turn on the thread while it writes many rows. */
export async function writeExecuteResultInTurns(
  result: QueryResult,
  maxBytes = MAX_RESPONSE_BYTES,
  turns = new Turns(),
): Promise<string> {
  const steps = writeInSteps(result, maxBytes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const turn = turns.spend(step.value);
    if (turn) await turn;
  }
}

/** Writes a result row by row. Yields the number of characters written since the last step. */
function* writeInSteps(result: QueryResult, maxBytes: number): Generator<number, string> {
  if (!result.ok) return writeFailure(result);
  if (!Array.isArray(result.body)) return writeWhole(result, maxBytes);
  const envelope = writeEnvelope(result);
  const rows = yield* writeRows(result.body, maxBytes - Buffer.byteLength(envelope.join('')));
  if (rows.unreadable) return writeUnreadable(result, rows.unreadable);
  if (rows.fitting === result.body.length) return envelope.join(rows.texts.join());
  const [bytes, included] = [Buffer.byteLength(envelope.join('')) + rows.bytes, rows.fittingWithNote];
  const cut = {
    ...result,
    meta: { ...result.meta, rows: included, truncated: true },
    messages: [
      ...withoutTruncation(result.messages),
      truncationMessage(included, {
        of: `${result.meta.truncated ? 'more than ' : ''}${result.body.length.toLocaleString('en-US')}`,
        because: `those fetched have ${describeExcess(bytes, maxBytes)}`,
      }),
    ],
  };
  return writeEnvelope(cut).join(rows.texts.slice(0, included).join());
}

/** Returns what stands before and after the rows of a result. */
function writeEnvelope(result: QuerySuccess): [string, string] {
  const { body: _, ...rest } = toActionExecutionResult({ ...result, body: undefined });
  return [`${JSON.stringify(rest).slice(0, -1)},"body":[`, ']}'];
}

interface WrittenRows {
  /** Those that fit into `maxBytes`. */
  texts: string[];
  /** How many fit, and how many beside a note that some are missing. */
  fitting: number;
  fittingWithNote: number;
  /** Of all rows. */
  bytes: number;
  unreadable?: string;
}

function* writeRows(rows: readonly unknown[], maxBytes: number): Generator<number, WrittenRows> {
  const written: WrittenRows = { texts: [], fitting: 0, fittingWithNote: 0, bytes: 0 };
  for (const row of rows) {
    const unreadable = findUnreadable([row]);
    if (unreadable) return { ...written, unreadable };
    const text = JSON.stringify(row) ?? 'null';
    const separator = written.bytes === 0 ? 0 : 1;
    written.bytes += Buffer.byteLength(text) + separator;
    if (written.bytes <= maxBytes) {
      written.texts.push(text);
      written.fitting += 1;
    }
    if (written.bytes <= maxBytes - TRUNCATION_NOTE_BYTES) written.fittingWithNote += 1;
    yield text.length;
  }
  return written;
}

function writeWhole(result: QuerySuccess, maxBytes: number): string {
  const unreadable = findUnreadable(result.body);
  if (unreadable) return writeUnreadable(result, unreadable);
  const json = JSON.stringify(toActionExecutionResult(result));
  const bytes = Buffer.byteLength(json);
  if (bytes <= maxBytes) return json;
  return writeTooLarge(result, `The answer has ${describeExcess(bytes, maxBytes)}`, {
    'x-answer-bytes': bytes,
  });
}

function describeExcess(bytes: number, maxBytes: number): string {
  return `${formatMegabytes(bytes)}, more than the ${formatMegabytes(maxBytes)} this service passes to Appsmith. Ask for less: fewer days, a filter, a lower limit.`;
}

function writeUnreadable(result: QuerySuccess, unreadable: string): string {
  return writeTooLarge(
    result,
    `The answer holds ${unreadable}, more than Appsmith can read. Ask for less: fewer days, fewer properties, rows instead of CSV or Raw.`,
  );
}

/** The failure keeps what the query cost. */
function writeTooLarge({ meta }: QueryResult, message: string, headers: HeaderValues = {}): string {
  const { cost, quota, waitedMs } = meta;
  const error = new PluginError('ANSWER_TOO_LARGE', message);
  return JSON.stringify(
    toActionExecutionResult({ ok: false, error, meta: { cost, quota, waitedMs }, messages: [] }, headers),
  );
}

type HeaderValues = Record<string, string | number | undefined>;

/** The headers of a result, which bindings read as `responseMeta.headers['x-…'][0]`. */
function metaHeaders(meta: ResultMeta): HeaderValues {
  const { cache, quota } = meta;
  return {
    'x-session-id': meta.sessionId,
    'x-page': meta.page,
    'x-pages': meta.pages,
    'x-page-size': meta.pageSize,
    'x-total': meta.total,
    'x-rows': meta.rows,
    'x-rows-truncated': meta.truncated ? 'true' : undefined,
    'x-accepted': meta.accepted,
    'x-batches': meta.batches,
    'x-lines-skipped': meta.linesSkipped,
    'x-computed-at': meta.computedAt,
    'x-sampling-factor': meta.samplingFactor,
    'x-breakdown-cut': meta.breakdownCut ? 'true' : undefined,
    'x-from-date': meta.dates?.from,
    'x-to-date': meta.dates?.to,
    'x-timezone': meta.dates?.timezone,
    'x-waited-ms': meta.waitedMs,
    'x-cost': meta.cost,
    'x-cache': cache?.state,
    'x-cache-age': cache && Math.round(cache.ageMs / SECOND_MS),
    'x-quota-family': quota?.family,
    'x-quota-limit': quota?.limit,
    'x-quota-left': quota?.left ?? undefined,
    'x-quota-reset': isoTime(quota?.resetAt),
  };
}

function isoTime(timestamp: number | undefined): string | undefined {
  return timestamp === undefined ? undefined : new Date(timestamp).toISOString();
}

function headerLists(headers: HeaderValues): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [String(value)]]],
    ),
  );
}

/** Room for the message and the headers of a cut result. */
const TRUNCATION_NOTE_BYTES = 1024;

function formatMegabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`;
}
