import { type ParseErrorCode, visit } from 'jsonc-parser';

const MAX_QUOTED_CHARACTERS = 20;

/**
 * Returns a sentence that says where JSON text breaks, as line and column, in the same words in every JavaScript
 * engine. Quotes none of the text if it is `confidential`. One pass over the text.
 */
export function describeJsonError(text: string, confidential = false): string {
  const offset = jsonErrorOffset(text);
  if (offset === undefined) return 'it does not parse.';
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const problem =
    offset >= text.length ? 'the text ends too early' : `unexpected ${firstCharacter(text, offset)}`;
  const location = `${problem} at line ${line}, column ${column}`;
  const after =
    confidential || before === '' ? '' : `, after ${JSON.stringify(before.slice(-MAX_QUOTED_CHARACTERS))}`;
  return `${location}${after}.`;
}

/** Returns the 0-based index of the first character that does not fit, or undefined if none is found. */
export function jsonErrorOffset(text: string): number | undefined {
  if (hasLongBlank(text)) return undefined;
  try {
    visit(
      text,
      {
        onError(code, offset, length) {
          throw new FirstError(offsetWithinToken(code, text, offset, length));
        },
      },
      { disallowComments: true },
    );
  } catch (thrown) {
    if (thrown instanceof FirstError) return thrown.offset;
    // The parser recurses: text nested thousands of levels deep exhausts the stack.
    if (!(thrown instanceof RangeError)) throw thrown;
  }
  return undefined;
}

/** The parser keeps every blank of a run as an object of its own: a megabyte of them would be many. */
const MAX_BLANKS = 10_000;

function hasLongBlank(text: string): boolean {
  let blanks = 0;
  for (let at = 0; at < text.length && blanks <= MAX_BLANKS; at += 1) {
    const code = text.charCodeAt(at);
    blanks = code === SPACE || code === TAB ? blanks + 1 : 0;
  }
  return blanks > MAX_BLANKS;
}

const SPACE = 0x20;
const TAB = 0x09;

/** Ends the visit at the first error: the parser would otherwise recover and report thousands. */
class FirstError {
  constructor(readonly offset: number) {}
}

const QUOTE = '"';
const UNEXPECTED_END_OF_NUMBER: ParseErrorCode = 13;

/** The parser reports where a token starts; in a string or a number the mistake is further on. */
function offsetWithinToken(code: ParseErrorCode, text: string, offset: number, length: number): number {
  if (code === UNEXPECTED_END_OF_NUMBER) return offset + length;
  return text[offset] === QUOTE && !isWholeString(text, offset, length)
    ? firstBadCharacter(text, offset + 1, offset + length)
    : offset;
}

/** Whether a string itself is right, so that the error is that it stands in the wrong place. */
function isWholeString(text: string, offset: number, length: number): boolean {
  try {
    JSON.parse(text.slice(offset, offset + length));
    return true;
  } catch {
    return false;
  }
}

const VALID_ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Returns the first control character or invalid escape within a string, or its end if the quote is missing. */
function firstBadCharacter(text: string, start: number, end: number): number {
  for (let at = start; at < end; ) {
    if (text.charCodeAt(at) < 0x20) return at;
    VALID_ESCAPE.lastIndex = at;
    if (text[at] !== '\\') at += 1;
    else if (VALID_ESCAPE.test(text)) at = VALID_ESCAPE.lastIndex;
    else return at + 1;
  }
  return end;
}

/** The character at an index in quotes; a pair of surrogates counts as one. */
function firstCharacter(text: string, offset: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0));
}
