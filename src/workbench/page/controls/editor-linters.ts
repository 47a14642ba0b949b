import type { Diagnostic } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import { describeJsonError, jsonErrorOffset } from '../../../json/syntax-error.js';
import { doubtsAbout, ExpressionError } from '../../../mixpanel/expression/index.js';

/** Marks the first invalid character of a filter, using the parser that also runs on the server. */
export function lintExpression({ state }: EditorView): Diagnostic[] {
  const text = state.doc.toString();
  if (text.trim() === '') return [];
  try {
    const doubts = doubtsAbout(text);
    if (doubts.length === 0) return [];
    const message = `Not documented for filters: ${doubts.join(', ')}. Mixpanel may reject the query.`;
    return [{ ...diagnosticAt(text, 0, message), severity: 'info' }];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [diagnosticAt(text, error.offset, error.message)];
  }
}

/** Marks the first syntax error in a JSON text. */
export function lintJson({ state }: EditorView): Diagnostic[] {
  const text = state.doc.toString();
  if (text.trim() === '') return [];
  try {
    JSON.parse(text);
    return [];
  } catch {
    return [diagnosticAt(text, jsonErrorOffset(text) ?? 0, describeJsonError(text))];
  }
}

function diagnosticAt(text: string, offset: number, message: string): Diagnostic {
  const from = Math.max(0, Math.min(offset, text.length - 1));
  return { from, to: Math.min(from + 1, text.length), severity: 'error', message };
}
