import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap, tooltips } from '@codemirror/view';
import type { QueryClient } from '@tanstack/react-query';
import { quoteString } from '../../../mixpanel/expression/tokenizer.js';
import { errorMessage } from '../browser/api-client.js';
import {
  COMPARISON_OPERATORS,
  type CompletionPlace,
  completionPlace,
  FUNCTION_NAMES,
  filterLiteral,
  JOINING_OPERATORS,
} from '../form-model/filter-completion.js';
import type { FilterCompletions, LookupOption, LookupQuery } from './control-props.js';
import { LOOKUP_CACHE, lookupKey, offerLookup } from './use-lookup.js';

/** Completes a filter: properties and values from look-ups, operators and functions from the language. */
export function completeFilter(getCompletions: () => FilterCompletions, queries: QueryClient): Extension {
  return [
    autocompletion({
      override: [(context) => complete(context, getCompletions(), queries)],
      icons: false,
      maxRenderedOptions: 100,
    }),
    // The editor and the form around it are too small for a list, and would cut it off.
    tooltips({ parent: document.body }),
    listTheme,
    keymap.of(completionKeymap),
  ];
}

const listTheme = EditorView.theme({
  '.cm-tooltip.cm-tooltip-autocomplete': {
    zIndex: '300',
    overflow: 'hidden',
    border: '1px solid var(--wb-line)',
    borderRadius: '8px',
    background: 'var(--wb-surface)',
    color: 'var(--mantine-color-text)',
    boxShadow: 'var(--mantine-shadow-md)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: '230px',
    fontFamily: 'var(--mantine-font-family-monospace)',
    fontSize: '12px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    padding: '4px 10px',
    whiteSpace: 'normal',
    overflowWrap: 'anywhere',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    background: 'var(--wb-hover)',
    color: 'var(--mantine-color-text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': { color: 'var(--mantine-color-dimmed)', fontStyle: 'normal' },
});

async function complete(
  context: CompletionContext,
  completions: FilterCompletions,
  queries: QueryClient,
): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const place = completionPlace(state.sliceDoc(0, pos));
  if (!place) return null;
  if (place.type === 'property' || place.type === 'value') {
    const isProperty = place.type === 'property';
    const lookup = isProperty ? completions.properties : completions.values(place.property);
    const write = (text: string) => (isProperty || place.isQuoted ? quoteString(text) : filterLiteral(text));
    const entries = await readEntries(lookup, queries);
    if (context.aborted) return null;
    return { from: place.from, ...toResult(entries, lookup, queries, write, place) };
  }
  // Nothing is offered before the first letter, unless it is asked for.
  if (!explicit && place.from === pos && place.type === 'condition') return null;
  return { from: place.from, options: wordsFor(place), validFor: /^\w*$/ };
}

/** The entries, what they would cost, or why there are none. */
type Entries = { options: readonly LookupOption[] } | { offer: string } | { problem: string };

/** Returns entries that are known or free; what costs something is offered first. */
async function readEntries(lookup: LookupQuery, queries: QueryClient): Promise<Entries> {
  const known = queries.getQueryData<LookupOption[]>(lookupKey(lookup.question));
  if (known) return { options: known };
  if (lookup.queries > 0) return { offer: offerLookup(lookup) };
  return loadEntries(lookup, queries);
}

async function loadEntries(lookup: LookupQuery, queries: QueryClient): Promise<Entries> {
  try {
    const options = await queries.fetchQuery({
      queryKey: lookupKey(lookup.question),
      queryFn: lookup.load,
      ...LOOKUP_CACHE,
    });
    return { options };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}

function toResult(
  entries: Entries,
  lookup: LookupQuery,
  queries: QueryClient,
  write: (text: string) => string,
  place: Extract<CompletionPlace, { from: number; isQuoted: boolean }>,
): Omit<CompletionResult, 'from'> {
  if ('problem' in entries) {
    return { options: [{ label: entries.problem, apply: () => undefined }], filter: false };
  }
  if ('offer' in entries) {
    const apply = (view: EditorView) => {
      void loadEntries(lookup, queries).then(() => {
        view.focus();
        startCompletion(view);
      });
    };
    return { options: [{ label: entries.offer, apply }], filter: false };
  }
  const { isQuoted, type } = place;
  return {
    options: entries.options.map(
      ({ value }, rank): Completion => ({
        label: value,
        // The most common come first among those that fit equally well.
        boost: -rank / entries.options.length,
        apply: (view, _completion, from, to) =>
          insert(view, isQuoted ? from - 1 : from, to, write(value), type === 'property' ? ']' : ''),
      }),
    ),
    validFor: isQuoted ? /^[^"'\\]*$/ : /^\w*$/,
  };
}

/** Writes a completion in place of what was typed, and what closes it unless it is closed already. */
function insert(view: EditorView, from: number, to: number, text: string, close: string): void {
  const after = view.state.sliceDoc(to, to + 2);
  const quotes = /^["']/.exec(after)?.[0].length ?? 0;
  const closed = close !== '' && after.startsWith(close, quotes) ? close.length : 0;
  const inserted = text + close;
  view.dispatch({
    changes: { from, to: to + quotes + closed, insert: inserted },
    selection: { anchor: from + inserted.length },
    userEvent: 'input.complete',
  });
}

function wordsFor(place: Extract<CompletionPlace, { type: 'operator' | 'condition' }>): Completion[] {
  if (place.type === 'condition') {
    return [
      { label: 'properties["…"]', detail: 'a property', apply: openProperty, boost: 1 },
      ...FUNCTION_NAMES.map((name) => ({
        label: `${name}()`,
        detail: 'function',
        apply: callFunction(name),
      })),
      { label: 'not', apply: 'not ' },
    ];
  }
  const operators =
    place.follows === 'property' ? [...COMPARISON_OPERATORS, ...JOINING_OPERATORS] : JOINING_OPERATORS;
  return operators.map((label, index) => ({ label, apply: `${label} `, boost: -index }));
}

function openProperty(view: EditorView, _completion: Completion, from: number, to: number): void {
  insert(view, from, to, 'properties["', '');
  startCompletion(view);
}

function callFunction(name: string): Completion['apply'] {
  return (view, _completion, from, to) => {
    const text = `${name}()`;
    view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length - 1 } });
    startCompletion(view);
  };
}
