import type { z } from 'zod';
import type { Region } from '../mixpanel/regions.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { AnswerMeta } from '../result/query-result.js';
import type { Fields, Input, InputValues } from './field.js';
import type { Lookup, LookupOption } from './lookup.js';
import type { TransferSpec } from './transfer-spec.js';

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
  /** What a query costs of the hourly limits, in a sentence. */
  cost: string;
  fields: F;
  examples?: readonly CommandExample<F>[];
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
  /** Returns what a reader must know beside the rows, in sentences: cut, sampled, old, assumed. */
  messages?(body: B, input: Input<F>, context: CommandContext): Iterable<string>;
  /** Returns what is doubtful about an input that is sent all the same; said with every result, and with a failure. */
  doubts?(input: Input<F>): Iterable<string>;
  /** Returns what fits no row: session, page, total. */
  meta?(body: B, input: Input<F>): AnswerMeta;
  /** Dropdown options this command's answer can supply, by what is looked up; `projectId` is the form's project. */
  lookupOptions?: Partial<Record<Lookup, (body: B, projectId: string | undefined) => LookupOption[]>>;
}

/** What the rows of a command hold, in words. */
export function describeColumns({ columns, moreColumns }: Pick<Command, 'columns' | 'moreColumns'>): string {
  return [...columns, ...(moreColumns ? [moreColumns] : [])].join(', ');
}

/** Values that fill a form, by the keys of its fields, as a person would type them. */
export interface CommandExample<F extends Fields = Fields> {
  label: string;
  values: Partial<Record<keyof F & string, string>>;
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
