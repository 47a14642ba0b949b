import { ALIASES, parseExpression } from './parse.js';
import { tokenize } from './token.js';

/**
 * The text as Mixpanel understands it: `&&`, `||` and `!` outside of quotes become `and`, `or`, `not`; everything
 * else stays as it was written, byte for byte.
 * @throws ExpressionError when the text is no expression.
 */
export function toMixpanel(text: string): string {
  parseExpression(text);
  let written = '';
  let from = 0;
  for (const token of tokenize(text)) {
    const word = token.kind === 'symbol' ? ALIASES[token.value] : undefined;
    if (word === undefined) continue;
    written += text.slice(from, token.start);
    written += `${gapBefore(written)}${word}${gapAfter(text.charAt(token.end), word)}`;
    from = token.end;
  }
  return written + text.slice(from);
}

function gapBefore(written: string): string {
  return /[^\s(,[]/.test(written.slice(-1)) ? ' ' : '';
}

function gapAfter(next: string, word: string): string {
  if (/\s/.test(next) || (word === 'not' && next === '(')) return '';
  return ' ';
}
