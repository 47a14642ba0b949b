import { createHash } from 'node:crypto';
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
export async function* readLineBlocks(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let remainder: Buffer[] = [];
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      remainder.push(chunk);
      continue;
    }
    const completeLines = chunk.subarray(0, end);
    const block = remainder.length === 0 ? completeLines : Buffer.concat([...remainder, completeLines]);
    remainder = end < chunk.length ? [chunk.subarray(end)] : [];
    yield block;
  }
  if (remainder.length > 0) yield Buffer.concat(remainder);
}

/** The lines of a block, decoded one by one: a rare character in one line then makes none of the others wide. */
export function* splitLines(block: Buffer): Generator<string> {
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
  /** Absent or null for an event without any. */
  properties?: Record<string, unknown> | null;
}

/** Mixpanel gives an export up with status 200 and these words as the last line. Source: airbyte, embulk, mixpanel-utils. */
const TERMINATED_EARLY = /^(?:export )?terminated early/i;
/** How a page begins; no record does. */
const HTML_START = /^\s*</;
/** A record is now and then split over two lines; more pieces than this are a broken answer. */
const MAX_RECORD_FRAGMENTS = 4;

/** More unreadable lines than this are no oddity of the data but a broken answer. */
const MAX_UNREADABLE_LINES = 1000;

/**
 * Reads records out of the lines of one answer. Records before a mistake are still given; the mistake is in
 * `failure` then, and nothing after it is read.
 *
 * A line among records that cannot be read is passed over. Whether it was damaged on the way or is stored like that
 * only another attempt shows: the answer counts as incomplete unless all such lines are among `known`.
 */
export class RecordReader {
  readonly #known: ReadonlySet<string>;
  /** Digests of the lines that could not be read. */
  readonly #unreadable: string[] = [];
  #endsWithNewline = false;
  /** The beginning of a record, bytes still: it may have been split within a character. */
  #fragments: Buffer[] = [];
  #hasRecords = false;
  #failure: PluginError | undefined;

  /** `known` has the digests of lines that could not be read in an earlier attempt. */
  constructor(known: ReadonlySet<string> = new Set()) {
    this.#known = known;
  }

  /** Digests of the lines that could not be read so far. */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  /** Why the answer is not whole, as far as it is read. */
  get failure(): PluginError | undefined {
    return this.#failure;
  }

  read(block: Buffer): ExportedRecord[] {
    const records: ExportedRecord[] = [];
    this.#endsWithNewline = block.at(-1) === NEWLINE;
    let longNumber = findLongNumber(block, 0);
    for (let start = 0; start < block.length && !this.#failure; ) {
      const end = endOfLine(block, start);
      const hasLongNumber = longNumber < end;
      if (end > start) {
        const record = this.#parse(block, start, end, hasLongNumber);
        if (record !== undefined) records.push(record);
      }
      if (hasLongNumber) longNumber = findLongNumber(block, end);
      start = end + 1;
    }
    return records;
  }

  /** Call it when the answer has ended: what is begun and not finished is a failure. */
  end(): void {
    if (this.#failure) return;
    if (this.#fragments.length > 0 && !this.#endsWithNewline) this.#fail('its last record is cut off');
    else this.#passOverFragments();
    if (this.#failure) return;
    const unknown = this.#unreadable.filter((digest) => !this.#known.has(digest));
    if (unknown.length > 0 || (this.#unreadable.length > 0 && !this.#hasRecords)) {
      this.#fail(`it holds ${countLines(this.#unreadable.length)} that cannot be read`);
    }
  }

  #parse(block: Buffer, start: number, end: number, hasLongNumber: boolean): ExportedRecord | undefined {
    const isContinuation = this.#fragments.length > 0;
    const text = isContinuation
      ? Buffer.concat([...this.#fragments, block.subarray(start, end)]).toString('utf8')
      : block.toString('utf8', start, end);
    let parsed: unknown;
    try {
      parsed = hasLongNumber || isContinuation ? parseJson(text) : JSON.parse(text);
    } catch {
      const line = block.subarray(start, end);
      const next = isContinuation ? parseRecord(line) : undefined;
      if (next === undefined) {
        this.#addFragment(line);
        return undefined;
      }
      // A whole record follows: what stands before it is not the beginning of one.
      this.#passOverFragments();
      this.#hasRecords = true;
      return next;
    }
    if (isContinuation) this.#fragments = [];
    if (isExportedRecord(parsed)) {
      this.#hasRecords = true;
      return parsed;
    }
    this.#fail(`it holds a line that is no event: ${text.slice(0, MAX_QUOTED_CHARACTERS)}`, text);
    return undefined;
  }

  #addFragment(bytes: Buffer): void {
    const line = bytes.toString('utf8');
    if (line.trim() === '') return;
    if (!this.#hasRecords && this.#fragments.length === 0 && HTML_START.test(line)) {
      this.#failure = htmlPageError();
      return;
    }
    this.#fragments.push(Buffer.from(bytes));
    if (TERMINATED_EARLY.test(line)) this.#fail('Mixpanel gave it up', line);
    else if (this.#fragments.length >= MAX_RECORD_FRAGMENTS) this.#passOverFragments();
  }

  #passOverFragments(): void {
    for (const fragment of this.#fragments) {
      this.#unreadable.push(createHash('sha256').update(fragment).digest('base64'));
    }
    this.#fragments = [];
    if (this.#unreadable.length > MAX_UNREADABLE_LINES) {
      this.#fail(`it holds more than ${countLines(MAX_UNREADABLE_LINES)} that cannot be read`);
    }
  }

  #fail(reason: string, upstreamText?: string): void {
    this.#failure = new PluginError(
      'INCOMPLETE',
      `The download ended before it was complete: ${reason}. Try again; if it stays so, ask for fewer days.`,
      { upstream: upstreamText?.trim().slice(0, MAX_QUOTED_CHARACTERS) },
    );
  }
}

const MAX_QUOTED_CHARACTERS = 200;

function htmlPageError(): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    "The download is a web page instead of events. A page stands between this host and Mixpanel, such as a proxy's login: let the host reach Mixpanel without it, then try again.",
  );
}

function isExportedRecord(value: unknown): value is ExportedRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { event, properties } = value as { event?: unknown; properties?: unknown };
  return properties === undefined || properties === null
    ? typeof event === 'string'
    : typeof properties === 'object';
}

function parseRecord(line: Buffer): ExportedRecord | undefined {
  try {
    const parsed = parseJson(line.toString('utf8'));
    return isExportedRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function countLines(lines: number): string {
  return lines === 1 ? '1 line' : `${lines.toLocaleString('en-US')} lines`;
}
