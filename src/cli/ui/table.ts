import Table from 'cli-table3';
import { csvCell } from '../../result/csv.js';
import type { Row } from '../../result/rows.js';

const SHOWN_ROWS = 200;
/** What a column needs to say anything, its padding included. */
const NARROWEST_COLUMN = 12;
const PADDING = 2;

/** Rows as a table that fits the terminal; long ones are cut, with the number of rows left out. */
export function renderTable(rows: readonly Row[], terminalWidth: number): string {
  if (rows.length === 0) return 'No rows.\n';
  const shown = rows.slice(0, SHOWN_ROWS);
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const fitting = columns.slice(0, Math.max(1, Math.floor((terminalWidth - 1) / (NARROWEST_COLUMN + 1))));
  const cells = shown.map((row) => fitting.map((column) => oneLine(csvCell(row[column]))));
  const share = Math.floor((terminalWidth - 1) / fitting.length) - 1;
  const table = new Table({
    head: fitting.map(oneLine),
    colWidths: fitting.map((name, index) => {
      const widest = Math.max(widthOf(name), ...cells.map((row) => widthOf(row[index] ?? '')));
      return Math.min(widest + PADDING, share);
    }),
    style: { head: ['bold'], border: ['gray'], compact: true },
  });
  table.push(...cells);
  const notes = [
    `${rows.length.toLocaleString('en-US')} ${rows.length === 1 ? 'row' : 'rows'}`,
    ...(rows.length > shown.length ? [`the first ${SHOWN_ROWS} shown`] : []),
    ...(columns.length > fitting.length ? [`${columns.length - fitting.length} more columns`] : []),
  ];
  const more = notes.length > 1 ? '; --format csv --out FILE saves all of it' : '';
  return `${table.toString()}\n${notes.join(', ')}${more}.\n`;
}

// Values come from whoever sends events: a control sequence among them would steer the terminal.
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '\ufffd');
}

// Most signs beyond Latin-1 may take two places: a column rather a little too wide than cut.
function widthOf(text: string): number {
  return text.length + (text.match(/[\u0100-\uffff]/g)?.length ?? 0);
}
