import { applyEdits, modify, parseTree } from 'jsonc-parser';
import { isObject } from '../../../json/object.js';

/** Returns the value at `path` in a JSON text, as text for a dropdown; empty if there is none. */
export function readMember(text: string, path: readonly string[]): string {
  let value: unknown = parseObject(text);
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/**
 * Returns the JSON text with `value` at `path`, or without the first member of `path` if `value` is undefined.
 * Everything else keeps its formatting.
 */
export function writeMember(text: string, path: readonly string[], value: string | undefined): string {
  const [member = '', ...rest] = path;
  const nested = value && rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), toJsonValue(value));
  if (nested === undefined && text.trim() === '') return text;
  const changed = applyEdits(text, modify(text, [member], nested, { formattingOptions: FORMATTING_OPTIONS }));
  // An object with nothing in it and an empty field mean the same; only the second shows what could be written.
  return parseTree(changed)?.children?.length === 0 ? '' : changed;
}

/** Whether a member can be written: the text is an object, or empty. */
export function canWriteMember(text: string): boolean {
  return text.trim() === '' || parseObject(text) !== undefined;
}

const FORMATTING_OPTIONS = { insertSpaces: true, tabSize: 2 };

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
