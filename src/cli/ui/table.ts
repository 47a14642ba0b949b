import { styleText } from 'node:util';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { csvCell } from '../../result/csv.js';
import type { Row } from '../../result/rows.js';

const MAX_ROWS = 200;
/** The narrowest column that says anything, padding included. */
const MIN_COLUMN_WIDTH = 12;
/** A longer value is cut when other columns follow, so that one of them cannot push all the others out. */
const MAX_COLUMN_WIDTH = 48;
const COLUMN_PADDING = 2;
const BORDER_WIDTH = 1;

export interface TableOptions {
  /** Columns of the terminal. Without them all columns and rows are in the table, whole. */
  width?: number;
  colors: boolean;
}

/**
 * Returns rows as a table that fits the terminal. Columns get the width they need, the first ones first; a table that
 * is cut says what is missing.
 */
export function renderTable(rows: readonly Row[], { width, colors }: TableOptions): string {
  if (rows.length === 0) return 'No rows.\n';
  const visibleRows = width === undefined ? rows : rows.slice(0, MAX_ROWS);
  const columns = [...new Set(visibleRows.flatMap((row) => Object.keys(row)))];
  const cells = visibleRows.map((row) => columns.map((column) => toSafeLine(csvCell(row[column]))));
  const widths = fitColumns(
    columns.map((name, index) =>
      Math.max(...[name, ...cells.map((row) => row[index] ?? '')].map((text) => stringWidth(text))),
    ),
    width,
  );
  const visibleColumns = columns.slice(0, widths.length);
  const table = new Table({
    head: visibleColumns.map(toSafeLine).map((name) => (colors ? toBold(name) : name)),
    colWidths: widths,
    colAligns: visibleColumns.map((name) => (isNumeric(visibleRows, name) ? 'right' : 'left')),
    // The library's own colours follow this process's environment and terminal, not the stream that is written to.
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells.map((row) => row.slice(0, widths.length)));
  const notes = [
    `${rows.length.toLocaleString('en-US')} ${rows.length === 1 ? 'row' : 'rows'}`,
    ...(rows.length > visibleRows.length ? [`the first ${MAX_ROWS} shown`] : []),
    ...(columns.length > visibleColumns.length
      ? [`${columns.length - visibleColumns.length} more columns`]
      : []),
  ];
  const hint = notes.length > 1 ? '; --out FILE.csv saves all of it' : '';
  return `${table.toString()}\n${notes.join(', ')}${hint}.\n`;
}

function toBold(text: string): string {
  return styleText('bold', text, { validateStream: false });
}

/** Returns the widths of the columns that fit, padding included: whole ones as long as there is room. */
function fitColumns(contentWidths: readonly number[], terminalWidth: number | undefined): number[] {
  if (terminalWidth === undefined) return contentWidths.map((each) => each + COLUMN_PADDING);
  const widths: number[] = [];
  let remaining = terminalWidth - BORDER_WIDTH;
  for (const [index, contentWidth] of contentWidths.entries()) {
    const available = remaining - BORDER_WIDTH;
    if (index > 0 && available < MIN_COLUMN_WIDTH) break;
    const limit = index < contentWidths.length - 1 ? Math.min(available, MAX_COLUMN_WIDTH) : available;
    const width = Math.max(1 + COLUMN_PADDING, Math.min(contentWidth + COLUMN_PADDING, limit));
    widths.push(width);
    remaining -= width + BORDER_WIDTH;
  }
  return widths;
}

function isNumeric(rows: readonly Row[], column: string): boolean {
  const values = rows.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === 'number');
}

// Values come from event data: a control sequence in one would steer the terminal.
function toSafeLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '\ufffd');
}
