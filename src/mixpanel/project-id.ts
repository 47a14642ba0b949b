/** Longer than any id of Mixpanel's; today's have seven digits. */
const MAX_DIGITS = 20;
const MAX_LENGTH = 32;

export const PROJECT_ID_PATTERN = new RegExp(`^\\d{1,${MAX_DIGITS}}$`);

/**
 * Returns the one spelling of a project id: without spaces around it and without leading zeros. Mixpanel reads
 * `01234567` and `1234567` as one project, so both must share its quota and its cached results. What is too long for
 * an id is cut, so that it cannot fill the memory.
 */
export function toCanonicalProjectId(id: string): string {
  return id
    .trim()
    .slice(0, MAX_LENGTH)
    .replace(/^0+(?=\d+$)/, '');
}
