import type { LookupOption } from './control-props.js';

/** A project may have thousands of saved reports; more than these on the screen would only be slow. */
export const MAX_SHOWN_OPTIONS = 100;

/** Returns the entries that have all the words of a text, in any case; those that begin with the text come first. */
export function filterOptions(options: readonly LookupOption[], text: string): readonly LookupOption[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  const typed = text.trim().toLowerCase();
  const found = options.filter(({ label, value }) => {
    const entry = `${label} ${value}`.toLowerCase();
    return words.every((word) => entry.includes(word));
  });
  const isPrefix = ({ label, value }: LookupOption) =>
    label.toLowerCase().startsWith(typed) || value.toLowerCase().startsWith(typed);
  return [...found.filter(isPrefix), ...found.filter((option) => !isPrefix(option))];
}
