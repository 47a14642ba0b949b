import { z } from 'zod';
import type { Lookup, LookupOption } from './lookup.js';
import type { Region } from './mixpanel/regions.js';
import type { MixpanelRequest } from './mixpanel/request.js';

/**
 * How a value is read from what a host sends (see `input.ts`):
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

/** The fields of a command in the order of its form. */
export function formFields(command: { fields: Fields }): FormField[] {
  return Object.entries(command.fields).map(([key, schema]) => {
    const meta = fieldMeta.get(schema);
    if (!meta) throw new TypeError(`Field "${key}" was not made by field()`);
    return { ...meta, key, schema };
  });
}

/** A mistake a command found between its fields. */
export interface Problem {
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

/**
 * How the answer is fetched: `single` is one request and one answer; `export` a date range of NDJSON records that
 * may be cut into slices; `pages` the pages of a session; `batches` a list sent piece by piece.
 */
export type Delivery = 'single' | 'export' | 'pages' | 'batches';

export interface CommandDefinition<F extends Fields = Fields, B = unknown> {
  id: string;
  label: string;
  description: string;
  /** The page of Mixpanel's documentation on the endpoint behind it. */
  documentation: string;
  fields: F;
  delivery?: Delivery;
  /** `write` is never cached, repeated or shared. */
  effect: 'read' | 'write' | ((input: Input<F>) => 'read' | 'write');
  /** Seconds a result counts as fresh when the query does not say; 0 asks Mixpanel every time. */
  freshSeconds?: (input: Input<F>, context: CommandContext) => number;
  /** What is wrong between fields; each field by itself is judged by its schema. */
  check?(input: Input<F>, context: CommandContext): Iterable<Problem>;
  /** The one REST call this input means. Pure. */
  request(input: Input<F>, context: CommandContext): MixpanelRequest;
  /** What Mixpanel promises to answer; an answer that does not fit is an error, not an empty table. */
  answer: z.ZodType<B>;
  /** Flat rows, fixed columns first. Pure. What holds no rows comes back as it came. */
  rows(body: B, input: Input<F>): unknown;
  /** What travels in headers because it fits no row: session, page, total. */
  headers?(body: B, input: Input<F>): Record<string, string | number | undefined>;
  /** Dropdown options this command's answer can supply, by what is looked up; `projectId` is the form's project. */
  offers?: Partial<Record<Lookup, (body: B, projectId: string | undefined) => LookupOption[]>>;
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
