import { applyEdits, modify, parseTree } from 'jsonc-parser';
import { type Insertion, writtenAs } from '../../../command/insertion.js';
import { isObject } from '../../../json/object.js';

/** Returns the values that an insertion has in a JSON text, as the entries of a dropdown have them. */
export function readChosen(text: string, { path, as }: Insertion): string[] {
  let value: unknown = parseObject(text);
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return (as === 'list' && Array.isArray(value) ? value : [value]).flatMap((each) => {
    if (typeof each !== 'number' && typeof each !== 'string') return [];
    return [as === 'property' ? readProperty(String(each)) : String(each)];
  });
}

/** Returns the text in a member of a JSON text; empty if there is none. */
export function readText(text: string, member: string): string {
  const value = parseObject(text)?.[member];
  return typeof value === 'string' ? value : '';
}

/** Returns the JSON text with a member set, or without it if the value is undefined. All else keeps its formatting. */
export function writeValue(text: string, member: string, value: unknown): string {
  if (value === undefined && text.trim() === '') return text;
  const changed = applyEdits(text, modify(text, [member], value, { formattingOptions: FORMATTING_OPTIONS }));
  // An object with nothing in it and an empty field mean the same; only the second shows what could be written.
  return parseTree(changed)?.children?.length === 0 ? '' : changed;
}

/**
 * Returns the JSON text with the chosen values at the place of an insertion, or without its first member if none is
 * chosen. Everything else keeps its formatting.
 */
export function writeChosen(text: string, { path, as }: Insertion, values: readonly string[]): string {
  const [only] = values;
  const written =
    only === undefined
      ? undefined
      : writtenAs(as, as === 'list' ? values : as === 'value' ? toJsonValue(only) : only);
  return writeMember(text, path, written);
}

function writeMember(text: string, path: readonly string[], value: unknown): string {
  const [member = '', ...rest] = path;
  const nested =
    value === undefined ? undefined : rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  return writeValue(text, member, nested);
}

/** Whether a member can be written: the text is an object, or empty. */
export function canWriteMember(text: string): boolean {
  return text.trim() === '' || parseObject(text) !== undefined;
}

const FORMATTING_OPTIONS = { insertSpaces: true, tabSize: 2 };

/** Returns the name in `properties["name"]`; another expression is shown as it is. */
function readProperty(expression: string): string {
  const [, quoted] = /^properties\[(".*")\]$/.exec(expression) ?? [];
  try {
    return quoted === undefined ? expression : String(JSON.parse(quoted));
  } catch {
    return expression;
  }
}

function toJsonValue(value: string): number | string {
  return /^\d+$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
