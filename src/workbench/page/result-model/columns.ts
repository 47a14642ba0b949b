import type { Row } from '../../../result/rows.js';

const ISO_DATE = /^\d{4}-\d{2}-\d{2}([T ].*)?$/;
/** Numbers that name, order or report on a row rather than measure it. */
const NOT_A_MEASURE = /^(rank|index|page|step|status|accepted|id|.*_id|.*Id)$/;

export function isDateColumn(rows: readonly Row[], name: string): boolean {
  return /date|time/i.test(name) && rows.every((row) => ISO_DATE.test(String(row[name])));
}

export function isMeasure(rows: readonly Row[], name: string): boolean {
  if (NOT_A_MEASURE.test(name)) return false;
  const values = presentValues(rows, name);
  return values.length > 0 && values.every((value) => toNumber(value) !== null);
}

export function isLabel(rows: readonly Row[], name: string): boolean {
  const values = presentValues(rows, name);
  return values.length > 0 && values.every((value) => typeof value === 'string') && !isMeasure(rows, name);
}

function presentValues(rows: readonly Row[], name: string): unknown[] {
  return rows
    .map((row) => row[name])
    .filter((value) => value !== null && value !== undefined && value !== '');
}

/** Returns a value as a number, also from the text of a CSV cell; `null` if it is none. */
export function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : null;
}
