import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { closest, distance } from 'fastest-levenshtein';
import { PluginError } from '../errors.js';
import { MEGABYTE } from '../json/bytes.js';
import { ColumnProfile, type ColumnType, type DecimalSign, readCell } from './column-types.js';
import { type CsvDialect, detectDialect } from './csv-dialect.js';
import type { RecordProblem } from './event-record.js';
import type { SourceRecord } from './json-records.js';
import { COMMAND_LINE_WORDING, type OptionWording } from './option-wording.js';
import { describePlaces, ProblemGroups } from './problem-groups.js';

/** A row that is longer than this has no end. */
const MAX_ROW_CHARACTERS = 16 * MEGABYTE;

interface Column {
  name: string;
  type: ColumnType;
  decimalSign: DecimalSign;
}

/** What a first pass over a whole CSV file found. */
export interface CsvTable {
  dialect: CsvDialect;
  header: readonly string[];
  columns: readonly Column[];
  rows: number;
  /** What was assumed or passed over, a sentence each. */
  notes: readonly string[];
}

interface CsvRow {
  /** The line it begins on, from 1. */
  line: number;
  cells: string[];
}

export interface CsvInspectOptions {
  delimiter?: string;
  /** Types by column, in place of the ones the cells have. */
  types?: Readonly<Record<string, ColumnType>>;
  /** Columns that are read as they stand, such as the time of an event. */
  textColumns?: ReadonlySet<string>;
  /** Defaults to the options of the command line. */
  wording?: OptionWording;
}

/**
 * Reads a CSV file to its end for its columns and their types: a column has one type, the one of all its cells.
 * Throws `PluginError` with every line on which its cells do not fit its header.
 */
export async function inspectCsv(
  openText: () => AsyncIterable<string>,
  name: string,
  { delimiter, types = {}, textColumns = new Set(), wording = COMMAND_LINE_WORDING }: CsvInspectOptions,
): Promise<CsvTable> {
  const dialect = await readDialect(openText(), delimiter);
  const faults = new ProblemGroups();
  let header: string[] | undefined;
  let headerCells = 0;
  let profiles: ColumnProfile[] = [];
  let rows = 0;
  let cutRows = 0;
  for await (const block of readRows(openText(), name, dialect)) {
    for (const { line, cells } of block) {
      if (header === undefined) {
        header = cells.map((cell) => cell.trim());
        headerCells = cells.length;
        while (header.length > 1 && header.at(-1) === '') header.pop();
        checkHeader(header, name);
        profiles = header.map(() => new ColumnProfile());
        continue;
      }
      rows += 1;
      if (cells.length > header.length && cells.slice(header.length).every((cell) => cell.trim() === '')) {
        cutRows += 1;
      } else if (cells.length !== header.length) {
        faults.add(line, {
          message: describeUneven(header.length, headerCells, cells.length, dialect),
        });
        continue;
      }
      for (const [index, profile] of profiles.entries()) {
        const cell = cells[index]!;
        if (cell.trim() !== '') profile.add(cell);
      }
    }
  }
  if (header === undefined) throw new PluginError('INVALID_INPUT', `${name} is empty. Nothing was sent.`);
  if (faults.size > 0) {
    throw fileError(
      name,
      [...faults].map((fault) => `${describePlaces('line', fault)}: ${fault.message}`),
    );
  }
  const table = toTable(header, profiles, dialect, { types, textColumns, wording }, name);
  const notes = [...table.notes];
  if (cutRows > 0) {
    notes.push(
      `${cutRows.toLocaleString('en-US')} ${cutRows === 1 ? 'row has' : 'rows have'} empty cells beyond the last column; they were passed over.`,
    );
  }
  return { dialect, header, columns: table.columns, rows, notes };
}

function describeUneven(columns: number, headerCells: number, cells: number, dialect: CsvDialect): string {
  if (cells > columns && cells <= headerCells) {
    return `column ${columns + 1} has a cell, but no name in the header. Name it.`;
  }
  const advice =
    cells > columns
      ? `A ${nameDelimiter(dialect.delimiter)} within a cell needs quotes around the cell.`
      : 'Fill the row up with empty cells.';
  return `the header has ${columns} columns, the row has ${cells}. ${advice}`;
}

