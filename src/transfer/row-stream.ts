import type { Row } from '../result/rows.js';
import type { Piece } from './transfer.js';

/**
 * Rows as they arrive. Nothing is asked for before somebody reads, and no faster than they read.
 *
 * An async generator would cost several promises a row, which at a million rows is felt; here a row that has
 * arrived costs one.
 */
export class RowStream implements AsyncIterable<Row> {
  readonly #pieces: AsyncGenerator<Piece>;

  constructor(pieces: AsyncGenerator<Piece>) {
    this.#pieces = pieces;
  }

  /** The same rows in the pieces they arrive in, for those who write them on. Read rows or batches, not both. */
  async *batches(): AsyncGenerator<Row[]> {
    for await (const { items } of this.#pieces) yield items as Row[];
  }

  [Symbol.asyncIterator](): AsyncIterator<Row, undefined> {
    const pieces = this.#pieces;
    let items: unknown[] = [];
    let index = 0;
    let refilling: Promise<unknown> = Promise.resolve();
    let waiting = 0;

    async function refill(): Promise<IteratorResult<Row, undefined>> {
      while (index >= items.length) {
        const { value, done } = await pieces.next();
        if (done) return { done: true, value: undefined };
        items = value.items;
        index = 0;
      }
      return take();
    }

    function take(): IteratorResult<Row, undefined> {
      const value = items[index] as Row;
      index += 1;
      return { done: false, value };
    }

    return {
      next() {
        if (index < items.length && waiting === 0) return Promise.resolve(take());
        // Several callers may wait at once: each takes its row when those before it have theirs.
        waiting += 1;
        const turn = refilling.then(refill).finally(() => {
          waiting -= 1;
        });
        refilling = turn.catch(() => undefined);
        return turn;
      },
      async return() {
        await pieces.return(undefined);
        return { done: true, value: undefined };
      },
    };
  }
}
