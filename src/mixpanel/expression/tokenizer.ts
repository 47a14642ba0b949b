import { ExpressionError } from './expression-error.js';

/** A word of the language; `start` and `end` are where its source text begins and ends. */
export type Token = { start: number; end: number } & (
  | { kind: 'string'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'name'; value: string }
  | { kind: 'symbol'; value: string }
  | { kind: 'end' }
);

const WHITESPACE = /\s+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** Longest first. */
const SYMBOL = /==|!=|<=|>=|&&|\|\||[=<>+\-*/%!()[\],]/y;

/**
 * Splits the text into tokens, an `end` token last.
 * @throws ExpressionError at the first character that begins no token.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(WHITESPACE, text, at)?.length ?? 0;
    if (at >= text.length) return [...tokens, { kind: 'end', start: text.length, end: text.length }];
    const token = readToken(text, at);
    tokens.push(token);
    at = token.end;
  }
}

/** How a token is called in a message. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the expression';
    case 'string':
      return `the text ${quoteString(truncate(token.value))}`;
    case 'number':
      return `the number ${token.value}`;
    default:
      return `"${truncate(token.value)}"`;
  }
}

const MAX_QUOTED_CHARACTERS = 60;

/** A word as messages show it. */
export function truncate(word: string): string {
  return word.length > MAX_QUOTED_CHARACTERS ? `${word.slice(0, MAX_QUOTED_CHARACTERS)}…` : word;
}

/** A string literal as Mixpanel reads it. */
export function quoteString(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

function readToken(text: string, start: number): Token {
  const first = text.charAt(start);
  if (first === '"') return readString(text, start);

  const number = matchAt(NUMBER, text, start);
  if (number) return { kind: 'number', value: Number(number), start, end: start + number.length };
  const name = matchAt(NAME, text, start);
  if (name) return { kind: 'name', value: name, start, end: start + name.length };
  const symbol = matchAt(SYMBOL, text, start);
  if (symbol) return { kind: 'symbol', value: symbol, start, end: start + symbol.length };
  throw new ExpressionError(
    start,
    `${quoteString(String.fromCodePoint(text.codePointAt(start) ?? 0))} has no meaning here. ${hintFor(first)}`,
  );
}

function hintFor(character: string): string {
  switch (character) {
    case "'":
    case '`':
    case '“':
    case '”':
    case '„':
    case '‘':
    case '’':
      return 'Put texts and property names in double quotes: "Premium".';
    case '$':
      return 'Write a property as properties["$os"].';
    case '&':
      return 'Write "and".';
    case '|':
      return 'Write "or".';
    default:
      return 'Expected a property such as properties["plan"], a value, or an operator.';
  }
}

function readString(text: string, start: number): Token {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { kind: 'string', value, start, end: at + 1 };
    if (character === '\\') {
      const escaped = text.charAt(at + 1);
      if (escaped !== '"' && escaped !== '\\') {
        throw new ExpressionError(
          at,
          'A backslash in a text may only stand before " or another backslash; write \\\\ for one backslash.',
        );
      }
      value += escaped;
      at += 1;
    } else value += character;
  }
  throw new ExpressionError(start, 'The text that begins here has no end; close it with a double quote.');
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
