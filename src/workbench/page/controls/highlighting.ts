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

/** Colours by class, so that light and dark are a matter of the stylesheet. */
export const jsonColours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.propertyName, class: 'code-key' },
    { tag: tags.string, class: 'code-string' },
    { tag: tags.number, class: 'code-number' },
    { tag: [tags.bool, tags.null], class: 'code-keyword' },
  ]),
);

/** Colours a filter expression by the tokens of our own parser. */
export const expressionColours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = colour(view);
    }

    update(update: ViewUpdate) {
      if (update.docChanged) this.decorations = colour(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function colour({ state }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const token of readable(state.doc.toString())) {
    const name = classOf(token);
    if (name) builder.add(token.start, token.end, Decoration.mark({ class: name }));
  }
  return builder.finish();
}

/** The tokens up to the first character that begins none. */
function readable(text: string): Token[] {
  try {
    return tokenize(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return error.offset < text.length && error.offset > 0 ? readable(text.slice(0, error.offset)) : [];
  }
}

function classOf(token: Token): string | undefined {
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
