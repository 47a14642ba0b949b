import type { ExpressionError } from './expression-error.js';

/** The parser's words with a marker under the character they speak of. */
export function explainExpression(text: string, error: ExpressionError): string {
  const start = Math.max(0, error.offset - 30);
  const shown = text.slice(start, error.offset + 30).replace(/\s/g, ' ');
  return `is not a filter Mixpanel understands, at character ${error.offset + 1}: ${error.message}\n  ${shown}\n  ${' '.repeat(error.offset - start)}^`;
}
