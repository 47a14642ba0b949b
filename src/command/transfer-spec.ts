import type { Row } from '../result/rows.js';
import type { Fields, Input } from './field.js';

/** Days as `yyyy-mm-dd`, both included. */
export interface DateRange {
  from: string;
  to: string;
}

/** A range of days whose records come a line each, and that may be asked for in slices. */
export interface ExportSpec<F extends Fields> {
  kind: 'export';
  dateRange(input: Input<F>): DateRange;
  /** The same query for other days. */
  forDates(input: Input<F>, dateRange: DateRange): Input<F>;
  /** The most records wanted in all; such a query is not cut. */
  limit(input: Input<F>): number | undefined;
  /** Whether records that say the same are to be given once. */
  dedupe(input: Input<F>): boolean;
  /** What makes two records the same to Mixpanel; given once where `dedupe` is on. */
  duplicateKey(record: unknown): readonly unknown[];
  /** What tells this record from every other, in any download of it; nothing where only its whole text does. */
  identity(record: unknown): readonly unknown[] | undefined;
}

/** What a page tells of the session it belongs to. */
export interface PageInfo {
  sessionId?: string;
  page: number;
  pageSize?: number;
  /** Records in all; on the first page alone. */
  total?: number;
  /** Records on this page. */
  length: number;
}

/** A list that comes in pages of one session. */
export interface PagesSpec<F extends Fields, B> {
  kind: 'pages';
  maxPages(input: Input<F>): number | 'all';
  /** Whether the input asks for a later page of a session that somebody else began. */
  isContinuation(input: Input<F>): boolean;
  pageInfo(body: B): PageInfo;
  /** The page's records as they came. */
  records(body: B): unknown[];
  /** The same query for another page of the session. */
  withPage(input: Input<F>, sessionId: string, pageNumber: number): Input<F>;
}

/** One document with a long list in it, its first array, which a stream takes apart as it arrives. */
export interface ListSpec<B> {
  kind: 'list';
  /** The answer that would hold just these records, as `rows` takes it. */
  toAnswer(records: unknown[]): B;
}

/** How one batch was taken. */
export interface BatchReceipt {
  accepted: boolean;
  /** Mixpanel's reason against it. */
  reason?: string;
}

/** A list that is sent piece by piece. */
export interface BatchSpec<F extends Fields, B> {
  kind: 'batches';
  items(input: Input<F>): readonly unknown[];
  /** The same call for some of the items. */
  withItems(input: Input<F>, items: readonly unknown[]): Input<F>;
  /** What one request may hold; bytes as uncompressed JSON. */
  limits: { items: number; bytes: number };
  /** The item as it is sent: with an id by which a repeated item is known, where it has none. */
  withId(item: unknown, makeId: () => string): unknown;
  /** What is wrong with an item, in a sentence; nothing where it may be sent as `json`. `now` in epoch milliseconds. */
  check(item: unknown, json: string, now: number): string | undefined;
  /** What a result row says of an item. */
  columnsOf(item: unknown): Row;
  readReceipt(body: B): BatchReceipt;
}

/** How the answer is fetched where one request and one answer would not do. */
export type TransferSpec<F extends Fields = Fields, B = unknown> =
  | ExportSpec<F>
  | PagesSpec<F, B>
  | ListSpec<B>
  | BatchSpec<F, B>;
