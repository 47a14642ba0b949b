import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { ExpressionError } from '../../../mixpanel/expression/index.js';
import { type Token, tokenize } from '../../../mixpanel/expression/tokenizer.js';

/** Highlights with classes, so that the stylesheet sets the colours of light and dark. */
export const jsonHighlighting = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.propertyName, class: 'code-key' },
    { tag: tags.string, class: 'code-string' },
    { tag: tags.number, class: 'code-number' },
    { tag: [tags.bool, tags.null], class: 'code-keyword' },
  ]),
);

/** Highlights a filter expression with the tokens of our own parser. */
export const expressionHighlighting = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }

    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = decorate(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function decorate({ state }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const token of tokenizePrefix(state.doc.toString())) {
    const name = tokenClass(token);
    if (name) builder.add(token.start, token.end, Decoration.mark({ class: name }));
  }
  return builder.finish();
}

/** Returns the tokens before the first invalid character. */
function tokenizePrefix(text: string): Token[] {
  try {
    return tokenize(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return error.offset < text.length && error.offset > 0 ? tokenizePrefix(text.slice(0, error.offset)) : [];
  }
}

function tokenClass(token: Token): string | undefined {
  switch (token.kind) {
    case 'string':
      return 'code-string';
    case 'number':
      return 'code-number';
    case 'name':
      return token.value === 'properties' || token.value === 'user' ? 'code-key' : 'code-keyword';
    default:
      return undefined;
  }
}
