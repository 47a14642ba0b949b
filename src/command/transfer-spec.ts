import type { ByteText } from '../json/byte-text.js';
import type { Row } from '../result/rows.js';
import type { Fields, Input } from './field.js';

/** Days as `yyyy-mm-dd`, both inclusive. */
export interface DateRange {
  from: string;
  to: string;
}

/** An export of a range of days, one record per line. The range can be split into slices. */
export interface ExportSpec<F extends Fields> {
  kind: 'export';
  dateRange(input: Input<F>): DateRange;
  /** Returns the input for other days. */
  forDates(input: Input<F>, dateRange: DateRange): Input<F>;
  /** Returns the total limit of records, if there is one. A query with a limit is not split into slices. */
  limit(input: Input<F>): number | undefined;
  /** Returns whether duplicates are removed. */
  dedupe(input: Input<F>): boolean;
  /** Returns the key by which Mixpanel considers two records duplicates. */
  duplicateKey(record: unknown): readonly unknown[];
  /** Returns a key that is unique to the record and stable across downloads, or `undefined` if only its text is. */
  identity(record: unknown): readonly unknown[] | undefined;
  /** Creates a reader that makes the text of rows from the text of records, if the command has one. */
  createLineReader?(): LineReader;
}

/** Hashes the parts of a record's identity, in their order. */
export interface IdentityHash {
  begin(): void;
  addUtf8(bytes: Buffer, start: number, end: number): void;
  addNumber(number: number): void;
}

/** Reads lines of an export without parsing them. */
export interface LineReader {
  /**
   * Reads the line from `start` to the newline at `end` of a block of UTF-8. Returns false for a line that is to be
   * parsed, because it is not written as usual. The other methods are about the line read last.
   */
  read(block: Buffer, start: number, end: number): boolean;
  /** Hashes what `identity` returns of the record. */
  hashIdentity(hash: IdentityHash): void;
  /** Appends the row as `JSON.stringify` would write it, and a newline. The source of the text is the block. */
  writeRow(text: ByteText): void;
}

/** What a page says about its session. */
export interface PageInfo {
  sessionId?: string;
  page: number;
  pageSize?: number;
  /** Total number of records; on the first page only. */
  total?: number;
  /** Number of records on this page. */
  length: number;
}

/** A list that is read in pages of one session. */
export interface PagesSpec<F extends Fields, B> {
  kind: 'pages';
  maxPages(input: Input<F>): number | 'all';
  /** Returns whether the input requests a later page of an existing session. */
  isContinuation(input: Input<F>): boolean;
  pageInfo(body: B): PageInfo;
  /** Returns the page's records unchanged. */
  records(body: B): unknown[];
  /** Returns the input for another page of the session. */
  withPage(input: Input<F>, sessionId: string, pageNumber: number): Input<F>;
}

/** One document whose first array is a long list. A stream parses its items as they arrive. */
export interface ListSpec<B> {
  kind: 'list';
  /** Returns an answer with only these records, as input for `rows`. */
  toAnswer(records: unknown[]): B;
}

/** Mixpanel's response to one batch. */
export interface BatchReceipt {
  /** Whether Mixpanel accepted any item of it. */
  accepted: boolean;
  /** Mixpanel's reason for rejecting the whole batch. */
  reason?: string;
  /** Rejected items of an accepted batch, with their index in the batch if Mixpanel gave one. */
  rejected?: readonly { index?: number; reason: string; field?: string }[];
}

/** A list that is sent in batches. */
export interface BatchSpec<F extends Fields, B> {
  kind: 'batches';
  items(input: Input<F>): readonly unknown[];
  /** Returns the input for some of the items. */
  withItems(input: Input<F>, items: readonly unknown[]): Input<F>;
  /** Maximum size of one request; bytes of uncompressed JSON. */
  limits: { items: number; bytes: number };
  /** Returns the item in Mixpanel's format, or a sentence that says what is wrong with it. */
  prepare(item: unknown, input: Partial<Input<F>>): { value: unknown } | { problem: string };
  /** Returns the same of an event that was read before, such as one of a file. */
  prepareRead(event: unknown): { value: unknown } | { problem: string };
  /** Returns a prepared item with an id for deduplication, if it has none. */
  withId(value: unknown, makeId: () => string): unknown;
  /** Returns a text that is equal for equal prepared items. */
  contentOf(value: unknown): string;
  /** Returns what is wrong with a prepared item, a sentence. `json` is its text; `now` is in epoch milliseconds. */
  check(value: unknown, json: string, now: number): string | undefined;
  /** Returns the columns of a result row that describe an item. */
  columnsOf(item: unknown): Row;
  /** Reads Mixpanel's answer to a batch. Throws `PluginError` when Mixpanel rejected the request itself. */
  readReceipt(body: B): BatchReceipt;
}

/** How an answer is transferred that needs more than one request and one answer. */
export type TransferSpec<F extends Fields = Fields, B = unknown> =
  | ExportSpec<F>
  | PagesSpec<F, B>
  | ListSpec<B>
  | BatchSpec<F, B>;
