import Table from 'cli-table3';
import { csvCell } from '../../result/csv.js';
import type { Row } from '../../result/rows.js';

const MAX_ROWS = 200;
/** What a column needs to say anything, its padding included. */
const MIN_COLUMN_WIDTH = 12;
const COLUMN_PADDING = 2;

/** Rows as a table that fits the terminal; long ones are cut, with the number of rows left out. */
export function renderTable(rows: readonly Row[], terminalWidth: number): string {
  if (rows.length === 0) return 'No rows.\n';
  const visibleRows = rows.slice(0, MAX_ROWS);
  const columns = [...new Set(visibleRows.flatMap((row) => Object.keys(row)))];
  const visibleColumns = columns.slice(
    0,
    Math.max(1, Math.floor((terminalWidth - 1) / (MIN_COLUMN_WIDTH + 1))),
  );
  const cells = visibleRows.map((row) => visibleColumns.map((column) => toSafeLine(csvCell(row[column]))));
  const maxColumnWidth = Math.floor((terminalWidth - 1) / visibleColumns.length) - 1;
  const table = new Table({
    head: visibleColumns.map(toSafeLine),
    colWidths: visibleColumns.map((name, index) => {
      const widest = Math.max(displayWidth(name), ...cells.map((row) => displayWidth(row[index] ?? '')));
      return Math.min(widest + COLUMN_PADDING, maxColumnWidth);
    }),
    style: { head: ['bold'], border: ['gray'], compact: true },
  });
  table.push(...cells);
  const notes = [
    `${rows.length.toLocaleString('en-US')} ${rows.length === 1 ? 'row' : 'rows'}`,
    ...(rows.length > visibleRows.length ? [`the first ${MAX_ROWS} shown`] : []),
    ...(columns.length > visibleColumns.length
      ? [`${columns.length - visibleColumns.length} more columns`]
      : []),
  ];
  const hint = notes.length > 1 ? '; --format csv --out FILE saves all of it' : '';
  return `${table.toString()}\n${notes.join(', ')}${hint}.\n`;
}

// Values come from whoever sends events: a control sequence among them would steer the terminal.
function toSafeLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '\ufffd');
}

// Most signs beyond Latin-1 may take two places: a column rather a little too wide than cut.
function displayWidth(text: string): number {
  return text.length + (text.match(/[\u0100-\uffff]/g)?.length ?? 0);
}
