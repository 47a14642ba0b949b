import { isRows, type Row } from '../../../result/rows.js';

/** A body as rows, where it is a list. `undefined` for anything else. */
export function toRows(body: unknown): Row[] | undefined {
  if (isRows(body)) return body;
  const isScalarList = Array.isArray(body) && body.every((each) => typeof each !== 'object' || each === null);
  return isScalarList ? body.map((value: unknown) => ({ value })) : undefined;
}

/** CSV text as rows; `undefined` where it is none. */
export async function parseCsvRows(text: string): Promise<Row[] | undefined> {
  // CSV is the exception; its parser need not be part of the first screen.
  const { parse } = await import('csv-parse/sync');
  try {
    return parse(text, { columns: true, relax_column_count: true });
  } catch {
    return undefined;
  }
}

/** All columns in the order they first appear. */
export function columnNames(rows: readonly Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  return [...columns];
}

/** A value as a table shows it. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
