import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching } from '@codemirror/language';
import { linter, lintKeymap } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { NONCE } from '../browser/nonce.js';
import classes from './CodeEditor.module.css';
import { completeFilter } from './completion-source.js';
import type { ControlProps, FilterCompletions } from './control-props.js';
import { descriptionAttributes } from './description-attributes.js';
import { lintExpression, lintJson } from './editor-linters.js';
import { expressionHighlighting, jsonHighlighting } from './highlighting.js';

export type CodeLanguage = 'expression' | 'json';

const LINT_DELAY_MS = 250;

const LANGUAGES: Record<CodeLanguage, Extension> = {
  json: [json(), jsonHighlighting, linter(lintJson, { delay: LINT_DELAY_MS })],
  expression: [expressionHighlighting, linter(lintExpression, { delay: LINT_DELAY_MS })],
};

/** Code editor with syntax highlighting, bracket matching and a marker at the first error. */
export default function CodeEditor({
  control,
  id,
  value,
  onChange,
  error,
  disabled,
  language,
  completions,
}: ControlProps & { language: CodeLanguage; completions?: FilterCompletions }) {
  const queries = useQueryClient();
  const completionsRef = useRef(completions);
  completionsRef.current = completions;
  const isCompleted = completions !== undefined;
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const onChangeRef = useRef(onChange);
  onChangeRef.current = onChange;
  const text = String(value);
  const initialText = useRef(text);
  const { label, placeholderText } = control;
  const description = descriptionAttributes(control, id, error)['aria-describedby'] ?? '';

  useEffect(() => {
    const editor = new EditorView({
      parent: container.current ?? undefined,
      state: EditorState.create({
        doc: initialText.current,
        extensions: [
          EditorView.cspNonce.of(NONCE),
          history(),
          bracketMatching(),
          EditorView.lineWrapping,
          // Before the other keys, so that Enter takes a completion.
          isCompleted && language === 'expression'
            ? completeFilter(() => completionsRef.current!, queries)
            : [],
          // Tab is not bound, so it leaves the field as in the rest of the form.
          keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
          placeholder(placeholderText ?? ''),
          LANGUAGES[language],
          EditorState.readOnly.of(disabled ?? false),
          EditorView.contentAttributes.of({
            id,
            'aria-label': label,
            spellcheck: 'false',
            ...(description ? { 'aria-describedby': description } : {}),
          }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) onChangeRef.current(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      initialText.current = editor.state.doc.toString();
      editor.destroy();
    };
  }, [id, label, placeholderText, description, language, disabled, isCompleted, queries]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  return <div ref={container} className={classes.editor} data-invalid={Boolean(error) || undefined} />;
}
