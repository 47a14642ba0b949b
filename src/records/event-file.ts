import type { ColumnType } from './column-types.js';
import { type CsvTable, inspectCsv, nameDelimiter, readCsvRecords, unknownColumn } from './csv-records.js';
import { type EventReading, type EventReadOptions, readEventRecord } from './event-record.js';
import { readJsonRecords, type SourceRecord } from './json-records.js';
import { COMMAND_LINE_WORDING } from './option-wording.js';
import { type ByteSource, checkEncoding, decodeText, detectEncoding } from './text-decoding.js';

export type EventFormat = 'csv' | 'json';

export interface EventFileOptions extends Omit<EventReadOptions, 'readFormatted'> {
  /** A date-fns format, such as `MM/dd/yyyy H:mm`; times in it are read first. */
  dateFormat?: string;
  /** Defaults to what the name or else the first sign tells. */
  format?: EventFormat;
  /** Defaults to what the bytes tell. */
  encoding?: string;
  delimiter?: string;
  /** Types of CSV columns, in place of the ones their cells have. */
  types?: Readonly<Record<string, ColumnType>>;
}

/** A record of a file, read as an event. */
export interface FileEvent extends EventReading {
  /** The line its record begins on, from 1. */
  line: number;
  source: SourceRecord & { cells?: readonly string[] };
}

/** A file of events, ready to be read as often as needed. */
export interface EventFile {
  format: EventFormat;
  /** The columns of a CSV file with their types. */
  table?: CsvTable;
  /** What was assumed about the file, a sentence each. */
  notes: readonly string[];
  events(): AsyncGenerator<FileEvent>;
}

/** What Mixpanel knows as text, whatever it looks like; a time is read by itself. */
const TEXT_PROPERTIES = ['event', 'distinct_id', '$insert_id', 'token', '$user_id', '$device_id', 'time'];
/** A prefix that tools put before the columns of what was nested. */
const PROPERTIES_PREFIX = /^properties[./](?=.)/;

/**
 * Opens a file of events: CSV, or JSON as an array, pretty printed or a record a line. A CSV file is read to its end
 * for the types of its columns; so is any file whose encoding has to be found.
 *
 * Throws `PluginError` if the file as a whole cannot be read.
 */
export async function openEventFile(source: ByteSource, options: EventFileOptions = {}): Promise<EventFile> {
  const notes: string[] = [];
  const { wording = COMMAND_LINE_WORDING } = options;
  if (options.encoding !== undefined) checkEncoding(options.encoding);
  const encoding = options.encoding ?? (await detectEncoding(source));
  if (options.encoding === undefined && encoding !== 'utf-8') {
    notes.push(
      `${source.name} is read as ${encoding}${encoding.startsWith('utf') ? '' : `, since it is no UTF-8; ${wording.encoding} names another`}.`,
    );
  }
  const reading: EventReadOptions = { ...options, readFormatted: await createTimeReader(options.dateFormat) };
  const openText = () => decodeText(source, encoding, wording);
  const format = options.format ?? (await detectFormat(source.name, openText));
  if (format === 'json') {
    return { format, notes, events: () => readEvents(readJsonRecords(openText(), source.name), reading) };
  }
  const table = await inspectCsv(openText, source.name, {
    delimiter: options.delimiter,
    types: options.types,
    textColumns: textColumnsOf(options.map),
    wording,
  });
  for (const column of Object.values(options.map ?? {})) {
    if (column !== '' && !table.header.includes(column))
      throw unknownColumn(column, table.header, source.name);
  }
  if (options.delimiter === undefined && table.dialect.delimiter !== ',') {
    notes.push(`The cells of ${source.name} are divided by a ${nameDelimiter(table.dialect.delimiter)}.`);
  }
  notes.push(...table.notes);
  const { decimalSign = '.' } = table.columns.find((column) => column.decimalSign === ',') ?? {};
  return {
    format,
    table,
    notes,
    events: () => readEvents(readTableRecords(openText(), source.name, table), reading, decimalSign),
  };
}

/** Returns the columns that are read as they stand: Mixpanel's own, and those that take their place. */
export function textColumnsOf(map: Readonly<Record<string, string>> = {}): ReadonlySet<string> {
  return new Set([
    ...TEXT_PROPERTIES,
    ...TEXT_PROPERTIES.map((name) => `properties.${name}`),
    ...Object.entries(map).flatMap(([target, column]) => (TEXT_PROPERTIES.includes(target) ? [column] : [])),
  ]);
}

async function createTimeReader(dateFormat: string | undefined): Promise<EventReadOptions['readFormatted']> {
  if (dateFormat === undefined) return undefined;
  const { createFormattedReader } = await import('../time/date-format.js');
  return createFormattedReader(dateFormat);
}

async function detectFormat(name: string, openText: () => AsyncIterable<string>): Promise<EventFormat> {
  if (/\.(?:csv|tsv|txt)(?:\.gz)?$/i.test(name)) return 'csv';
  if (/\.(?:json|ndjson|jsonl)(?:\.gz)?$/i.test(name)) return 'json';
  for await (const chunk of openText()) if (chunk.trim() !== '') return formatOfSample(chunk);
  return 'json';
}

/** Returns the format of a text by its first sign. */
export function formatOfSample(sample: string): EventFormat {
  return /^[\s\ufeff]*[{[]/.test(sample) ? 'json' : 'csv';
}

async function* readTableRecords(text: AsyncIterable<string>, name: string, table: CsvTable) {
  const nested = table.header.filter((column) => PROPERTIES_PREFIX.test(column));
  for await (const record of readCsvRecords(text, name, table)) {
    const value = record.value as Record<string, unknown>;
    for (const column of nested) {
      if (!Object.hasOwn(value, column)) continue;
      value[column.replace(PROPERTIES_PREFIX, '')] ??= value[column];
      delete value[column];
    }
    yield record;
  }
}

async function* readEvents(
  records: AsyncIterable<SourceRecord>,
  options: EventReadOptions,
  decimalSign = '.',
): AsyncGenerator<FileEvent> {
  for await (const source of records) {
    if (source.problem) {
      yield {
        line: source.line,
        problems: [source.problem],
        zoneAssumed: false,
        timeAssumed: false,
        source,
      };
      continue;
    }
    const reading = readEventRecord(withDecimalPoint(source.value, decimalSign), options);
    yield { line: source.line, ...reading, source };
  }
}

// The column of the time is read as text, so that its decimal comma is still there.
function withDecimalPoint(value: unknown, decimalSign: string): unknown {
  if (decimalSign !== ',') return value;
  const record = value as { time?: unknown };
  if (typeof record.time !== 'string' || !/^\d+,\d+$/.test(record.time)) return value;
  return { ...record, time: record.time.replace(',', '.') };
}
