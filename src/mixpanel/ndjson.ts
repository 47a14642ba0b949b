import { PluginError } from '../errors.js';
import { MEGABYTE } from '../json/bytes.js';

export const NEWLINE = 0x0a;

/** As large as a response read whole may be. Mixpanel itself takes no event above 1 MB. */
export const MAX_RECORD_BYTES = 64 * MEGABYTE;

/**
 * Cuts a body at newlines into blocks of whole lines. They stay bytes, so that no character of several bytes is torn,
 * and Unicode line separators within a property end no line. What follows the last newline is yielded as a block of
 * its own: a body without a final newline keeps its last record, and one that was cut shows it.
 *
 * @throws `ANSWER_TOO_LARGE` when a line has more than `maxLineBytes`.
 */
export async function* readLineBlocks(
  body: AsyncIterable<Buffer>,
  maxLineBytes = MAX_RECORD_BYTES,
): AsyncGenerator<Buffer> {
  let remainder: Buffer[] = [];
  let remainderBytes = 0;
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      remainder.push(chunk);
      remainderBytes += chunk.length;
      if (remainderBytes > maxLineBytes) throw recordTooLargeError();
      continue;
    }
    const completeLines = chunk.subarray(0, end);
    const block = remainder.length === 0 ? completeLines : Buffer.concat([...remainder, completeLines]);
    remainder = end < chunk.length ? [chunk.subarray(end)] : [];
    remainderBytes = chunk.length - end;
    yield block;
  }
  if (remainder.length > 0) yield Buffer.concat(remainder);
}

/** Returns the error of a record that is larger than any that Mixpanel can hold. */
export function recordTooLargeError(): PluginError {
  return new PluginError(
    'ANSWER_TOO_LARGE',
    `Mixpanel's answer holds a record larger than ${MAX_RECORD_BYTES / MEGABYTE} MB, which no event or profile can be. The connection was closed. Check what stands between this host and Mixpanel.`,
  );
}

/** Yields the lines of a block, decoded one by one: a rare character in one line makes none of the others wide. */
export function* splitLines(block: Buffer): Generator<string> {
  for (let start = 0; start < block.length; ) {
    const end = endOfLine(block, start);
    yield block.toString('utf8', start, end);
    start = end + 1;
  }
}

/** Returns the index of the newline that ends the line at `start`, or the end of the block. */
export function endOfLine(block: Buffer, start: number): number {
  const end = block.indexOf(NEWLINE, start);
  return end < 0 ? block.length : end;
}