function toTable(
  header: string[],
  profiles: ColumnProfile[],
  dialect: CsvDialect,
  { types, textColumns, wording }: Required<Omit<CsvInspectOptions, 'delimiter'>>,
  name: string,
): { columns: Column[]; notes: string[] } {
  for (const column of Object.keys(types)) {
    if (!header.includes(column)) throw unknownColumn(column, header, name);
  }
  // Where a comma divides the cells, it cannot divide a number from its decimals too.
  const fileSign: DecimalSign =
    dialect.delimiter !== ',' && profiles.some(({ hasDecimalCommas }) => hasDecimalCommas) ? ',' : '.';
  const notes: string[] = [];
  const columns = header.map((column, index): Column => {
    const profile = profiles[index]!;
    const type = types[column] ?? (textColumns.has(column) ? 'text' : undefined);
    if (type) return { name: column, type, decimalSign: fileSign };
    const inferred = { name: column, ...profile.type(fileSign) };
    if (inferred.type === 'number' && fileSign === ',' && profile.isAmbiguous) {
      notes.push(
        `The points in column ${column} are taken as thousands, as the file has decimal commas; ${wording.textType(column)} keeps them as they are.`,
      );
    }
    return inferred;
  });
  if (fileSign === ',') notes.push('Numbers are read with a decimal comma.');
  return { columns, notes };
}

/** Streams the rows of an inspected file as records. Empty cells are absent. */
export async function* readCsvRecords(
  text: AsyncIterable<string>,
  name: string,
  { dialect, header, columns }: CsvTable,
): AsyncGenerator<SourceRecord & { cells: string[] }> {
  let atHeader = true;
  for await (const block of readRows(text, name, dialect)) {
    for (const { line, cells } of block) {
      if (atHeader) {
        atHeader = false;
        continue;
      }
      const value: Record<string, unknown> = {};
      let problem: RecordProblem | undefined;
      for (let index = 0; index < columns.length; index += 1) {
        const { name: column, type, decimalSign } = columns[index]!;
        const cell = cells[index] ?? '';
        if (cell === '' || cell.trim() === '') continue;
        const read = readCell(cell, type, decimalSign);
        if (read === undefined) {
          problem ??= { message: `column ${column} is to be ${type}, and the cell is not.`, received: cell };
        } else define(value, column, read);
      }
      yield {
        line,
        value,
        problem,
        text: cells.join(dialect.delimiter),
        cells: cells.length > header.length ? cells.slice(0, header.length) : cells,
      };
    }
  }
}

function define(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true });
  else target[name] = value;
}

/**
 * Yields rows with at least one cell that is not empty, each with its line, as many together as have arrived. Up to the
 * first quote in a file a row is no more than a line divided at the delimiters, which takes a tenth of the time that the
 * parser does; from the line with that quote on, the parser reads it.
 */
async function* readRows(
  text: AsyncIterable<string>,
  name: string,
  dialect: CsvDialect,
): AsyncGenerator<CsvRow[]> {
  const chunks = text[Symbol.asyncIterator]();
  const { delimiter, hasSeparatorLine } = dialect;
  let nextLine = 1;
  const toRow = (cells: string[]): CsvRow | null => {
    const line = nextLine;
    nextLine += 1;
    if (line === 1 && hasSeparatorLine) return null;
    return cells.every((cell) => cell.trim() === '') ? null : { line, cells };
  };
  const readLines = (lines: string): CsvRow[] => {
    const rows: CsvRow[] = [];
    for (const line of lines.split(lines.includes('\r') ? LINE_END : '\n')) {
      const row = toRow(line.split(delimiter));
      if (row) rows.push(row);
    }
    return rows;
  };
  let pending = '';
  let endsWithReturn = false;
  const canSplit = delimiter.length === 1 && !QUOTE_OR_LINE_END.test(delimiter);
  try {
    for (;;) {
      const { value: chunk, done } = canSplit ? await chunks.next() : { value: '', done: false };
      if (done) break;
      const isAfterReturn = endsWithReturn;
      endsWithReturn = chunk.endsWith('\r');
      pending += chunk;
      // The parser has the words for a row without an end, too.
      if (!canSplit || chunk.includes(QUOTE) || pending.length > MAX_ROW_CHARACTERS) {
        const rest = prepend(pending, { [Symbol.asyncIterator]: () => chunks });
        yield* parseRows(rest, name, dialect, nextLine);
        return;
      }
      // A long line is looked through once, however many chunks it takes.
      if (lastLineEnd(chunk) < 0 && !isAfterReturn) continue;
      const end = lastLineEnd(pending);
      if (end < 0) continue;
      const rows = readLines(
        pending.slice(0, pending[end - 1] === '\r' && pending[end] === '\n' ? end - 1 : end),
      );
      pending = pending.slice(end + 1);
      if (rows.length > 0) yield rows;
    }
    if (pending !== '') yield readLines(pending.replace(/\r$/, ''));
  } finally {
    await chunks.return?.();
  }
}

