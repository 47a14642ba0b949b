import type { ExpressionError } from './expression-error.js';

/** The parser's words with a marker under the character they speak of. */
export function explainExpressionError(text: string, error: ExpressionError): string {
  const start = Math.max(0, error.offset - 30);
  const excerpt = text.slice(start, error.offset + 30).replace(/\s/g, ' ');
  return `is not a filter Mixpanel understands, at character ${error.offset + 1}: ${error.message}\n  ${excerpt}\n  ${' '.repeat(error.offset - start)}^`;
}
