import type { Row } from '../result/rows.js';
import type { Chunk, Lines, RowForm } from './transfer.js';

/**
 * Rows as they arrive. Nothing is requested before the first read, or faster than the reader reads.
 *
 * An async generator would cost several promises a row, which is slow for a million rows; here a row that has arrived
 * costs one.
 */
export class RowStream implements AsyncIterable<Row> {
  readonly #start: (form: RowForm) => AsyncGenerator<Chunk>;
  #chunks: AsyncGenerator<Chunk> | undefined;

  constructor(start: (form: RowForm) => AsyncGenerator<Chunk>) {
    this.#start = start;
  }

  /** Yields the same rows in the batches they arrive in, which is faster. Read the stream in one way only. */
  async *batches(): AsyncGenerator<Row[]> {
    for await (const { items } of this.#open('items')) yield items as Row[];
  }

  /** Yields the same rows as NDJSON in UTF-8, in blocks of whole lines: the fastest way into a file. */
  async *lines(): AsyncGenerator<Lines> {
    for await (const { items, lines } of this.#open('lines')) yield lines ?? toLines(items);
  }

  /** Whoever reads first decides about the form; a second reader goes on where the first is. */
  #open(form: RowForm): AsyncGenerator<Chunk> {
    this.#chunks ??= this.#start(form);
    return this.#chunks;
  }

  [Symbol.asyncIterator](): AsyncIterator<Row, undefined> {
    const chunks = this.#open('items');
    let items: unknown[] = [];
    let index = 0;
    let lastRead: Promise<unknown> = Promise.resolve();
    let pendingReads = 0;

    async function refill(): Promise<IteratorResult<Row, undefined>> {
      while (index >= items.length) {
        const { value, done } = await chunks.next();
        if (done) return { done: true, value: undefined };
        items = value.items;
        index = 0;
      }
      return nextItem();
    }

    function nextItem(): IteratorResult<Row, undefined> {
      const value = items[index] as Row;
      index += 1;
      return { done: false, value };
    }

    return {
      next() {
        if (index < items.length && pendingReads === 0) return Promise.resolve(nextItem());
        // Several callers may wait at once, and get their rows in order.
        pendingReads += 1;
        const read = lastRead.then(refill).finally(() => {
          pendingReads -= 1;
        });
        lastRead = read.catch(() => undefined);
        return read;
      },
      async return() {
        await chunks.return(undefined);
        return { done: true, value: undefined };
      },
    };
  }
}

function toLines(items: readonly unknown[]): Lines {
  return {
    bytes: Buffer.from(items.map((item) => `${JSON.stringify(item)}\n`).join('')),
    rows: items.length,
  };
}
