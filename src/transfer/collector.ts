import type { InputValues } from '../command/field.js';
import { MEGABYTE } from '../json/bytes.js';
import type { AnswerMeta, FormattedAnswer } from '../result/query-result.js';
import { truncationMessage } from '../result/truncation.js';
import type { Chunk } from './transfer.js';

/** How much of a transfer one result may hold. */
export interface Caps {
  /** Rows; 100,000 by default. */
  rows?: number;
  /** Bytes as Mixpanel sent them, uncompressed; 50 MB by default. */
  bytes?: number;
}

/**
 * Reads a transfer into one result, up to the caps. Says what was cut, and does not request the rest.
 */
export async function collect(
  chunks: AsyncIterable<Chunk>,
  input: InputValues,
  { rows: maxRows = 100_000, bytes: maxBytes = 50 * MEGABYTE }: Caps = {},
): Promise<FormattedAnswer> {
  const items: unknown[] = [];
  const answers: unknown[] = [];
  let meta: AnswerMeta = {};
  let messages: string[] = [];
  let bytes = 0;
  let limitReached: string | undefined;
  for await (const chunk of chunks) {
    messages = [...new Set([...messages, ...(chunk.messages ?? [])])];
    if (chunk.items.length === 0 && chunk.bytes === 0) {
      meta = { ...meta, ...chunk.meta };
      continue;
    }
    // Only a chunk beyond the caps shows that there is more.
    if (items.length >= maxRows) limitReached = `${maxRows.toLocaleString('en-US')} rows`;
    else if (bytes >= maxBytes) limitReached = `${Math.round(maxBytes / MEGABYTE)} MB`;
    if (limitReached) break;
    bytes += chunk.bytes;
    meta = { ...meta, ...chunk.meta };
    if (chunk.answer !== undefined) answers.push(chunk.answer);
    const remaining = maxRows - items.length;
    for (const item of chunk.items.slice(0, remaining)) items.push(item);
    if (chunk.items.length > remaining) {
      limitReached = `${maxRows.toLocaleString('en-US')} rows`;
      break;
    }
  }
  const wantsAnswers = input.response === 'raw' && answers.length > 0;
  return {
    body: wantsAnswers ? (answers.length === 1 ? answers[0] : answers) : items,
    meta: { ...meta, rows: items.length, ...(limitReached ? { truncated: true } : {}) },
    messages: limitReached
      ? [...messages, truncationMessage(items.length, { because: hostTakes(limitReached) })]
      : messages,
  };
}

function hostTakes(limit: string): string {
  return `the host takes at most ${limit} in one result. Narrow the query, or stream all of it to a file with the command line.`;
}
