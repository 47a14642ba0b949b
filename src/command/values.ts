import { MEGABYTE } from '../json/bytes.js';
import { isUnsafeInteger, parseJson } from '../json/large-integers.js';
import { isObject } from '../json/object.js';
import { copyPlain, MAX_DEPTH, NotJsonError } from '../json/plain-copy.js';
import { exceededShapeLimit } from '../json/shape.js';
import { describeJsonError } from '../json/syntax-error.js';
import { ExpressionError, explainExpressionError, parseExpression } from '../mixpanel/expression/index.js';
import { DateExpressionError, parseDateExpression } from '../time/relative-date.js';
import type { FormField, ValueKind } from './field.js';

/** Thrown when a value cannot be read as its kind. The message says why, and what a valid value looks like. */
export class ParseError extends Error {}

/**
 * Unwraps Appsmith's `{data, viewType}` envelope. Returns `undefined` for `""`, `"null"` and `"undefined"`, which empty
 * bindings produce.
 */
export function unwrap(wrapped: unknown): unknown {
  let value = wrapped;
  for (let depth = 0; depth < MAX_DEPTH && isWrapper(value); depth += 1) value = value.data;
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' && isEmptyBinding(value)) return undefined;
  return value;
}

const EMPTY_BINDINGS = ['', 'null', 'undefined'];
/** Longer texts are never empty bindings, so they are not trimmed to find out. */
const MAX_BINDING_CHARACTERS = 100;

function isEmptyBinding(text: string): boolean {
  return EMPTY_BINDINGS.includes(text.length > MAX_BINDING_CHARACTERS ? text : text.trim());
}

/**
 * Returns a received member, unwrapped and copied. The copy contains no code of the caller's, such as getters, and its
 * size is bounded.
 *
 * @throws ParseError when the value cannot be written as JSON.
 */
export function receiveValue(values: unknown, key: string): unknown {
  return receive(() => (values as Record<string, unknown> | undefined)?.[key]);
}

function receive(read: () => unknown): unknown {
  try {
    return copyPlain(() => unwrap(read()), MAX_SIZE);
  } catch (error) {
    throw toParseError(error);
  }
}

function toParseError(error: unknown): unknown {
  return error instanceof NotJsonError ? new ParseError(error.message) : error;
}

function isWrapper(value: unknown): value is { data?: unknown } {
  if (!isPlainObject(value)) return false;
  // Appsmith leaves `data` out when it is empty, and keeps what each view of the control held.
  if (!('data' in value))
    return 'viewType' in value && Object.keys(value).every((name) => VIEW_KEYS.has(name));
  return 'viewType' in value || Object.keys(value).length === 1;
}

const VIEW_KEYS: ReadonlySet<string> = new Set(['viewType', 'componentData', 'jsonData']);

const LIST_MESSAGE = 'must be a JSON array of names, such as ["Signup", "Purchase"].';
const INEXACT_NUMBER_MESSAGE =
  'holds a number too large for JavaScript to keep exactly. Write it in quotes, such as ["9007199254740993"].';

/** Scalar kinds. For them any object is invalid, and saying so is clearer than saying why it cannot be copied. */
const SINGLE_VALUES: ReadonlySet<ValueKind> = new Set(['text', 'choice', 'date', 'integer', 'expression']);

/** Returns the received value of a field, as input for `readValue`. @throws ParseError */
export function receiveField(values: unknown, field: FormField): unknown {
  try {
    const { key, sharedKey } = field;
    // A host with one value per key for all commands uses the shared key; what it has under the plain one may be left
    // over from another command's form.
    return receive(() => {
      const members = values as Record<string, unknown> | undefined;
      const shared = sharedKey === undefined ? undefined : members?.[sharedKey];
      return shared === undefined ? members?.[key] : shared;
    });
  } catch (error) {
    if (error instanceof ParseError && SINGLE_VALUES.has(field.kind)) readersByKind[field.kind]({}, field);
    throw error;
  }
}

