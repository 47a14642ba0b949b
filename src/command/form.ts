import { parseJson } from '../json/large-integers.js';
import { isObject } from '../json/object.js';
import { datasourceFields } from './datasource.js';
import type { Command } from './definition.js';
import { type FormField, formFields, sharedKeyOf } from './field.js';
import { type Insertion, writtenAs } from './insertion.js';

/**
 * Returns the default that a field has in the forms of all commands, or `undefined` if the forms differ. For hosts that
 * share one value per key between the forms.
 */
export function sharedDefault(field: FormField, commands: readonly Command[]): string | undefined {
  const key = sharedKeyOf(field);
  const defaults = commands
    .flatMap((command) => formFields(command).filter((other) => sharedKeyOf(other) === key))
    .map((other) => other.default);
  return new Set(defaults).size === 1 ? defaults[0] : undefined;
}

/** Returns whether the datasource supplies the field's value when it is empty. A form must not require it. */
export function isFilledByDatasource({ key }: FormField): boolean {
  return key in datasourceFields;
}

/** A host's form field for an insertion into another field's object. */
export interface InsertionField extends Insertion {
  key: string;
}

/** Returns the insertion fields that a host shows next to a field. */
export function insertionFields({ key, inserts = [] }: FormField): InsertionField[] {
  return inserts.map((insertion) => ({ ...insertion, key: [key, ...insertion.path].join('_') }));
}

/**
 * Returns the parameters with every chosen insertion written into its object. An object that cannot be parsed stays
 * unchanged, and the executor reports the error.
 */
export function withInsertions(
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const inserted = { ...parameters };
  for (const field of formFields(command)) {
    for (const insertion of insertionFields(field)) {
      const value = inserted[insertion.key];
      delete inserted[insertion.key];
      if (isEmpty(value)) continue;
      const target = readObject(inserted[field.key]);
      if (target) inserted[field.key] = insert(target, insertion.path, writtenAs(insertion.as, value));
    }
  }
  return inserted;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function readObject(value: unknown): Record<string, unknown> | undefined {
  if (value === undefined || value === null || value === '') return {};
  if (isObject(value)) return value;
  try {
    const parsed = parseJson(String(value));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function insert(
  target: Record<string, unknown>,
  [name, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (name === undefined) return target;
  const inner = target[name];
  return { ...target, [name]: rest.length > 0 ? insert(isObject(inner) ? inner : {}, rest, value) : value };
}
