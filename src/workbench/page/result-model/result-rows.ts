import { isRows, type Row } from '../../../result/rows.js';

/** Returns a body as rows if it is a list, otherwise `undefined`. */
export function toRows(body: unknown): Row[] | undefined {
  if (isRows(body)) return body;
  const isScalarList = Array.isArray(body) && body.every((each) => typeof each !== 'object' || each === null);
  return isScalarList ? body.map((value: unknown) => ({ value })) : undefined;
}

/** Parses CSV text into rows. Returns `undefined` if it is not CSV. */
export async function parseCsvRows(text: string): Promise<Row[] | undefined> {
  // Loaded on demand: few results are CSV.
  const { parse } = await import('csv-parse/sync');
  try {
    return parse(text, { columns: true, relax_column_count: true });
  } catch {
    return undefined;
  }
}

/** Returns all columns in order of first appearance. */
export function columnNames(rows: readonly Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  return [...columns];
}

/** Returns a value as the text of a table cell. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
