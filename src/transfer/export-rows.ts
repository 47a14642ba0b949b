import type { LineReader } from '../command/transfer-spec.js';
import { ByteText } from '../json/byte-text.js';
import type { ExportedRecord } from '../mixpanel/export-records.js';
import type { Chunk } from './transfer.js';

/** Collects the rows of an export, block after block. */
export interface ExportRows {
  /** Rows of this block. */
  readonly count: number;
  /** Makes rows of lines without parsing them, if that is possible. */
  readonly lineReader?: LineReader;
  begin(block: Buffer): void;
  add(record: ExportedRecord): void;
  /** Adds the row of the line that `lineReader` read last. */
  addLine?(): void;
  toChunk(bytes: number): Chunk;
}

export type RecordFormatter = (records: ExportedRecord[]) => unknown[];

/** Collects rows as objects. */
export class RowObjects implements ExportRows {
  readonly #format: RecordFormatter;
  #records: ExportedRecord[] = [];

  constructor(format: RecordFormatter) {
    this.#format = format;
  }

  get count(): number {
    return this.#records.length;
  }

  begin(): void {
    this.#records = [];
  }

  add(record: ExportedRecord): void {
    this.#records.push(record);
  }

  toChunk(bytes: number): Chunk {
    return { items: this.#format(this.#records), bytes };
  }
}

/** Collects rows as NDJSON, for files. */
export class RowLines implements ExportRows {
  readonly lineReader: LineReader | undefined;
  readonly #format: RecordFormatter;
  readonly #text = new ByteText();
  #count = 0;

  constructor(format: RecordFormatter, lineReader: LineReader | undefined) {
    this.#format = format;
    this.lineReader = lineReader;
  }

  get count(): number {
    return this.#count;
  }

  begin(block: Buffer): void {
    this.#text.begin(block);
    this.#count = 0;
  }

  add(record: ExportedRecord): void {
    this.#text.append(`${JSON.stringify(this.#format([record])[0])}\n`);
    this.#count += 1;
  }

  addLine(): void {
    this.lineReader!.writeRow(this.#text);
    this.#count += 1;
  }

  toChunk(bytes: number): Chunk {
    return { items: [], bytes, lines: { bytes: this.#text.toBytes(), rows: this.#count } };
  }
}
