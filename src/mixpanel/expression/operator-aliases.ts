import { ALIASES, parseExpression } from './parser.js';
import { tokenize } from './tokenizer.js';

/**
 * The text as Mixpanel understands it: `&&`, `||` and `!` outside of quotes become `and`, `or`, `not`; everything
 * else stays as it was written, byte for byte.
 * @throws ExpressionError when the text is no expression.
 */
export function toMixpanel(text: string): string {
  parseExpression(text);
  const parts: string[] = [];
  let from = 0;
  for (const token of tokenize(text)) {
    const word = token.kind === 'symbol' ? ALIASES[token.value] : undefined;
    if (word === undefined) continue;
    // Where nothing stands between two of them, the gap is after the first already.
    const before = token.start > from ? text.charAt(token.start - 1) : ' ';
    parts.push(
      text.slice(from, token.start),
      gapBefore(before),
      word,
      gapAfter(text.charAt(token.end), word),
    );
    from = token.end;
  }
  return parts.join('') + text.slice(from);
}

function gapBefore(before: string): string {
  return /[\s(,[]/.test(before) ? '' : ' ';
}

function gapAfter(next: string, word: string): string {
  if (/\s/.test(next) || (word === 'not' && next === '(')) return '';
  return ' ';
}
