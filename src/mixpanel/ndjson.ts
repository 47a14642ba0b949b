import { PluginError } from '../errors.js';
import { parseJson } from './json.js';

/** Whole lines of one piece of a body. */
export interface LineBlock {
  lines: string[];
  /** Bytes they took. */
  bytes: number;
  /** Whether a number among them may have more digits than a JavaScript number keeps. */
  longDigits: boolean;
}

const NEWLINE = 0x0a;
const ZERO = 0x30;
const NINE = 0x39;
/** 2^53 has 16 digits: shorter integers are always exact. */
const LONG_DIGITS = 16;

/**
 * Splits a body on the byte 0x0A before decoding: a character of several bytes is never torn, and line separators
 * of Unicode inside a property are no ends of lines. What follows the last newline comes as a line of its own, so
 * an answer that ends without one keeps its last record and one that was cut shows it.
 */
export async function* readLines(body: AsyncIterable<Buffer>): AsyncGenerator<LineBlock> {
  let begun: Buffer[] = [];
  for await (const piece of body) {
    const end = piece.lastIndexOf(NEWLINE);
    if (end < 0) {
      begun.push(piece);
      continue;
    }
    const whole = piece.subarray(0, end);
    const block = begun.length === 0 ? whole : Buffer.concat([...begun, whole]);
    begun = end + 1 < piece.length ? [piece.subarray(end + 1)] : [];
    yield toBlock(block, block.length + 1);
  }
  if (begun.length > 0) {
    const rest = Buffer.concat(begun);
    yield toBlock(rest, rest.length);
  }
}

function toBlock(block: Buffer, bytes: number): LineBlock {
  return { lines: block.toString('utf8').split('\n'), bytes, longDigits: hasLongDigits(block) };
}

/** Looks at every sixteenth byte only: a run of sixteen digits cannot pass between two looks. */
function hasLongDigits(bytes: Buffer): boolean {
  for (let at = LONG_DIGITS - 1; at < bytes.length; at += LONG_DIGITS) {
    if (!isDigit(bytes[at])) continue;
    let first = at;
    let last = at;
    while (isDigit(bytes[first - 1])) first -= 1;
    while (isDigit(bytes[last + 1])) last += 1;
    if (last - first + 1 >= LONG_DIGITS) return true;
  }
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** A record as the raw export gives it. */
export interface ExportedRecord {
  event: string;
  properties: Record<string, unknown>;
}

/** Mixpanel gives an export up with status 200 and these words as the last line. Source: airbyte, embulk, mixpanel-utils. */
const GIVEN_UP = /^(?:export )?terminated early/i;
/** A record is now and then split over two lines; more pieces than this are a broken answer. */
const MOST_PIECES = 4;

/**
 * Reads records out of the lines of one answer. Records before a mistake are still given; the mistake is in
 * `failure` then, and nothing after it is read.
 */
export class RecordReader {
  #begun = '';
  #pieces = 0;
  #failure: PluginError | undefined;

  /** Why the answer is not whole, as far as it is read. */
  get failure(): PluginError | undefined {
    return this.#failure;
  }

  read({ lines, longDigits }: LineBlock): ExportedRecord[] {
    const records: ExportedRecord[] = [];
    for (const line of lines) {
      if (this.#failure) break;
      if (line === '') continue;
      const record = this.#parse(line, longDigits);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  /** Call it when the answer has ended: what is begun and not finished is a failure. */
  end(): void {
    if (this.#pieces > 0 && !this.#failure) this.#fail('its last record is cut off');
  }

  #parse(line: string, longDigits: boolean): ExportedRecord | undefined {
    const text = this.#begun + line;
    let parsed: unknown;
    try {
      parsed = longDigits ? parseJson(text) : JSON.parse(text);
    } catch {
      this.#begin(line, text);
      return undefined;
    }
    this.#begun = '';
    this.#pieces = 0;
    if (isRecord(parsed)) return parsed;
    this.#fail(`it holds a line that is no event: ${line.slice(0, SHOWN_CHARACTERS)}`, line);
    return undefined;
  }

  #begin(line: string, text: string): void {
    if (line.trim() === '') return;
    this.#begun = text;
    this.#pieces += 1;
    if (GIVEN_UP.test(line)) this.#fail('Mixpanel gave it up', line);
    else if (this.#pieces >= MOST_PIECES) this.#fail('it holds a record that cannot be read');
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

function isRecord(value: unknown): value is ExportedRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { properties?: unknown }).properties === 'object' &&
    (value as { properties?: unknown }).properties !== null
  );
}
