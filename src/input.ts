import {
  type Command,
  type CommandContext,
  type FormField,
  formFields,
  type InputValues,
  type ValueKind,
} from './command.js';
import { type Issue, PluginError } from './errors.js';
import { describeJsonError } from './json-text.js';
import { ExpressionError, explainExpression, parseExpression } from './mixpanel/expression/index.js';

/** A value that cannot be read as its kind; the message says why and what would be right. */
class Unreadable extends Error {}

/**
 * Reads a host's parameters into a command's input. Every mistake is reported at once, in one `INVALID_INPUT`;
 * only the command's own fields are looked at, since hosts send the fields of all forms.
 */
export function readInput(
  command: Command,
  parameters: Record<string, unknown>,
  context: CommandContext,
): InputValues {
  const fields = formFields(command);
  const issues: Issue[] = [];
  const input: InputValues = {};
  for (const field of fields) {
    const came = unwrap(parameters[field.key]) ?? (field.key === 'projectId' ? context.projectId : undefined);
    let value: unknown;
    try {
      value = came === undefined ? undefined : readers[field.kind](came, field);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      issues.push(issue(field, error.message, came));
      continue;
    }
    const checked = field.schema.safeParse(value);
    if (checked.success) input[field.key] = checked.data;
    else if (value === undefined) issues.push(issue(field, missing(field)));
    else
      for (const { message, path } of checked.error.issues)
        issues.push(issue(field, at(path, message), came));
  }
  if (issues.length === 0) {
    for (const problem of command.check?.(input, context) ?? []) {
      const field = fields.find(({ key }) => key === problem.field);
      issues.push(
        issue(field ?? { key: problem.field, label: problem.field }, problem.message, problem.received),
      );
    }
  }
  if (issues.length > 0) throw invalidInput(command.label, issues);
  return input;
}

/** One error for all that is wrong with an input. */
export function invalidInput(label: string, issues: readonly Issue[]): PluginError {
  const lines = issues.map((each) => {
    const received = each.received === undefined ? '' : ` Received: ${each.received}.`;
    return `${each.label}: ${each.message}${received}`;
  });
  const head = `${label} was not sent: ${issues.length === 1 ? 'one field needs' : `${issues.length} fields need`} a correction.`;
  return new PluginError('INVALID_INPUT', [head, ...lines].join('\n'), { issues });
}

/**
 * What a host wraps around a value: Appsmith's `{data, viewType}` objects; `""`, `"null"` and `"undefined"` are
 * what bindings to nothing leave behind.
 */
export function unwrap(value: unknown): unknown {
  if (isPlainObject(value) && 'data' in value && ('viewType' in value || Object.keys(value).length === 1)) {
    return unwrap(value.data);
  }
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' && ['', 'null', 'undefined'].includes(value.trim())) return undefined;
  return value;
}

const readers: Record<ValueKind, (value: unknown, field: FormField) => unknown> = {
  text: readText,
  choice: readChoice,
  date: readDate,
  integer: readInteger,
  expression: readExpression,
  list: readList,
  records: readRecords,
  object: readObject,
  any: (value) => (typeof value === 'string' && /^\s*[[{]/.test(value) ? parseText(value) : value),
};

function readText(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  throw new Unreadable('must be text.');
}

/** Upper or lower case makes no difference to a choice. */
function readChoice(value: unknown, { choices = [] }: FormField): string {
  const text = readText(value);
  return choices.find((each) => each.value.toLowerCase() === text.toLowerCase())?.value ?? text;
}

function readInteger(value: unknown): number {
  const text = readText(value);
  if (!/^[+-]?\d+$/.test(text)) throw new Unreadable('must be a whole number, such as 100.');
  return Number(text);
}

// Date pickers send ISO date-times; the day is the one that stands in the text, in whatever zone it was picked.
function readDate(value: unknown): string {
  const text =
    value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : readText(value);
  const day = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(text);
  if (!day) throw new Unreadable('must be a date as yyyy-mm-dd, such as 2025-10-01.');
  const [, year, month, date] = day.map(Number);
  const calendar = new Date(Date.UTC(year!, month! - 1, date));
  if (calendar.getUTCMonth() !== month! - 1 || calendar.getUTCDate() !== date) {
    throw new Unreadable('is a date that does not exist in the calendar.');
  }
  return text.slice(0, 10);
}

function readExpression(value: unknown): string {
  const text = readText(value);
  try {
    parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new Unreadable(explainExpression(text, error));
  }
  return text;
}

function readList(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(readItem);
  const text = readText(value);
  if (text.startsWith('[')) {
    const parsed = parseText(text);
    if (Array.isArray(parsed)) return parsed.map(readItem);
  }
  if (text.startsWith('{'))
    throw new Unreadable('must be a JSON array of names, such as ["Signup", "Purchase"].');
  if (text.startsWith('"')) return [readItem(parseText(text))];
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function readItem(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new Unreadable('must hold only names in quotes, such as ["Signup", "Purchase"].');
}

function readRecords(value: unknown): unknown[] {
  const parsed = typeof value === 'string' ? parseText(value) : value;
  if (Array.isArray(parsed)) return parsed;
  if (isPlainObject(parsed)) return [parsed];
  throw new Unreadable('must be a JSON array of objects.');
}

function readObject(value: unknown): Record<string, unknown> {
  const parsed = typeof value === 'string' ? parseText(value) : value;
  if (isPlainObject(parsed)) return parsed;
  throw new Unreadable('must be a JSON object, such as {"page": 0}.');
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unreadable(`is not valid JSON: ${describeJsonError(text, error)}`);
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function missing(field: FormField): string {
  const example = field.choices?.map(({ value }) => value).join(', ') ?? field.placeholder;
  return `is required.${example ? ` Give ${field.choices ? 'one of' : 'a value such as'} ${example}.` : ''}`;
}

function at(path: readonly PropertyKey[], message: string): string {
  return path.length === 0 ? message : `at ${path.map(String).join('.')}: ${message}`;
}

const SHOWN_CHARACTERS = 120;

function issue({ key, label }: Pick<FormField, 'key' | 'label'>, message: string, received?: unknown): Issue {
  if (received === undefined) return { field: key, label, message };
  const text = typeof received === 'string' ? received : (JSON.stringify(received) ?? String(received));
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return { field: key, label, message, received: shown };
}
