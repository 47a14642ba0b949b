import type { Diagnostic } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import { describeJsonError, jsonErrorOffset } from '../../../json/syntax-error.js';
import { doubtsAbout, ExpressionError } from '../../../mixpanel/expression/index.js';

/** Marks the character at which a filter stops being one, by the parser that will judge it on the server. */
export function lintExpression({ state }: EditorView): Diagnostic[] {
  const text = state.doc.toString();
  if (text.trim() === '') return [];
  try {
    const doubts = doubtsAbout(text);
    if (doubts.length === 0) return [];
    const message = `Mixpanel does not document this for filters: ${doubts.join(', ')}.`;
    return [{ ...diagnosticAt(text, 0, message), severity: 'info' }];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [diagnosticAt(text, error.offset, error.message)];
  }
}

/** Marks where JSON breaks; text that does not begin like JSON is left alone where plain text is allowed. */
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