/** Converts a received value to its field's kind. @throws ParseError */
export function readValue(value: unknown, field: FormField): unknown {
  checkSize(value, field.kind);
  return readersByKind[field.kind](value, field);
}

/** Upper bound for one request to Mixpanel, whatever the host allows. */
const MAX_SIZE = 64 * MEGABYTE;
/** These values become part of a URL, and servers accept URLs of a few kilobytes. */
const MAX_TEXT_CHARACTERS = 65_536;
const MAX_CHARACTERS: Record<ValueKind, number> = {
  text: MAX_TEXT_CHARACTERS,
  choice: MAX_TEXT_CHARACTERS,
  date: MAX_TEXT_CHARACTERS,
  integer: MAX_TEXT_CHARACTERS,
  expression: MAX_TEXT_CHARACTERS,
  list: MEGABYTE,
  object: MEGABYTE,
  records: MAX_SIZE,
  any: MAX_SIZE,
};
/** Names in a list. Mixpanel's own forms accept a few dozen. */
const MAX_LIST_ITEMS = 5000;
/** Records in one query: about as many as fit in a body of 16 MB. */
const MAX_RECORDS = 250_000;

/** Checks the size of a value before it is processed. @throws ParseError */
function checkSize(value: unknown, kind: ValueKind): void {
  const maxCharacters = MAX_CHARACTERS[kind];
  if (typeof value === 'string') checkCount(value.length, maxCharacters, 'characters');
  else if (typeof value === 'object' && maxCharacters < MAX_SIZE) {
    try {
      copyPlain(() => value, maxCharacters);
    } catch (error) {
      throw toParseError(error);
    }
  }
}

function checkCount(count: number, max: number, what: string, advice = ''): void {
  if (count <= max) return;
  throw new ParseError(
    `has ${count.toLocaleString('en-US')} ${what}, and can have ${max.toLocaleString('en-US')}.${advice}`,
  );
}

const readersByKind: Record<ValueKind, (value: unknown, field: FormField) => unknown> = {
  text: readSingleText,
  choice: readChoice,
  date: readDate,
  integer: readInteger,
  expression: readExpression,
  list: readList,
  records: readRecords,
  object: readObject,
  any: (value) => value,
};

function readText(value: unknown, message = 'must be text.'): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  throw new ParseError(message);
}

function readSingleText(value: unknown): string {
  const [only, ...others] = Array.isArray(value) ? value : [];
  if (typeof only === 'string' && others.length === 0)
    throw new ParseError(`must be one value, not a list: ${only}.`);
  return readText(value);
}

/** Matches a choice case-insensitively. */
function readChoice(value: unknown, { choices = [] }: FormField): string {
  const text = unquote(readText(value, `must be one of ${choices.map((each) => each.value).join(', ')}.`));
  return choices.find((each) => each.value.toLowerCase() === text.toLowerCase())?.value ?? text;
}

/** Removes the quotes of JSON text: in Appsmith a choice is edited as JSON once it is bound. */
function unquote(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}

const INTEGER_MESSAGE = 'must be a whole number, such as 100.';

function readInteger(value: unknown): number {
  const text = readText(value, INTEGER_MESSAGE);
  // Hosts with decimal numbers only write 10 as 10.0.
  if (!/^[+-]?\d+(?:\.0+)?$/.test(text)) throw new ParseError(INTEGER_MESSAGE);
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new ParseError('is too large a number.');
  return number;
}

const DATE_MESSAGE = 'must be a date, such as 2025-10-01 or -30d.';

// Date pickers send days, local times and points in time. The day is the one in the text: of a point in time in UTC it
// is the day there, which `readInstant` is for.
/** Returns a day, or the text of a relative date: which day that is depends on the project's time zone. */
function readDate(value: unknown): string {
  const text = unquote(readText(dateText(value), DATE_MESSAGE));
  try {
    const expression = parseDateExpression(text);
    return expression.type === 'day' ? expression.day : text;
  } catch (error) {
    if (!(error instanceof DateExpressionError)) throw error;
    throw new ParseError(error.message);
  }
}

