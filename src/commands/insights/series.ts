import { entriesOf } from '../../json/key-order.js';
import { isObject } from '../../json/object.js';

/** The word Mixpanel writes in place of a breakdown's value for the total over all of them. */
export const OVERALL = '$overall';
/** The only key of the time level in a report without a time axis. */
export const WHOLE_RANGE = 'all';

/** A value at the end of a path of keys. */
export interface Leaf {
  path: readonly string[];
  value: unknown;
}

/** No report has as many breakdowns; what is nested deeper is a value. */
const MAX_LEVELS = 50;

/** Returns the leaves of nested objects in the order they were written; `isLeaf` says which objects are values. */
export function leavesOf(series: unknown, isLeaf: (node: object) => boolean = () => false): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (node: unknown, path: readonly string[]) => {
    if (!isObject(node) || isLeaf(node) || path.length === MAX_LEVELS) {
      leaves.push({ path, value: node });
      return;
    }
    for (const [key, child] of entriesOf(node)) walk(child, [...path, key]);
  };
  if (series !== undefined) walk(series, []);
  return leaves;
}

/** Whether a row sums up the rows of a breakdown, as far as its breakdown values say. */
export function hasOverall(levels: readonly (string | null)[]): boolean {
  return levels.includes(OVERALL);
}

/**
 * Returns a column for each level. `$event` and `$metric` are Mixpanel's own names; without the dollar they read as
 * columns. A report may be broken down by the same property twice, or by one whose name is taken or can be no column
 * of its own place (`42` would come before all others): its column is `property_42`.
 */
export function columnNames(
  headers: readonly string[],
  depth: number,
  taken: readonly string[],
  unnamed: (level: number) => string = (level) => `level${level + 1}`,
): string[] {
  const used = new Set([...taken, '__proto__']);
  return Array.from({ length: depth }, (_, level) => {
    let name = headers[level]?.replace(/^\$/, '') || unnamed(level);
    while (used.has(name) || /^\d+$/.test(name)) name = `property_${name}`;
    used.add(name);
    return name;
  });
}
