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
  /** Whether Mixpanel took any of it. */
  accepted: boolean;
  /** Mixpanel's reason against all of it. */
  reason?: string;
  /** Items that Mixpanel refused although it took the others, by their index in the batch if it gave one. */
  rejected?: readonly { index?: number; reason: string; field?: string }[];
}

/** A list that is sent piece by piece. */
export interface BatchSpec<F extends Fields, B> {
  kind: 'batches';
  items(input: Input<F>): readonly unknown[];
  /** The same call for some of the items. */
  withItems(input: Input<F>, items: readonly unknown[]): Input<F>;
  /** What one request may hold; bytes as uncompressed JSON. */
  limits: { items: number; bytes: number };
  /** The item as Mixpanel takes it, or what is wrong with it in a sentence. */
  prepare(item: unknown, input: Partial<Input<F>>): { value: unknown } | { problem: string };
  /** A prepared item with an id by which a repeated one is known, if it has none. */
  withId(value: unknown, makeId: () => string): unknown;
  /** What makes two prepared items the same, as text. */
  contentOf(value: unknown): string;
  /** What is wrong with a prepared item that is sent as `json`, in a sentence. `now` in epoch milliseconds. */
  check(value: unknown, json: string, now: number): string | undefined;
  /** What a result row says of an item. */
  columnsOf(item: unknown): Row;
  /** Reads Mixpanel's answer to a batch. Throws `PluginError` if it refused the request itself. */
  readReceipt(body: B): BatchReceipt;
}

/** How the answer is fetched where one request and one answer would not do. */
export type TransferSpec<F extends Fields = Fields, B = unknown> =
  | ExportSpec<F>
  | PagesSpec<F, B>
  | ListSpec<B>
  | BatchSpec<F, B>;