function dateText(value: unknown): unknown {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value;
}

/**
 * Returns the day taken of a point in time in UTC that is not midnight there, so that the day somebody picked may be
 * another. `undefined` for days, local times and midnight in UTC.
 */
export function readInstant(value: unknown): { text: string; day: string } | undefined {
  const text = dateText(value);
  if (typeof text !== 'string') return undefined;
  const [, day, time = ''] = /^\s*(\d{4}-\d{2}-\d{2})[T ]([\d:.]+)(?:Z|[+-]00:?00)\s*$/i.exec(text) ?? [];
  if (day === undefined || /^[0:.]*$/.test(time)) return undefined;
  return { text: text.trim(), day };
}

function readExpression(value: unknown): string {
  const text = readText(value);
  try {
    parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ParseError(explainExpressionError(text, error));
  }
  return text;
}

function readList(value: unknown): string[] {
  if (Array.isArray(value)) return readItems(value);
  const text = readText(value, LIST_MESSAGE);
  if (text.startsWith('[')) {
    const parsed = parseJsonText(text);
    if (Array.isArray(parsed)) return readItems(parsed);
  }
  if (text.startsWith('{')) throw new ParseError(LIST_MESSAGE);
  // Quoted names, with or without commas between them, lack only the brackets.
  if (text.startsWith('"')) return readList(`[${text}]`);
  const names = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  return readItems(names);
}

function readItems(items: readonly unknown[]): string[] {
  checkCount(items.length, MAX_LIST_ITEMS, 'names', ' Ask in several queries.');
  return items.map(readItem);
}

function readItem(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isUnsafeInteger(value)) throw new ParseError(INEXACT_NUMBER_MESSAGE);
  if (typeof value === 'number') return String(value);
  throw new ParseError('must hold only names in quotes, such as ["Signup", "Purchase"].');
}

function readRecords(value: unknown): unknown[] {
  const parsed = typeof value === 'string' ? parseJsonText(value) : value;
  if (Array.isArray(parsed)) {
    checkCount(
      parsed.length,
      MAX_RECORDS,
      'items',
      ' Send them in several queries, or a file with the command line.',
    );
    return parsed;
  }
  if (isPlainObject(parsed)) return [parsed];
  throw new ParseError('must be a JSON array of objects.');
}

function readObject(value: unknown, { confidential }: FormField): Record<string, unknown> {
  const parsed = typeof value === 'string' ? parseJsonText(value, confidential) : value;
  if (isPlainObject(parsed)) return parsed;
  throw new ParseError('must be a JSON object, such as {"page": 0}.');
}

/** Parses JSON. Integers beyond JavaScript's safe range become text, as in Mixpanel's answers. */
function parseJsonText(text: string, confidential = false): unknown {
  const problem = findShapeProblem(text);
  if (problem) throw new ParseError(problem);
  try {
    JSON.parse(text);
  } catch {
    throw new ParseError(`is not valid JSON: ${describeJsonError(text, confidential)}`);
  }
  return parseJson(text);
}

/** A million values of the shortest kind take about a second to read. */
const MAX_VALUES = 1_000_000;

/** Returns what makes a JSON text too much to be parsed, in a sentence that follows the field's name. */
export function findShapeProblem(text: string): string | undefined {
  switch (exceededShapeLimit(text, { maxDepth: MAX_DEPTH + 1, maxValues: MAX_VALUES })) {
    case 'maxDepth':
      return `is nested more than ${MAX_DEPTH} levels deep.`;
    case 'maxValues':
      return `has more than ${MAX_VALUES.toLocaleString('en-US')} values. Send less at once.`;
    default:
      return undefined;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !(value instanceof Date);
}
