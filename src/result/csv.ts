import type { Row } from './rows.js';

/** Returns rows as CSV (RFC 4180). The header has all columns in order of first appearance; nested values are JSON. */
export async function toCsv(rows: readonly Row[]): Promise<string> {
  // Loaded on demand, so that importing the core stays fast.
  const { stringify } = await import('csv-stringify/sync');
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return '';
  return stringify(
    rows.map((row) => columns.map((column) => csvCell(row[column]))),
    { header: true, columns },
  );
}

/** Returns a value as a CSV cell: text as is, an empty text for null, JSON for nested values. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
