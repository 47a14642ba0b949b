import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { PluginError } from '../errors.js';
import { parseJson } from '../json/large-integers.js';
import { endOfLine, MAX_RECORD_BYTES, NEWLINE, recordTooLargeError } from './ndjson.js';
import { Redactor } from './redactor.js';

const ZERO = 0x30;
const TEN = 10;
/** 2^53 has 16 digits: shorter integers are always exact. */
const LONG_DIGITS = 16;

/**
 * Returns where, from `from` on, a number begins that may have more digits than a JavaScript number keeps, or
 * `Infinity`. Looks at every sixteenth byte only: a run of sixteen digits always covers one of them.
 */
function findLongNumber(bytes: Buffer, from: number): number {
  for (let at = from + LONG_DIGITS - 1; at < bytes.length; at += LONG_DIGITS) {
    // A run that long reaches eight bytes to one side of wherever it is met.
    if (!isDigit(bytes[at]!) || !(isDigit(bytes[at - 8]!) || isDigit(bytes[at + 8]!))) continue;
    let first = at;
    let last = at;
    while (first > 0 && isDigit(bytes[first - 1]!)) first -= 1;
    while (last + 1 < bytes.length && isDigit(bytes[last + 1]!)) last += 1;
    // Digits within a word or in quotes are text, as most ids are.
    if (last - first + 1 >= LONG_DIGITS && BEFORE_NUMBER.has(bytes[first - 1]!)) return first;
    at = last;
  }
  return Number.POSITIVE_INFINITY;
}

const BEFORE_NUMBER = new Set(Buffer.from(':,[- \t\n'));

// One comparison, since millions of bytes are tested: a difference below zero wraps to a large number.
function isDigit(byte: number): boolean {
  return (byte - ZERO) >>> 0 < TEN;
}

/** A record as the raw export has it. */
export interface ExportedRecord {
  event: string;
  /** Absent or null for an event without any. */
  properties?: Record<string, unknown> | null;
}

/** Mixpanel ends a failed export with status 200 and these words as its last line. Source: airbyte, embulk, mixpanel-utils. */
const TERMINATED_EARLY = /^(?:export )?terminated early/i;
/** How a web page begins; no record does. */
const HTML_START = /^\s*</;
/** A record is now and then split over two lines. More parts than this are no record. */
const MAX_RECORD_FRAGMENTS = 4;

/** More unreadable lines than this mean a broken response, not odd data. */
const MAX_UNREADABLE_LINES = 1000;

/** What a reader of one response needs to know beside it. */
export interface RecordReaderOptions {
  /** Digests of lines that could not be read in an earlier attempt. */
  known?: ReadonlySet<string>;
  /** Cleans what is quoted of the response in an error. */
  redactor?: Redactor;
}

/** Takes the records of a response. */
export interface RecordSink {
  /** Takes a record as its line of UTF-8, from `start` to the newline at `end`, or returns false to have it parsed. */
  takeLine?(block: Buffer, start: number, end: number): boolean;
  takeRecord(record: ExportedRecord): void;
}

/**
 * Reads the records of one export response. Records before a mistake are handed over; the mistake is in `failure` then,
 * and nothing after it is read. Skips a line among records that cannot be read: only another attempt shows whether
 * it was damaged on the way or is stored like that, so the response counts as incomplete unless all are `known`.
 */
export class RecordReader {
  readonly #known: ReadonlySet<string>;
  readonly #redactor: Redactor;
  /** Digests of the lines that could not be read. */
  readonly #unreadable: string[] = [];
  #endsWithNewline = false;
  /** The beginning of a record, still as bytes: it may have been split within a character. */
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #hasRecords = false;
  #failure: PluginError | undefined;

  constructor({ known = new Set(), redactor = new Redactor() }: RecordReaderOptions = {}) {
    this.#known = known;
    this.#redactor = redactor;
  }

  /** Digests of the lines that could not be read so far. */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  /** Why the response is not whole, as far as it has been read. */
  get failure(): PluginError | undefined {
    return this.#failure;
  }

  /** Reads a block of whole lines. `sink` takes what it holds, in the order of the lines. */
  read(block: Buffer, sink: RecordSink): void {
    this.#endsWithNewline = block.at(-1) === NEWLINE;
    const isTextual = sink.takeLine !== undefined && isUtf8(block);
    let longNumber = -1;
    for (let start = 0; start < block.length && !this.#failure; ) {
      const end = endOfLine(block, start);
      if (end > start && !(isTextual && this.#offerLine(block, start, end, sink))) {
        if (longNumber < start) longNumber = findLongNumber(block, start);
        const record = this.#parse(block, start, end, longNumber < end);
        if (record !== undefined) sink.takeRecord(record);
      }
      start = end + 1;
    }
  }

  /** Offers a line that begins and ends a record. Returns whether it was taken. */
  #offerLine(block: Buffer, start: number, end: number, sink: RecordSink): boolean {
    if (this.#fragments.length > 0 || end === block.length || !sink.takeLine?.(block, start, end))
      return false;
    this.#hasRecords = true;
    return true;
  }

  /** To be called when the response has ended: a record that has begun and not ended is a failure. */
  end(): void {
    if (this.#failure) return;
    if (this.#fragments.length > 0 && !this.#endsWithNewline) this.#fail('its last record is cut off');
    else this.#skipFragments();
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
      // A whole record follows, so the lines before it do not begin one.
      this.#skipFragments();
      this.#hasRecords = true;
      return next;
    }
    if (isContinuation) this.#dropFragments();
    if (isExportedRecord(parsed)) {
      this.#hasRecords = true;
      return parsed;
    }
    this.#fail(`it holds a line that is not an event: ${this.#quote(text)}`, text);
    return undefined;
  }

  #addFragment(bytes: Buffer): void {
    this.#fragmentBytes += bytes.length;
    if (this.#fragmentBytes > MAX_RECORD_BYTES) {
      this.#failure = recordTooLargeError();
      return;
    }
    const line = bytes.toString('utf8');
    if (line.trim() === '') return;
    if (!this.#hasRecords && this.#fragments.length === 0 && HTML_START.test(line)) {
      this.#failure = htmlPageError();
      return;
    }
    this.#fragments.push(Buffer.from(bytes));
    if (TERMINATED_EARLY.test(line)) this.#fail('it was terminated early by Mixpanel', line);
    else if (this.#fragments.length >= MAX_RECORD_FRAGMENTS) this.#skipFragments();
  }

  #skipFragments(): void {
    for (const fragment of this.#fragments) {
      this.#unreadable.push(createHash('sha256').update(fragment).digest('base64'));
    }
    this.#dropFragments();
    if (this.#unreadable.length > MAX_UNREADABLE_LINES) {
      this.#fail(`it holds more than ${countLines(MAX_UNREADABLE_LINES)} that cannot be read`);
    }
  }

  #dropFragments(): void {
    this.#fragments = [];
    this.#fragmentBytes = 0;
  }

  #fail(reason: string, upstreamText?: string): void {
    this.#failure = new PluginError(
      'INCOMPLETE',
      `The download ended before it was complete: ${reason}. Try again. If it fails again, ask for fewer days.`,
      { upstream: upstreamText === undefined ? undefined : this.#quote(upstreamText.trim()) },
    );
  }

  #quote(text: string): string {
    return this.#redactor.quote(text, MAX_QUOTED_CHARACTERS);
  }
}

const MAX_QUOTED_CHARACTERS = 200;

function htmlPageError(): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    "The download is a web page instead of events. Something stands between this host and Mixpanel, such as a proxy's login page. Let the host reach Mixpanel without it, then try again.",
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
