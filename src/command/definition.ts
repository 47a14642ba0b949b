import type { z } from 'zod';
import type { Region } from '../mixpanel/regions.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { AnswerMeta } from '../result/query-result.js';
import type { DateUse, Fields, Input, InputValues } from './field.js';
import type { TransferSpec } from './transfer-spec.js';

/** A problem that a command found across its fields. */
export interface FieldProblem {
  field: string;
  message: string;
  received?: unknown;
}

/** What the pure functions of a command receive besides the input. */
export interface CommandContext {
  region: Region;
  /** The datasource's default project, if it has one. */
  projectId?: string;
  /** Epoch milliseconds. */
  now: number;
}

/** Dates inside fields that are not dates, such as those in the query string of an endpoint. */
export interface EmbeddedDates<F extends Fields> {
  /** Returns the project in whose time zone relative dates are resolved. */
  projectId(input: Input<F>, context: CommandContext): string | undefined;
  /** Returns the input with each date replaced by what `replace` returns for it. */
  replace(input: Input<F>, context: CommandContext, replace: ReplaceDate): Input<F>;
}

/** Returns the day of a relative date, and any other text unchanged. `label` names the date in messages. */
export type ReplaceDate = (label: string, text: string, use: DateUse) => string;

export interface CommandDefinition<F extends Fields = Fields, B = unknown> {
  id: string;
  label: string;
  description: string;
  /** URL of Mixpanel's documentation of the endpoint. */
  documentation: string;
  /** The first columns of every row, in this order. */
  columns: readonly string[];
  /** Describes the columns that follow or replace them. */
  moreColumns?: string;
  /** What a query costs of the hourly limits, in a sentence. */
  cost: string;
  fields: F;
  examples?: readonly CommandExample<F>[];
  /** Absent: one request, one answer. */
  transfer?: TransferSpec<F, B>;
  /** A `write` is never cached, retried or shared. */
  effect: 'read' | 'write' | ((input: Input<F>) => 'read' | 'write');
  /** Returns the default number of seconds a result stays fresh; 0 disables caching. */
  freshSeconds?: (input: Input<F>, context: CommandContext) => number;
  /** Absent: dates are in fields of the kind `date` only. */
  embeddedDates?: EmbeddedDates<F>;
  /** Yields problems across fields. Each single field is validated by its schema. */
  check?(input: Input<F>, context: CommandContext): Iterable<FieldProblem>;
  /** Returns the REST call for an input. Pure. */
  request(input: Input<F>, context: CommandContext): MixpanelRequest;
  /** Schema of Mixpanel's answer. An answer that does not match is an error, not an empty table. */
  answer: z.ZodType<B>;
  /** Returns flat rows, fixed columns first, or the body unchanged if it has no rows. Pure. */
  rows(body: B, input: Input<F>): unknown;
  /** Yields notices about the rows, each a sentence: truncated, sampled, outdated, assumed. */
  messages?(body: B, input: Input<F>, context: CommandContext): Iterable<string>;
  /** Yields doubts about a valid input, each a sentence. They come with every result and every failure. */
  doubts?(input: Input<F>): Iterable<string>;
  /** Returns metadata that is not part of a row: session, page, total. */
  meta?(body: B, input: Input<F>): AnswerMeta;
}

/** Describes the columns of a command's rows. */
export function describeColumns({ columns, moreColumns }: Pick<Command, 'columns' | 'moreColumns'>): string {
  return [...columns, ...(moreColumns ? [moreColumns] : [])].join(', ');
}

/** Values that fill a form, by the keys of its fields, as a person would type them. */
export interface CommandExample<F extends Fields = Fields> {
  label: string;
  /** Examples with the same group stand together, under its label. */
  group?: string;
  /** What it is for, in a sentence or two. */
  description?: string;
  /** The columns of its rows, in a phrase. */
  rows?: string;
  /** What it costs, if it costs something else than the command. */
  cost?: string;
  /** URL of Mixpanel's documentation, if it is another than the command's. */
  documentation?: string;
  values: Partial<Record<keyof F & string, string>>;
}

/** A command as the registry holds it, its types erased. */
export type Command = CommandDefinition<Fields, unknown>;

/** Defines a command. Its types, forms, documentation and validation are derived from the definition. */
export function defineCommand<F extends Fields, B>(
  definition: CommandDefinition<F, B>,
): CommandDefinition<F, B> {
  return definition;
}

export function effectOf(command: Command, input: InputValues): 'read' | 'write' {
  return typeof command.effect === 'function' ? command.effect(input) : command.effect;
}
