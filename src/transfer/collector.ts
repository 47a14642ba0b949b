import type { InputValues } from '../command/definition.js';
import type { HeaderValues } from '../result/query-result.js';
import type { Piece } from './transfer.js';

const MEGABYTE = 1024 * 1024;

/** How much of a long delivery one result may hold. */
export interface Caps {
  /** Rows; 100,000 by default. */
  rows?: number;
  /** Bytes as Mixpanel sent them, uncompressed; 50 MB by default. */
  bytes?: number;
}

export interface Collected {
  body: unknown;
  headers: HeaderValues;
  messages?: string[];
}

/**
 * Reads a delivery into one result, up to the caps. What was cut is said, and the rest is not asked for.
 */
export async function collect(
  pieces: AsyncIterable<Piece>,
  input: InputValues,
  { rows: mostRows = 100_000, bytes: mostBytes = 50 * MEGABYTE }: Caps = {},
): Promise<Collected> {
  const items: unknown[] = [];
  const answers: unknown[] = [];
  let headers: HeaderValues = {};
  let messages: string[] = [];
  let bytes = 0;
  let cut: string | undefined;
  for await (const piece of pieces) {
    // A piece beyond the caps shows that there is more; nothing else does.
    if (items.length >= mostRows) cut = `${mostRows.toLocaleString('en-US')} rows`;
    else if (bytes >= mostBytes) cut = `${Math.round(mostBytes / MEGABYTE)} MB`;
    if (cut) break;
    bytes += piece.bytes;
    headers = { ...headers, ...piece.headers };
    messages = [...messages, ...(piece.messages ?? [])];
    if (piece.answer !== undefined) answers.push(piece.answer);
    const room = mostRows - items.length;
    for (const item of piece.items.slice(0, room)) items.push(item);
    if (piece.items.length > room) {
      cut = `${mostRows.toLocaleString('en-US')} rows`;
      break;
    }
  }
  const wantsAnswers = input.response === 'raw' && answers.length > 0;
  return {
    body: wantsAnswers ? (answers.length === 1 ? answers[0] : answers) : items,
    headers: { ...headers, 'x-rows': items.length, 'x-rows-truncated': cut ? 'true' : undefined },
    messages: cut ? [...messages, tellCut(items.length, cut)] : messages,
  };
}

function tellCut(rows: number, cut: string): string {
  return `Only the first ${rows.toLocaleString('en-US')} rows are here: the host takes at most ${cut} in one result. Narrow the query, or stream all of it to a file with the command line.`;
}
