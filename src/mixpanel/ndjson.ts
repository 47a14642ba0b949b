import { PluginError } from '../errors.js';
import { parseJson } from '../json/large-integers.js';

const NEWLINE = 0x0a;
const ZERO = 0x30;
const TEN = 10;
/** 2^53 has 16 digits: shorter integers are always exact. */
const LONG_DIGITS = 16;

/**
 * Cuts a body at newlines into blocks of whole lines, bytes still: a character of several bytes is never torn, and
 * line separators of Unicode inside a property are no ends of lines. What follows the last newline comes as a block
 * of its own, so an answer that ends without one keeps its last record and one that was cut shows it.
 */
export async function* readBlocks(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  for await (const piece of body) {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      begun.push(piece);
      continue;
    }
    const whole = piece.subarray(0, end);
    const block = begun.length === 0 ? whole : Buffer.concat([...begun, whole]);
    begun = end < piece.length ? [piece.subarray(end)] : [];
    yield block;
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}

/** The lines of a block, decoded one by one: a rare character in one line then makes none of the others wide. */
export function* linesOf(block: Buffer): Generator<string> {
  for (let start = 0; start < block.length; ) {
    const end = endOfLine(block, start);
    yield block.toString('utf8', start, end);
    start = end + 1;
  }
}

function endOfLine(block: Buffer, start: number): number {
  const end = block.indexOf(NEWLINE, start);
  return end < 0 ? block.length : end;
}

/**
 * Where a number begins that may have more digits than a JavaScript number keeps, from `from` on; `Infinity` where
 * there is none. Only every sixteenth byte is looked at: a run of sixteen digits cannot pass between two looks.
 */
function findLongNumber(bytes: Buffer, from: number): number {
  for (let at = from + LONG_DIGITS - 1; at < bytes.length; at += LONG_DIGITS) {
    // A run that long reaches eight bytes to one side of wherever it is met.
    if (!isDigit(bytes[at]!) || !(isDigit(bytes[at - 8]!) || isDigit(bytes[at + 8]!))) continue;
    let first = at;
    let last = at;
    while (first > 0 && isDigit(bytes[first - 1]!)) first -= 1;
    while (last + 1 < bytes.length && isDigit(bytes[last + 1]!)) last += 1;
    // Digits within a word or quotes are text; so mostly are ids.
    if (last - first + 1 >= LONG_DIGITS && BEFORE_NUMBER.has(bytes[first - 1]!)) return first;
    at = last;
  }
  return Number.POSITIVE_INFINITY;
}

const BEFORE_NUMBER = new Set(Buffer.from(':,[- \t\n'));

// One comparison: below zero wraps to a large number. Millions of bytes are asked this.
function isDigit(byte: number): boolean {
  return (byte - ZERO) >>> 0 < TEN;
}

/** A record as the raw export gives it. */
export interface ExportedRecord {
  event: string;
  properties: Record<string, unknown>;
}

/** Mixpanel gives an export up with status 200 and these words as the last line. Source: airbyte, embulk, mixpanel-utils. */
const GIVEN_UP = /^(?:export )?terminated early/i;
/** How a page begins; no record does. */
const MARKUP = /^\s*</;
/** A record is now and then split over two lines; more pieces than this are a broken answer. */
const MOST_PIECES = 4;

/**
 * Reads records out of the lines of one answer. Records before a mistake are still given; the mistake is in
 * `failure` then, and nothing after it is read.
 */
export class RecordReader {
  /** The beginning of a record, bytes still: it may have been split within a character. */
  #begun: Buffer[] = [];
  #anyRead = false;
  #failure: PluginError | undefined;

  /** Why the answer is not whole, as far as it is read. */
  get failure(): PluginError | undefined {
    return this.#failure;
  }

  read(block: Buffer): ExportedRecord[] {
    const records: ExportedRecord[] = [];
    let longNumber = findLongNumber(block, 0);
    for (let start = 0; start < block.length && !this.#failure; ) {
      const end = endOfLine(block, start);
      const long = longNumber < end;
      if (end > start) {
        const record = this.#parse(block, start, end, long);
        if (record !== undefined) records.push(record);
      }
      if (long) longNumber = findLongNumber(block, end);
      start = end + 1;
    }
    return records;
  }

  /** Call it when the answer has ended: what is begun and not finished is a failure. */
  end(): void {
    if (this.#begun.length > 0 && !this.#failure) this.#fail('its last record is cut off');
  }

  #parse(block: Buffer, start: number, end: number, long: boolean): ExportedRecord | undefined {
    const joined = this.#begun.length > 0;
    const text = joined
      ? Buffer.concat([...this.#begun, block.subarray(start, end)]).toString('utf8')
      : block.toString('utf8', start, end);
    let parsed: unknown;
    try {
      parsed = long || joined ? parseJson(text) : JSON.parse(text);
    } catch {
      this.#begin(block.subarray(start, end));
      return undefined;
    }
    if (joined) this.#begun = [];
    if (isRecord(parsed)) {
      this.#anyRead = true;
      return parsed;
    }
    this.#fail(`it holds a line that is no event: ${text.slice(0, SHOWN_CHARACTERS)}`, text);
    return undefined;
  }

  #begin(bytes: Buffer): void {
    const line = bytes.toString('utf8');
    if (line.trim() === '') return;
    if (!this.#anyRead && this.#begun.length === 0 && MARKUP.test(line)) {
      this.#failure = pageInstead();
      return;
    }
    this.#begun.push(Buffer.from(bytes));
    if (GIVEN_UP.test(line)) this.#fail('Mixpanel gave it up', line);
    else if (this.#begun.length >= MOST_PIECES) this.#fail('it holds a record that cannot be read');
  }

  #fail(how: string, words?: string): void {
    this.#failure = new PluginError(
      'INCOMPLETE',
      `The download ended before it was complete: ${how}. Try again; if it stays so, ask for fewer days.`,
      { upstream: words?.trim().slice(0, SHOWN_CHARACTERS) },
    );
  }
}

const SHOWN_CHARACTERS = 200;

function pageInstead(): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    "The download is a web page instead of events. A page stands between this host and Mixpanel, such as a proxy's login: let the host reach Mixpanel without it, then try again.",
  );
}

function isRecord(value: unknown): value is ExportedRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { properties?: unknown }).properties === 'object' &&
    (value as { properties?: unknown }).properties !== null
  );
}
