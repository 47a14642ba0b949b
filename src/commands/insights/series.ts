import { entriesOf } from '../../json/key-order.js';
import { isObject } from '../../json/object.js';

/** Mixpanel's breakdown value for the total over all values. */
export const OVERALL = '$overall';
/** Only key of the time level in a report without a time axis. */
export const WHOLE_RANGE = 'all';

/** A value at the end of a path of keys. */
export interface Leaf {
  path: readonly string[];
  value: unknown;
}

/** More levels than any report has; deeper objects are values. */
const MAX_LEVELS = 50;

/** Returns the leaves of nested objects in document order. `isLeaf` says which objects are values. */
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

/** Returns whether the breakdown values mark a row as a total. */
export function hasOverall(levels: readonly (string | null)[]): boolean {
  return levels.includes(OVERALL);
}

/**
 * Returns a column name for each level. Removes the dollar sign of Mixpanel's `$event` and `$metric`. Adds the prefix
 * `property_` to names that are taken, that occur twice, or that are whole numbers (`42`), which JavaScript would list
 * first.
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
