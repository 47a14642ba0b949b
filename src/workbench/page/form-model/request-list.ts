import type { ExamplesTemplate } from './form-layout.js';
import type { FormValues } from './form-values.js';

/** A request of the menu. */
export interface RequestItem {
  /** Tells it apart from the others. */
  value: string;
  /** With the group in front if another group has the same label: `Group profile updates: Set`. */
  label: string;
  description: string;
  /** What it writes into the form, by path. */
  fills: Readonly<Record<string, string>>;
}

export interface RequestGroupItems {
  group: string;
  items: RequestItem[];
}

/** Returns the requests of the menu by group. */
export function listRequests(groups: readonly ExamplesTemplate[]): RequestGroupItems[] {
  const labels = groups.flatMap(({ options }) => options.map(({ label }) => label));
  const isUnique = (label: string) => labels.indexOf(label) === labels.lastIndexOf(label);
  return groups.map(({ label: group, options }, groupIndex) => ({
    group,
    items: options.map(({ label, description = '', value: fills }, index) => ({
      value: `${groupIndex}.${index}`,
      label: isUnique(label) ? label : `${group}: ${label}`,
      description,
      fills,
    })),
  }));
}

/** Returns the request whose every value is in the form. */
export function findFilledRequest(
  requests: readonly RequestGroupItems[],
  values: FormValues,
): string | undefined {
  return requests
    .flatMap(({ items }) => items)
    .find(({ fills }) => Object.entries(fills).every(([path, text]) => (values[path] ?? '') === text))?.value;
}
