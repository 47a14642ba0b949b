import { z } from 'zod';
import type { Region } from '../mixpanel/regions.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { Row } from '../result/rows.js';
import type { Lookup, LookupOption } from './lookup.js';

/**
 * How a value is read from what a host sends (see `value.ts`):
 * `text`, `choice`, `date` (`yyyy-mm-dd`), `integer`, `expression` (Mixpanel's filter language), `list` (of
 * strings; JSON array text, a real array or a comma list), `records` (array of objects), `object`, `any`.
 */
export type ValueKind =
  | 'text'
  | 'choice'
  | 'date'
  | 'integer'
  | 'expression'
  | 'list'
  | 'records'
  | 'object'
  | 'any';

export interface Choice {
  label: string;
  value: string;
}

/** A dropdown beside a field of JSON: what is chosen is written into the object at `path`. */
export interface Insertion {
  label: string;
  lookup: Lookup;
  path: readonly string[];
}

/** What a form needs to know of a field. The schema beside it says what is right. */
export interface FieldMeta {
  label: string;
  /** One or two sentences: the meaning, and what an empty field does. */
  help: string;
  kind: ValueKind;
  required: boolean;
  placeholder?: string;
  /** What an empty field means, in the form's terms. */
  default?: string;
  choices?: readonly Choice[];
  /** What can be looked up for a dropdown; typing freely stays possible. */
  lookup?: Lookup;
  /** What a form may offer to write into this field's object. */
  inserts?: Insertion;
  /** May hold a secret: nothing of what came is repeated in an error. */
  confidential?: true;
}

export type Fields = Record<string, z.ZodType>;
export type Input<F extends Fields> = { [K in keyof F]: z.output<F[K]> };
/** A command's checked input, its field types erased. */
export type InputValues = Record<string, unknown>;

// zod's own `.meta()` is lost under a later `.optional()`, so a field is registered here, wrapped last.
const fieldMeta = z.registry<FieldMeta>();

/** Joins a schema for the normalised value with what a form needs to know. Wrap `.optional()` before, not after. */
export function field<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  fieldMeta.add(schema, meta);
  return schema;
}

export interface FormField extends FieldMeta {
  key: string;
  schema: z.ZodType;
}

// Every query asks for them, and they never change.
const formCache = new WeakMap<Fields, readonly FormField[]>();

/** The fields of a command in the order of its form. */
export function formFields({ fields }: { fields: Fields }): readonly FormField[] {
  const cached = formCache.get(fields);
  if (cached) return cached;
  const form = Object.entries(fields).map(([key, schema]) => {
    const meta = fieldMeta.get(schema);
    if (!meta) throw new TypeError(`Field "${key}" was not made by field()`);
    return { ...meta, key, schema };
  });
  formCache.set(fields, form);
  return form;
}

/** A mistake a command found between its fields. */
export interface FieldProblem {
  field: string;
  message: string;
  received?: unknown;
}

/** What a pure function of a command may know beside its input. */
export interface CommandContext {
  region: Region;
  /** The datasource's default project, where it has one. */
  projectId?: string;
  /** Epoch milliseconds. */
  now: number;
}

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

export interface CommandDefinition<F extends Fields = Fields, B = unknown> {
  id: string;
  label: string;
  description: string;
  /** The page of Mixpanel's documentation on the endpoint behind it. */
  documentation: string;
  /** The columns every row begins with, in this order. */
  columns: readonly string[];
  /** What follows them, in words, or stands in their place. */
  moreColumns?: string;
  fields: F;
  /** Absent: one request, one answer. */
  transfer?: TransferSpec<F, B>;
  /** `write` is never cached, repeated or shared. */
  effect: 'read' | 'write' | ((input: Input<F>) => 'read' | 'write');
  /** Seconds a result counts as fresh when the query does not say; 0 asks Mixpanel every time. */
  freshSeconds?: (input: Input<F>, context: CommandContext) => number;
  /** What is wrong between fields; each field by itself is judged by its schema. */
  check?(input: Input<F>, context: CommandContext): Iterable<FieldProblem>;
  /** The one REST call this input means. Pure. */
  request(input: Input<F>, context: CommandContext): MixpanelRequest;
  /** What Mixpanel promises to answer; an answer that does not fit is an error, not an empty table. */
  answer: z.ZodType<B>;
  /** Flat rows, fixed columns first. Pure. What holds no rows comes back as it came. */
  rows(body: B, input: Input<F>): unknown;
  /** What travels in headers because it fits no row: session, page, total. */
  headers?(body: B, input: Input<F>): Record<string, string | number | undefined>;
  /** Dropdown options this command's answer can supply, by what is looked up; `projectId` is the form's project. */
  lookupOptions?: Partial<Record<Lookup, (body: B, projectId: string | undefined) => LookupOption[]>>;
}

/** What the rows of a command hold, in words. */
export function describeColumns({ columns, moreColumns }: Pick<Command, 'columns' | 'moreColumns'>): string {
  return [...columns, ...(moreColumns ? [moreColumns] : [])].join(', ');
}

/** A command as the registry holds it, its types erased. */
export type Command = CommandDefinition<Fields, unknown>;

/** Defines a command. Everything else about it (types, forms, documentation, validation) comes from this. */
export function defineCommand<F extends Fields, B>(
  definition: CommandDefinition<F, B>,
): CommandDefinition<F, B> {
  return definition;
}

export function effectOf(command: Command, input: InputValues): 'read' | 'write' {
  return typeof command.effect === 'function' ? command.effect(input) : command.effect;
}
