/** A line of a byte stream. */
export interface Line {
  /** Without its newline. */
  text: string;
  /** Where the next line begins, in bytes from the start. */
  end: number;
  /** False for a last line that no newline ends. */
  complete: boolean;
}

const NEWLINE = 0x0a;

/**
 * Splits at `\n` alone: values may hold other line separators, where `node:readline` splits too. Bytes become text
 * only when the line is whole, so that no character is torn.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let end = 0;
  for await (const bytes of splitLines(chunks)) {
    end += bytes.byteLength;
    const complete = bytes.at(-1) === NEWLINE;
    yield {
      text: bytes.toString('utf8', 0, complete ? bytes.byteLength - 1 : undefined),
      end,
      complete,
    };
  }
}

/** Lines as bytes, each with its newline; the last may lack it. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, at + 1)]);
      pending = [];
      start = at + 1;
    }
    if (start < chunk.byteLength) pending.push(chunk.subarray(start));
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}
