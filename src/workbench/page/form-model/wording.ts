import type { Control } from '../../../hosts/appsmith/manifest/schema.js';

// The manifest's words also stand in Appsmith, where a list is typed as JSON. The page has better controls than text
// for most fields, and words that fit what it shows.

/** Returns a control with the page's words in place of the manifest's. */
export function withPageWords<C extends Control>(control: C): C {
  if (control.controlType === 'FORM_TEMPLATE') return control;
  const { subtitle } = control;
  return {
    ...control,
    label: fieldLabel(control),
    // A dropdown always has a value.
    isRequired: control.controlType === 'DROP_DOWN' ? false : control.isRequired,
    tooltipText: fieldHelp(control),
    placeholderText: fieldPlaceholder(control),
    // The placeholder says the default.
    subtitle: subtitle?.startsWith('Default: ') ? undefined : subtitle,
    ...('options' in control
      ? { options: control.options.map((option) => ({ ...option, label: optionLabel(option) })) }
      : {}),
  };
}

/** Returns a field's label without words of the wire: `Events` for `Event(s) (JSON array)`. */
export function fieldLabel({ label, field }: Pick<Control, 'label' | 'field'>): string {
  const plain = label.replace(/\(s\)/, 's').replace(/ \((?:JSON array|Filter Expression)\)$/, '');
  // An editor for JSON says so, in fewer words.
  return field?.kind === 'list'
    ? plain.replace(/ \(JSON[^)]*\)$/, '')
    : plain.replace(/ \(JSON[^)]*\)$/, ' (JSON)');
}

/** Returns an option's label without its value in brackets: `Unique users` for `Unique users (unique)`. */
export function optionLabel({ label, value }: { label: string; value: string }): string {
  const suffix = ` (${value})`;
  return label.endsWith(suffix) ? label.slice(0, -suffix.length) : label;
}

/** Returns a field's help, in words that agree with its control. */
export function fieldHelp({
  tooltipText,
  field,
}: Pick<Control, 'tooltipText' | 'field'>): string | undefined {
  if (field?.kind !== 'list') return tooltipText;
  return tooltipText?.replace(/,? as (?:a |one )?JSON (?:array|list)/i, '');
}

const SUCH_AS = 'Such as ';
const LEFT_EMPTY = /Left empty, ([^.;]+)/;
const EXAMPLE = /[\d"{[]/;

/** Returns a placeholder that nobody takes for a value: what an empty field means, or an example that says it is one. */
export function fieldPlaceholder({
  placeholderText,
  tooltipText = '',
  field,
}: Pick<Control, 'placeholderText' | 'tooltipText' | 'field'>): string | undefined {
  if (field?.default !== undefined) return `${withSeparators(field.default)} by default`;
  if (placeholderText === undefined) return undefined;
  const isWord = !EXAMPLE.test(placeholderText) && field?.kind === 'integer';
  if (isWord) return placeholderText;
  const [, empty] = LEFT_EMPTY.exec(tooltipText) ?? [];
  if (empty !== undefined && EMPTY_SHOWN.has(field?.kind ?? '') && EXAMPLE.test(placeholderText)) {
    return upperFirst(empty.replace(/^the | (?:is|are) (?:used|downloaded)$/g, ''));
  }
  return `${SUCH_AS}${exampleOf(placeholderText, field?.kind)}`;
}

/** Fields whose language has to be learned show an example instead. */
const EMPTY_SHOWN: ReadonlySet<string> = new Set(['text', 'integer', 'list']);

function withSeparators(text: string): string {
  return /^\d+$/.test(text) ? Number(text).toLocaleString('en-US') : text;
}

/** A list is shown as names, so its example is too. */
function exampleOf(text: string, kind: string | undefined): string {
  if (kind !== 'list') return text;
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.join(', ') : text;
  } catch {
    return text;
  }
}

/**
 * Returns the first line of a message as a sentence of its own. The core writes messages to follow a label. For a
 * missing value, the placeholder has the example as the field shows it.
 */
export function messageSentence(message: string, placeholder = ''): string {
  const [first = ''] = message.split('\n');
  const [, example] = /^is required\. Give (?:a value such as|one of) (.+)\.$/s.exec(first) ?? [];
  if (example === undefined) return upperFirst(first);
  return `Required, such as ${placeholder.startsWith(SUCH_AS) ? placeholder.slice(SUCH_AS.length) : example}.`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
