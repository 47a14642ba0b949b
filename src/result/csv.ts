import { Turns } from '../json/turns.js';
import type { Row } from './rows.js';

const SLICE_ROWS = 500;

/**
 * Returns rows as CSV (RFC 4180). The header has all columns in order of first appearance; nested values are JSON.
 * Many rows are written in turns.
 */
export async function toCsv(rows: readonly Row[], turns = new Turns()): Promise<string> {
  const columns = await collectColumns(rows, turns);
  if (columns.length === 0) return '';
  const parts = [await toCsvHeader(columns)];
  for (let start = 0; start < rows.length; start += SLICE_ROWS) {
    const part = await toCsvLines(rows.slice(start, start + SLICE_ROWS), columns);
    parts.push(part);
    await turns.spend(part.length);
  }
  return parts.join('');
}

/** Returns the line that names the columns. */
export async function toCsvHeader(columns: readonly string[]): Promise<string> {
  const { stringify } = await loadStringifier();
  return stringify([[...columns]]);
}

/** Returns the lines of rows, without a header, for files that are written in parts. */
export async function toCsvLines(rows: readonly Row[], columns: readonly string[]): Promise<string> {
  const { stringify } = await loadStringifier();
  return stringify(rows.map((row) => columns.map((column) => csvCell(row[column]))));
}

/** Loads on demand, so that importing the core stays fast. */
function loadStringifier() {
  return import('csv-stringify/sync');
}

async function collectColumns(rows: readonly Row[], turns: Turns): Promise<string[]> {
  const columns = new Set<string>();
  for (const row of rows) {
    const names = Object.keys(row);
    for (const name of names) columns.add(name);
    const turn = turns.spend(names.length);
    if (turn) await turn;
  }
  return [...columns];
}

/** Returns a value as a CSV cell: text as is, an empty text for null, JSON for nested values. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
