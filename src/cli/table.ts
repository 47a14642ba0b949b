import Table from 'cli-table3';
import { csvCell } from '../csv.js';
import type { Row } from '../row.js';

const SHOWN_ROWS = 200;
const NARROWEST_CELL = 8;
const BORDERS_PER_CELL = 3;

/** Rows as a table that fits the terminal; long ones are cut, with the number of rows left out. */
export function renderTable(rows: readonly Row[], terminalWidth: number): string {
  if (rows.length === 0) return 'No rows.\n';
  const shown = rows.slice(0, SHOWN_ROWS);
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const most = Math.max(1, Math.floor(terminalWidth / (NARROWEST_CELL + BORDERS_PER_CELL)));
  const fitting = columns.slice(0, most);
  const cellWidth = Math.max(NARROWEST_CELL, Math.floor(terminalWidth / fitting.length) - BORDERS_PER_CELL);
  const table = new Table({
    head: fitting.map((name) => cut(name, cellWidth)),
    style: { head: ['bold'], border: ['gray'], compact: true },
  });
  for (const row of shown) table.push(fitting.map((column) => cut(csvCell(row[column]), cellWidth)));
  const notes = [
    `${rows.length.toLocaleString('en-US')} ${rows.length === 1 ? 'row' : 'rows'}`,
    ...(rows.length > shown.length ? [`the first ${SHOWN_ROWS} shown`] : []),
    ...(columns.length > fitting.length ? [`${columns.length - fitting.length} more columns`] : []),
  ];
  const more = notes.length > 1 ? '; --format csv --out FILE saves all of it' : '';
  return `${table.toString()}\n${notes.join(', ')}${more}.\n`;
}

function cut(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
