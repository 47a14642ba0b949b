import type { EventFile, FileEvent } from '../records/event-file.js';

/** Takes text in order and keeps it. */
export interface TextSink {
  write(text: string): Promise<unknown>;
}

const BATCH_ROWS = 1000;

/** The records that were not taken, written in the format of their file so that they can be mended and sent. */
export class RejectedRecords {
  readonly #sink: TextSink;
  readonly #file: EventFile;
  #rows = 0;
  #pending: string[] = [];

  constructor(sink: TextSink, file: EventFile) {
    this.#sink = sink;
    this.#file = file;
  }

  get rows(): number {
    return this.#rows;
  }

  async write({ source: { cells, text } }: FileEvent): Promise<void> {
    const { table } = this.#file;
    if (this.#rows === 0 && table) this.#pending.push(await this.#toCsv(table.header));
    this.#rows += 1;
    this.#pending.push(cells ? await this.#toCsv(cells) : `${text.replaceAll('\n', ' ')}\n`);
    if (this.#pending.length >= BATCH_ROWS) await this.flush();
  }

  /** Writes what is still held back. */
  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    await this.#sink.write(text);
  }

  async #toCsv(cells: readonly string[]): Promise<string> {
    const { stringify } = await import('csv-stringify/sync');
    return stringify([[...cells]], { delimiter: this.#file.table?.dialect.delimiter });
  }
}
