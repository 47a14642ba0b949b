import type { Row } from './rows.js';

/** Rows as CSV (RFC 4180), with a header of all columns in the order they first appear; nested values as JSON. */
export async function toCsv(rows: readonly Row[]): Promise<string> {
  // Loaded only when somebody asks for CSV, so that embedding the core stays light.
  const { stringify } = await import('csv-stringify/sync');
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return '';
  return stringify(
    rows.map((row) => columns.map((column) => csvCell(row[column]))),
    { header: true, columns },
  );
}

/** A value as one CSV cell: text as it is, nothing for null, JSON for what is nested. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
