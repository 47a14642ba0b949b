import { OPERATOR_ALIASES, parseExpression } from './parser.js';
import { tokenize } from './tokenizer.js';

/**
 * The text as Mixpanel understands it: `&&`, `||` and `!` outside of quotes become `and`, `or`, `not`; everything
 * else stays as it was written, byte for byte.
 * @throws ExpressionError when the text is no expression.
 */
export function normalizeOperators(text: string): string {
  parseExpression(text);
  const parts: string[] = [];
  let copiedTo = 0;
  for (const token of tokenize(text)) {
    const replacement = token.kind === 'symbol' ? OPERATOR_ALIASES[token.value] : undefined;
    if (replacement === undefined) continue;
    // Where nothing stands between two of them, the gap is after the first already.
    const previousCharacter = token.start > copiedTo ? text.charAt(token.start - 1) : ' ';
    parts.push(
      text.slice(copiedTo, token.start),
      spaceBefore(previousCharacter),
      replacement,
      spaceAfter(text.charAt(token.end), replacement),
    );
    copiedTo = token.end;
  }
  return parts.join('') + text.slice(copiedTo);
}

function spaceBefore(before: string): string {
  return /[\s(,[]/.test(before) ? '' : ' ';
}

function spaceAfter(next: string, word: string): string {
  if (/\s/.test(next) || (word === 'not' && next === '(')) return '';
  return ' ';
}