const QUOTE = '"';
const LINE_END = /\r\n|\n|\r/;
const QUOTE_OR_LINE_END = /["\r\n]/;

/** Returns where the last line ends, or -1. A carriage return at the very end may be half of an end that is to come. */
function lastLineEnd(text: string): number {
  const lastReturn = text.length < 2 ? -1 : text.lastIndexOf('\r', text.length - 2);
  return Math.max(text.lastIndexOf('\n'), lastReturn);
}

async function* prepend(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

/** Yields the rows of a text with quotes. */
async function* parseRows(
  text: AsyncIterable<string>,
  name: string,
  { delimiter, hasSeparatorLine }: CsvDialect,
  firstLine: number,
): AsyncGenerator<CsvRow[]> {
  let nextLine = firstLine;
  // Called as rows are parsed: when the parser fails, rows before the fault may not have been handed over yet.
  const toRow = (cells: string[]): CsvRow | null => {
    const line = nextLine;
    nextLine += linesOf(cells);
    if (line === 1 && hasSeparatorLine) return null;
    return cells.every((cell) => cell.trim() === '') ? null : { line, cells };
  };
  const parser = parse({
    delimiter,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_ROW_CHARACTERS,
    // Its types know only records that are arrays.
    on_record: toRow as unknown as (cells: string[]) => string[],
  });
  const input = Readable.from(text);
  input.once('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const row of parser as AsyncIterable<CsvRow>) yield [row];
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    throw fileError(name, [describeQuoteFault(thrown, nextLine)]);
  } finally {
    input.destroy();
    parser.destroy();
  }
}

function linesOf(cells: readonly string[]): number {
  let lines = 1;
  for (const cell of cells) if (cell.includes('\n')) lines += cell.split('\n').length - 1;
  return lines;
}

function describeQuoteFault(error: CsvError, line: number): string {
  const { column } = error as { column?: number };
  const place = typeof column === 'number' ? `line ${line}, column ${column + 1}` : `line ${line}`;
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `line ${line}: a quote is opened and never closed. Close it, or double it ("") if it belongs to the text.`;
    case 'CSV_MAX_RECORD_SIZE':
      return `line ${line}: the row that begins here has no end within ${MAX_ROW_CHARACTERS / MEGABYTE} MB. Most often a quote is opened and never closed.`;
    case 'INVALID_OPENING_QUOTE':
      return `${place}: a quote stands within a cell that has none around it. Put the cell in quotes and double the quote, such as "5"" screen".`;
    case 'CSV_INVALID_CLOSING_QUOTE':
      return `${place}: text follows a closing quote. Double a quote that belongs to the text, such as "5"" screen".`;
    default:
      return `${place}: the row cannot be read (${error.code}).`;
  }
}

async function readDialect(text: AsyncIterable<string>, delimiter: string | undefined): Promise<CsvDialect> {
  let sample = '';
  for await (const chunk of text) {
    sample += chunk;
    if (sample.length >= SAMPLE_CHARACTERS) break;
  }
  const detected = detectDialect(sample.slice(0, SAMPLE_CHARACTERS));
  return delimiter === undefined ? detected : { ...detected, delimiter };
}

const SAMPLE_CHARACTERS = 64 * 1024;

function checkHeader(header: readonly string[], name: string): void {
  const problems: string[] = [];
  const empty = header.flatMap((column, index) => (column === '' ? [index + 1] : []));
  if (empty.length > 0) problems.push(`line 1: column ${empty.join(', ')} has no name.`);
  const repeated = new Set(header.filter((column, index) => column && header.indexOf(column) !== index));
  for (const column of repeated) problems.push(`line 1: two columns are named ${JSON.stringify(column)}.`);
  if (problems.length > 0) throw fileError(name, problems);
}

function fileError(name: string, problems: readonly string[]): PluginError {
  return new PluginError(
    'INVALID_INPUT',
    [`${name} cannot be read as CSV. Nothing was sent.`, ...problems].join('\n'),
  );
}

/** Returns the error for a column that is not there, with the one that was likely meant. */
export function unknownColumn(column: string, header: readonly string[], name: string): PluginError {
  const nearest = closest(column, [...header]);
  const hint = distance(column, nearest) <= 2 ? ` Did you mean ${nearest}?` : ` It has ${header.join(', ')}.`;
  return new PluginError('INVALID_INPUT', `There is no column ${JSON.stringify(column)} in ${name}.${hint}`);
}

/** Returns what people call a delimiter. */
export function nameDelimiter(delimiter: string): string {
  return { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }[delimiter] ?? delimiter;
}
