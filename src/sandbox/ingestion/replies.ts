import { jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';
import { toText } from '../records/json.js';
import type { Violation } from './limits.js';

/** A 1x1 transparent GIF, for `img=1`. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const SOME_FAILED = 'some data points in the request failed validation';

/** What of a request is kept, and the answer. */
export interface ValidationResult<T> {
  accepted: T[];
  reply: Reply;
}

/** A record that is not kept. */
export interface Rejection extends Violation {
  index: number;
  insertId: string;
}

/**
 * Returns the answer of `/track`, `/engage` and `/groups`: `1` or `0`, or the same as JSON with `verbose=1`, always
 * with status 200. Mixpanel's API description contradicts itself here: its only 200 is an integer in `text/plain`,
 * while its text on `verbose` promises a JSON object. The live service follows the text.
 */
export function createPlainReply({ params }: SandboxRequest, error: string | undefined): Reply {
  const status = error === undefined ? 1 : 0;
  if (isFlagSet(params.img)) return { status: 200, headers: { 'content-type': 'image/gif' }, body: PIXEL };
  const text = isFlagSet(params.verbose) ? JSON.stringify({ error: error ?? null, status }) : String(status);
  const callback = toText(params.callback);
  if (/^[\w$.]+$/.test(callback)) {
    return { status: 200, headers: { 'content-type': 'text/javascript' }, body: `${callback}(${text});` };
  }
  const type = isFlagSet(params.verbose) ? 'application/json' : 'text/plain';
  return { status: 200, headers: { 'content-type': type }, body: text };
}

/**
 * Returns the answer of `/import`. With `strict=1` every rejected record is named. Without it the batch is never
 * refused: `1` or `0`, as the Node SDK reads it, or with `verbose=1` a summary whose status is a number.
 * Source: https://developer.mixpanel.com/reference/import-events, mixpanel/mixpanel-node lib/mixpanel-node.js
 */
export function createImportReply(
  request: SandboxRequest,
  imported: number,
  rejections: readonly Rejection[],
): Reply {
  const failed = rejections.length > 0;
  const error = failed ? { error: SOME_FAILED } : {};
  if (!isFlagSet(request.params.strict)) {
    if (!isFlagSet(request.params.verbose)) {
      return createPlainReply(request, imported === 0 && failed ? SOME_FAILED : undefined);
    }
    return jsonReply(200, { code: 200, ...error, num_records_imported: imported, status: failed ? 0 : 1 });
  }
  if (!failed) return jsonReply(200, { code: 200, num_records_imported: imported, status: 'OK' });
  return jsonReply(400, {
    code: 400,
    ...error,
    failed_records: rejections.map(({ index, insertId, field, message }) => ({
      index,
      // As the API description and Mixpanel's Go library have it; a page spells it `$insert_id`.
      insert_id: insertId,
      field,
      message,
    })),
    num_records_imported: imported,
    status: 'Bad Request',
  });
}

/**
 * Returns the answer of `/engage` and `/groups` with `strict=1`. Recorded in July 2026 without errors; that `errors`
 * goes by index is a guess.
 */
export function createStrictUpdateReply(accepted: number, rejections: readonly Rejection[]): Reply {
  const [first] = rejections;
  return jsonReply(200, {
    error: first ? first.message : null,
    errors: Object.fromEntries(rejections.map(({ index, message }) => [index, message])),
    num_good_events: accepted,
    status: first ? 0 : 1,
  });
}

/** Returns the refusal of a request that is too large. The words are documented for bytes only. */
export function createTooLargeReply(limit: string): Reply {
  return jsonReply(413, {
    code: 413,
    error: `request exceeds max limit of ${limit}`,
    status: 'Request Entity Too Large',
  });
}

/** Returns whether a parameter is 1 or true. */
export function isFlagSet(value: unknown): boolean {
  return String(value) === '1' || value === true;
}
