import { PluginError } from '../errors.js';
import { parseJson } from '../json/large-integers.js';
import { describeJsonError } from '../json/syntax-error.js';
import type { RecordProblem } from './event-record.js';

/** A record as it stands in its file. */
export interface SourceRecord {
  /** The line it begins on, from 1. */
  line: number;
  /** What it says; absent if it cannot be read. */
  value?: unknown;
  /** Why it cannot be read. */
  problem?: RecordProblem;
  /** Its text, as it can be written into another file of the same format. */
  text: string;
}

/** A record that is longer than this has no end. */
const MAX_RECORD_CHARACTERS = 16 * 1024 * 1024;
const WHITESPACE = new Set([' ', '\t', '\r', '\n', ',']);

/**
 * Reads the records of JSON text: one value a line (a comma behind it does no harm), the items of one array, or
 * values that run over several lines. In a file with a value on each line a broken line is a record with a problem;
 * elsewhere the rest cannot be trusted either.
 *
 * Throws `PluginError` with line and column if what follows cannot be read.
 */
export async function* readJsonRecords(
  text: AsyncIterable<string>,
  name: string,
): AsyncGenerator<SourceRecord> {
  const chunks = text[Symbol.asyncIterator]();
  let head = '';
  let hasContent = false;
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) break;
    head += value;
    // Each chunk is looked at once: a whole file may be a single line.
    const text: string = hasContent ? value : value.trimStart();
    hasContent ||= text !== '';
    if ((hasContent && text.includes('\n')) || head.length > MAX_RECORD_CHARACTERS) break;
  }
  const rest = prepend(head, { [Symbol.asyncIterator]: () => chunks });
  const firstLine = head.trimStart().split('\n', 1)[0]!;
  if (isWholeValue(firstLine)) yield* readLines(rest);
  else yield* readValues(rest, name);
}

async function* prepend(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

function isWholeValue(line: string): boolean {
  const text = withoutComma(line);
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function withoutComma(line: string): string {
  const text = line.trim();
  return text.endsWith(',') ? text.slice(0, -1).trimEnd() : text;
}

async function* readLines(text: AsyncIterable<string>): AsyncGenerator<SourceRecord> {
  let line = 0;
  let remainder = '';
  const read = (raw: string): SourceRecord | undefined => {
    line += 1;
    const json = withoutComma(raw);
    return json === '' ? undefined : toRecord(json, line);
  };
  for await (const chunk of text) {
    const lines = (remainder + chunk).split('\n');
    remainder = lines.pop()!;
    for (const each of lines) {
      const record = read(each);
      if (record) yield record;
    }
  }
  const last = read(remainder);
  if (last) yield last;
}

function toRecord(json: string, line: number): SourceRecord {
  try {
    return { line, value: parseJson(json), text: json };
  } catch {
    // The column differs from record to record; the fault is reported once, with the first record as an example.
    const received = describeJsonError(json).replace('line 1, ', '');
    return { line, problem: { message: 'is not valid JSON.', received }, text: json };
  }
}

/** Values one after another, or the items of one array. */
async function* readValues(text: AsyncIterable<string>, name: string): AsyncGenerator<SourceRecord> {
  let line = 1;
  let valueLine = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let pending = '';
  let inArray: 'before' | 'inside' | 'after' | 'none' = 'before';
  const fail = (problem: string) =>
    new PluginError('INVALID_INPUT', `${name} cannot be read: ${problem} Nothing was sent.`);
  const parse = (json: string): SourceRecord => {
    try {
      return { line: valueLine, value: parseJson(json), text: json };
    } catch {
      throw fail(`the record that begins on line ${valueLine} is not valid JSON: ${describeJsonError(json)}`);
    }
  };
  for await (const chunk of text) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const sign = chunk[at]!;
      if (sign === '\n') line += 1;
      if (inString) {
        if (escaped) escaped = false;
        else if (sign === '\\') escaped = true;
        else if (sign === '"') inString = false;
        continue;
      }
      if (depth === 0 && pending === '' && start === at) {
        // Between two values.
        if (WHITESPACE.has(sign) || sign === '\ufeff') {
          start = at + 1;
          continue;
        }
        if (sign === '[' && inArray === 'before') {
          inArray = 'inside';
          start = at + 1;
          continue;
        }
        if (sign === ']' && inArray === 'inside') {
          inArray = 'after';
          start = at + 1;
          continue;
        }
        if (inArray === 'after') throw fail(`text follows the end of the array on line ${line}.`);
        if (inArray === 'before') inArray = 'none';
        valueLine = line;
      }
      if (sign === ']' && depth === 0 && inArray === 'inside') {
        yield parse(pending + chunk.slice(start, at));
        pending = '';
        start = at + 1;
        inArray = 'after';
      } else if (sign === '"') inString = true;
      else if (sign === '{' || sign === '[') depth += 1;
      else if (sign === '}' || sign === ']') {
        depth -= 1;
        if (depth < 0) throw fail(`${JSON.stringify(sign)} on line ${line} closes nothing.`);
        if (depth === 0) {
          yield parse(pending + chunk.slice(start, at + 1));
          pending = '';
          start = at + 1;
        }
      } else if (depth === 0 && WHITESPACE.has(sign)) {
        yield parse(pending + chunk.slice(start, at));
        pending = '';
        start = at + 1;
      }
    }
    pending += chunk.slice(start);
    if (pending.length > MAX_RECORD_CHARACTERS) {
      throw fail(
        `the record that begins on line ${valueLine} has no end. Look for a bracket or a quote that is not closed.`,
      );
    }
  }
  if (pending.trim() !== '') {
    if (depth > 0 || inString) {
      throw fail(
        `the record that begins on line ${valueLine} has no end. Look for a bracket or a quote that is not closed.`,
      );
    }
    yield parse(pending);
  }
  if (inArray === 'inside') throw fail('its array is not closed, so the file may have been cut.');
}
