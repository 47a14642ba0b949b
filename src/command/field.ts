import { z } from 'zod';
import type { Lookup } from './lookup.js';

/**
 * How a value is read from what a host sends (see `values.ts`):
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

/** A dropdown beside a JSON field. The choice is written into the object at `path`. */
export interface Insertion {
  label: string;
  lookup: Lookup;
  path: readonly string[];
}

/** What a form needs to know about a field. The schema beside it says what is valid. */
export interface FieldMeta {
  label: string;
  /** One or two sentences: the meaning, and what an empty field does. */
  help: string;
  kind: ValueKind;
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
  /** What a form may offer to write into this field's object. */
  inserts?: Insertion;
  /** May hold a secret: errors repeat nothing of it. */
  confidential?: true;
}

export type Fields = Record<string, z.ZodType>;
export type Input<F extends Fields> = { [K in keyof F]: z.output<F[K]> };
/** A command's checked input, its field types erased. */
export type InputValues = Record<string, unknown>;

// zod's own `.meta()` is lost under a later `.optional()`, so a field is registered here, wrapped last.
const fieldMeta = z.registry<FieldMeta>();

/** Adds to a schema what a form needs to know. Call `.optional()` on the schema before, not on the result. */
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
