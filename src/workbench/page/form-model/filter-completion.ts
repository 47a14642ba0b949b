import { ExpressionError } from '../../../mixpanel/expression/index.js';
import { FUNCTIONS, PRECEDENCE, SCOPES } from '../../../mixpanel/expression/syntax.js';
import { type Token, tokenize } from '../../../mixpanel/expression/tokenizer.js';

/** What can stand at a place of a filter. `from` is where the text begins that a completion replaces. */
export type CompletionPlace =
  /** The name of a property, after `properties["`. */
  | { type: 'property'; from: number; isQuoted: boolean }
  /** A value of a property, after its comparison. */
  | { type: 'value'; from: number; property: string; isQuoted: boolean }
  /** An operator, after a property or a value. */
  | { type: 'operator'; from: number; follows: 'property' | 'value' }
  /** The beginning of a condition: a function or `properties["`. */
  | { type: 'condition'; from: number };

/** Operators that compare a property with one of its values. */
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '=', '<', '<=', '>', '>=']);

export const COMPARISON_OPERATORS = Object.keys(PRECEDENCE).filter((each) => /^(?:[=!<>]+|in)$/.test(each));
export const JOINING_OPERATORS = ['and', 'or'];
export const FUNCTION_NAMES = Object.keys(FUNCTIONS);
const PROPERTY_SCOPES: ReadonlySet<string> = new Set(SCOPES.filter((scope) => scope !== 'behaviors'));

/** Returns what can stand at the end of a text that is the beginning of a filter; `undefined` inside other texts. */
export function completionPlace(before: string): CompletionPlace | undefined {
  const open = openString(before);
  const from = open ? open.start + 1 : before.length - (/[A-Za-z_]*$/.exec(before)?.[0].length ?? 0);
  const tokens = readTokens(before.slice(0, open ? open.start : from));
  if (tokens === undefined) return undefined;
  const last = tokens.at(-1);
  const isQuoted = open !== undefined;

  if (isSymbol(last, '[') && isScope(tokens.at(-2))) return { type: 'property', from, isQuoted };
  const property = comparedProperty(tokens);
  if (property !== undefined) return { type: 'value', from, property, isQuoted };
  if (isQuoted) return undefined;
  if (isSymbol(last, ']')) {
    return {
      type: 'operator',
      from,
      follows: readProperty(tokens, tokens.length) === undefined ? 'value' : 'property',
    };
  }
  if (last === undefined || isSymbol(last, '(') || isOperator(last)) return { type: 'condition', from };
  if (last.kind === 'string' || last.kind === 'number' || isSymbol(last, ')')) {
    return { type: 'operator', from, follows: 'value' };
  }
  return undefined;
}

/** Returns the property that the last comparison compares: of `properties["plan"] ==`, or in a list after `in`. */
function comparedProperty(tokens: readonly Token[]): string | undefined {
  const last = tokens.at(-1);
  if (last && COMPARISONS.has(textOf(last))) return readProperty(tokens, tokens.length - 1);
  // properties["plan"] in ["Free", …
  let at = tokens.length - 1;
  if (!isSymbol(tokens[at], '[') && !isSymbol(tokens[at], ',')) return undefined;
  while (
    at > 0 &&
    (tokens[at]!.kind === 'string' || tokens[at]!.kind === 'number' || isSymbol(tokens[at], ','))
  )
    at -= 1;
  if (!isSymbol(tokens[at], '[') || textOf(tokens[at - 1]) !== 'in') return undefined;
  return readProperty(tokens, textOf(tokens[at - 2]) === 'not' ? at - 2 : at - 1);
}

/** Returns the name of the property whose last token is before `end`. */
function readProperty(tokens: readonly Token[], end: number): string | undefined {
  const [scope, open, name, close] = tokens.slice(Math.max(0, end - 4), end);
  return isScope(scope) && isSymbol(open, '[') && name?.kind === 'string' && isSymbol(close, ']')
    ? String(name.value)
    : undefined;
}

/** Returns where a text begins whose closing quote is missing. */
function openString(text: string): { start: number } | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const quote = text[at];
    if (quote !== '"' && quote !== "'") continue;
    const start = at;
    at += 1;
    while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
    if (at >= text.length) return { start };
  }
  return undefined;
}

function readTokens(text: string): Token[] | undefined {
  try {
    return tokenize(text).filter(({ start, end }) => end > start);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return undefined;
  }
}

function textOf(token: Token | undefined): string {
  return token && 'value' in token && token.kind !== 'string' ? String(token.value) : '';
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token !== undefined && token.kind !== 'string' && textOf(token) === text;
}

function isScope(token: Token | undefined): boolean {
  return token?.kind === 'name' && PROPERTY_SCOPES.has(token.value);
}

function isOperator(token: Token): boolean {
  return token.kind !== 'string' && /^(?:and|or|not|&&|\|\||!)$/.test(textOf(token));
}

/** Returns a value as it stands in a filter: numbers and booleans bare, everything else as text in quotes. */
export function filterLiteral(value: string): string {
  return /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(value) ? value : JSON.stringify(value);
}
