import type { Row } from '../../../result/rows.js';
import { isLabel, isMeasure, toNumber } from './columns.js';
import { cellText, columnNames } from './result-rows.js';

/** Numbers by name. */
export interface BarChart {
  kind: 'bars';
  /** Column of the names. */
  category: string;
  measure: string;
  categories: string[];
  values: (number | null)[];
  /** The change of each value against the period before, as a fraction; 0.1 is 10 % more. */
  changes?: (number | null)[];
  note?: string;
  /** Whether rows are left out. */
  partial?: true;
  columns: { x: string; y: string };
}

const MAX_BARS = 30;
const SAMPLE_ROWS = 200;
/** Column of Get Today's Top Events. */
const CHANGE = 'percentChange';

/** Returns rows with a name and a number as bars, in the order of the rows; `undefined` if they have none. */
export function toBarChart(rows: readonly Row[]): BarChart | undefined {
  const sample = rows.slice(0, SAMPLE_ROWS);
  const columns = columnNames(sample);
  const measure = columns.find((name) => name !== CHANGE && isMeasure(sample, name));
  const label = columns.find((name) => isLabel(sample, name));
  if (measure === undefined || label === undefined) return undefined;
  const shown = rows.slice(0, MAX_BARS);
  const changes = shown.map((row) => toNumber(row[CHANGE]));
  return {
    kind: 'bars',
    category: label,
    measure,
    categories: shown.map((row) => cellText(row[label]) || '(empty)'),
    values: shown.map((row) => toNumber(row[measure])),
    ...(changes.some((change) => change !== null) ? { changes } : {}),
    ...(rows.length > shown.length
      ? { note: `The first ${shown.length} of ${rows.length.toLocaleString('en-US')} rows.`, partial: true }
      : {}),
    columns: { x: label, y: measure },
  };
}
