import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { PluginError } from '../../errors.js';
import { parseJson } from '../../json/large-integers.js';
import { isObject } from '../../json/object.js';
import { SECOND_MS } from '../../time/durations.js';
import { openInput, readLines } from './resumable-download.js';

export type EventFormat = 'ndjson' | 'csv';

/** The format a file's name tells; NDJSON where it tells none. */
export function detectFormat(file: string): EventFormat {
  return /\.csv(\.gz)?$/i.test(file) ? 'csv' : 'ndjson';
}

/**
 * Events of a file, one after another. A line is an event as the export gives it (`event` and `properties`) or flat,
 * as our own downloads are: then what is not `event` is a property.
 */
export async function* readEvents(
  file: string,
  { format = detectFormat(file), token }: { format?: EventFormat; token?: string } = {},
): AsyncGenerator<unknown> {
  for await (const record of format === 'csv' ? readCsvRecords(openInput(file)) : readNdjsonRecords(file)) {
    yield toEvent(record, token);
  }
}

async function* readNdjsonRecords(file: string): AsyncGenerator<unknown> {
  let recordNumber = 0;
  for await (const line of readLines(file)) {
    recordNumber += 1;
    try {
      yield parseJson(line);
    } catch {
      throw new PluginError(
        'INVALID_INPUT',
        `Record ${recordNumber} of ${file} is not valid JSON: ${line.slice(0, MAX_QUOTED_CHARACTERS)}. Correct it and repeat the command: what has been sent is not sent again.`,
      );
    }
  }
}

const MAX_QUOTED_CHARACTERS = 80;

/** Rows of a CSV file by its header; an empty cell is an absent property. */
async function* readCsvRecords(bytes: Readable): AsyncGenerator<unknown> {
  const rows = bytes.pipe(parse({ columns: true, bom: true, skip_empty_lines: true }));
  bytes.once('error', (error) => rows.destroy(error));
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    yield Object.fromEntries(
      Object.entries(row)
        .filter(([, cell]) => cell !== '')
        .map(([name, cell]) => [name, parseCell(cell)]),
    );
  }
}

/** A cell that is written as JSON writes it is that value; `00123` and `1e3` stay text. */
function parseCell(cell: string): unknown {
  const looksLikeJson = cell === 'true' || cell === 'false' || cell.startsWith('{') || cell.startsWith('[');
  if (looksLikeJson || String(Number(cell)) === cell) {
    try {
      return JSON.parse(cell);
    } catch {
      // Text after all.
    }
  }
  return cell;
}

function toEvent(record: unknown, token: string | undefined): unknown {
  if (!isObject(record)) return record;
  const { event, ...others } = record;
  const source = isObject(record.properties) ? record.properties : others;
  const properties = { ...source };
  if (typeof properties.time === 'string' && ISO_TIME.test(properties.time)) {
    properties.time = Date.parse(properties.time) / SECOND_MS;
  }
  if (token !== undefined) properties.token ??= token;
  return { event, properties };
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T/;
