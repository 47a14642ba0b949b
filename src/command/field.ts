import * as z from 'zod';
import type { DateRole } from '../time/relative-date.js';
import type { Insertion } from './insertion.js';
import type { Lookup } from './lookup.js';

/**
 * How a received value is read (see `values.ts`): `text`, `choice`, `date` (`yyyy-mm-dd`, or relative, see
 * `time/relative-date.ts`), `integer`, `expression` (Mixpanel's filter language), `list` (of strings: JSON text, an array or comma-separated text), `records` (an array
 * of objects), `object`, `any`.
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

/** What a date is used for, by which a relative date is resolved. */
export interface DateUse {
  role: DateRole;
  /** Set for the export API, whose days are those of UTC, except in projects created before 2023. */
  isExport?: true;
}

/** The lookups that complete a filter. The event and the property's name are given as `event` and `propertyName`. */
export interface FilterCompletion {
  /** Names, after `properties["`. */
  properties: Lookup;
  /** Values of the property before it, after `==`. */
  values: Lookup;
}

/** Metadata of a field for forms. Validation is in the field's schema. */
export interface FieldMeta {
  label: string;
  /** One or two sentences: what the field means, and what happens if it is empty. */
  help: string;
  kind: ValueKind;
  /** Set for every field of the kind `date`. */
  date?: DateUse;
  required: boolean;
  placeholder?: string;
  /** What must be seen without asking for help, in a few words. */
  note?: string;
  /** Shapes or keeps the answer and asks nothing of Mixpanel: forms show it last. */
  advanced?: true;
  /** What an empty field means, in the form's terms. */
  default?: string;
  choices?: readonly Choice[];
  /**
   * The key under which a host keeps the value when it has one value per key for all commands. Set when another
   * command has a field of this key with other choices: what is chosen there would be none of these.
   */
  sharedKey?: string;
  /** What a dropdown can look up; free text stays possible. */
  lookup?: Lookup;
  /** How an editor completes the filter that this field is, or holds as `where`. */
  completes?: FilterCompletion;
  /** Values that a form can write into this field's object. */
  inserts?: readonly Insertion[];
  /** The value may contain a secret, so errors never quote it. */
  confidential?: true;
}

export type Fields = Record<string, z.ZodType>;
export type Input<F extends Fields> = { [K in keyof F]: z.output<F[K]> };
/** A command's validated input, with its field types erased. */
export type InputValues = Record<string, unknown>;

// A later `.optional()` loses zod's own `.meta()`, so fields are registered here, as the last step.
const fieldMeta = z.registry<FieldMeta>();

/** Attaches form metadata to the schema of a field. Call `.optional()` on the schema before, not after. */
export function field<S extends z.ZodType>(schema: S, meta: FieldMeta): S {
  fieldMeta.add(schema, meta);
  return schema;
}

export interface FormField extends FieldMeta {
  key: string;
  schema: z.ZodType;
}

/** Returns the key for a host that has one value per key for all commands. */
export function sharedKeyOf({ key, sharedKey }: Pick<FormField, 'key' | 'sharedKey'>): string {
  return sharedKey ?? key;
}

// Every query asks for them, and they never change.
const formCache = new WeakMap<Fields, readonly FormField[]>();

/** Returns the fields of a command in the order of its form. */
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
