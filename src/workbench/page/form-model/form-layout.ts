import type { Control } from '../../../hosts/appsmith/manifest/schema.js';
import { type FormValues, type Section, sectionControls } from './form-values.js';
import { withPageWords } from './wording.js';

export type ExamplesTemplate = Extract<Control, { controlType: 'FORM_TEMPLATE' }>;

/** One control, or the two ends of a range of dates, which a form never tears apart. */
export type FormItem = { type: 'control'; control: Control } | { type: 'range'; from: Control; to: Control };

export interface FormLayout {
  /** What the query costs, and examples that fill the form in. */
  introduction?: ExamplesTemplate;
  /** Examples by group, as the requests of Custom Action have them. */
  requests: ExamplesTemplate[];
  /** What is asked of Mixpanel. */
  everyday: FormItem[];
  /** What is almost never changed. */
  advanced: FormItem[];
}

/**
 * Arranges a section for the page: everyday fields first. The manifest marks its last part with a heading, which has
 * no examples and no link. To that part, the page adds what the datasource already answers.
 */
export function layOut(section: Section, { hasDefaultProject }: { hasDefaultProject: boolean }): FormLayout {
  const all = sectionControls(section).map(withPageWords);
  const heading = all.findIndex(
    (control) => isTemplate(control) && control.url === undefined && control.options.length === 0,
  );
  const first = (heading < 0 ? all : all.slice(0, heading)).filter((control) => !isTemplate(control));
  const last = heading < 0 ? [] : all.slice(heading + 1).filter((control) => !isTemplate(control));
  // A form with nothing else to ask keeps the project in sight.
  const asksMore = first.some(({ field }) => field?.lookup !== 'workspaces' && field?.lookup !== 'projects');
  const isAnswered = ({ field }: Control) =>
    heading >= 0 &&
    (field?.lookup === 'workspaces' || (field?.lookup === 'projects' && hasDefaultProject && asksMore));
  return {
    introduction: all.filter(isTemplate).find(({ url }) => url !== undefined),
    requests: all.filter(isTemplate).filter(({ url, options }) => url === undefined && options.length > 0),
    everyday: joinRanges(first.filter((control) => !isAnswered(control))),
    advanced: joinRanges([...first.filter(isAnswered), ...last]),
  };
}

/** Returns whether a control is among the folded ones of its section. */
export function isFolded(
  sections: readonly Section[],
  { propertyName }: Control,
  options: { hasDefaultProject: boolean },
): boolean {
  return sections.some((section) =>
    layOut(section, options).advanced.some(
      (item) => item.type === 'control' && item.control.propertyName === propertyName,
    ),
  );
}

/** Returns what folded fields are set to, in one line: `JSON, rows, cache automatic`. */
export function summarize(items: readonly FormItem[], values: FormValues): string {
  const parts = items
    .flatMap((item) => (item.type === 'control' ? [item.control] : [item.from, item.to]))
    .map((control) => summarizeControl(control, String(values[control.configProperty] ?? '').trim()))
    .filter((part) => part !== undefined);
  return parts.map((part, index) => (index === 0 ? part : lowerFirst(part))).join(', ');
}

function summarizeControl(control: Control, value: string): string | undefined {
  if (control.controlType === 'DROP_DOWN') {
    const option = control.options.find((each) => each.value === value);
    return option?.label;
  }
  const name = control.label.replace(/ ID$/, '').replace(/ \(.*\)$/, '');
  if (value !== '') return `${name} ${shorten(value)}`;
  return control.placeholderText === 'Automatic' ? `${name} automatic` : undefined;
}

const MAX_VALUE_CHARACTERS = 24;

function shorten(value: string): string {
  return value.length > MAX_VALUE_CHARACTERS ? `${value.slice(0, MAX_VALUE_CHARACTERS)}…` : value;
}

/** `Rows` becomes `rows`; `JSON` stays. */
function lowerFirst(text: string): string {
  return /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function isTemplate(control: Control): control is ExamplesTemplate {
  return control.controlType === 'FORM_TEMPLATE';
}

function joinRanges(controls: readonly Control[]): FormItem[] {
  const to = controls.find(({ field }) => field?.key === 'toDate');
  return controls.flatMap((control): FormItem[] => {
    if (control.field?.key === 'fromDate' && to) return [{ type: 'range', from: control, to }];
    return control === to && controls.some(({ field }) => field?.key === 'fromDate')
      ? []
      : [{ type: 'control', control }];
  });
}
