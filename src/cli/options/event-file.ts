import { type Command, InvalidArgumentError, Option } from 'commander';
import { COLUMN_TYPES, type ColumnType } from '../../records/column-types.js';
import type { EventFormat } from '../../records/event-file.js';
import { describeDateFormatProblem } from '../../time/date-format.js';
import { isZone } from '../../time/zone.js';

export interface EventFileCliOptions {
  format?: EventFormat;
  token?: string;
  map?: Record<string, string>;
  types?: Record<string, ColumnType>;
  timezone?: string;
  dateFormat?: string;
  encoding?: string;
  delimiter?: string;
}

/** Adds the options that say how a file of events is to be read. */
export function addEventFileOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'by default detected from the name of the file or its first character')
        .choices(['csv', 'ndjson', 'json'])
        .argParser(parseFormat),
    )
    .option('--token <token>', 'project token for events without one; MIXPANEL_TOKEN by default')
    .option(
      '--map <name=field>',
      'take event, distinct_id, time or any property from another field, such as distinct_id=user_id; distinct_id= sends events without one; repeatable',
      collectMap,
    )
    .option(
      '--types <column=type>',
      `type of a CSV column (${COLUMN_TYPES.join(', ')}) in place of the one its cells have, such as plan=text; repeatable`,
      collectTypes,
    )
    .option(
      '--timezone <zone>',
      'time zone of times that name none, such as Europe/Berlin; UTC by default',
      parseTimeZone,
    )
    .option(
      '--date-format <format>',
      'format of the times in the file, such as "MM/dd/yyyy H:mm"',
      parseDateFormat,
    )
    .option('--encoding <name>', 'encoding of the file, such as windows-1252; detected by default')
    .option(
      '--delimiter <character>',
      'character between the cells of a CSV row; detected by default',
      parseDelimiter,
    );
}

/** The content decides between the formats of JSON. */
function parseFormat(text: string): EventFormat {
  if (text === 'csv') return 'csv';
  if (text === 'json' || text === 'ndjson') return 'json';
  throw new InvalidArgumentError('It takes csv, ndjson or json.');
}

function collectMap(pair: string, previous: Record<string, string> = {}): Record<string, string> {
  const separator = pair.indexOf('=');
  if (separator < 1) throw new InvalidArgumentError(`It takes name=field, such as distinct_id=user_id.`);
  return { ...previous, [pair.slice(0, separator).trim()]: pair.slice(separator + 1).trim() };
}

function collectTypes(pairs: string, previous: Record<string, ColumnType> = {}): Record<string, ColumnType> {
  const types = { ...previous };
  for (const pair of pairs.split(',')) {
    const separator = pair.lastIndexOf('=');
    const type = COLUMN_TYPES.find(
      (each) =>
        each ===
        pair
          .slice(separator + 1)
          .trim()
          .toLowerCase(),
    );
    if (separator < 1 || !type) {
      throw new InvalidArgumentError(`It takes column=type, with a type of ${COLUMN_TYPES.join(', ')}.`);
    }
    types[pair.slice(0, separator).trim()] = type;
  }
  return types;
}

function parseTimeZone(name: string): string {
  if (!isZone(name)) {
    throw new InvalidArgumentError('It takes the name of a time zone, such as Europe/Berlin or UTC.');
  }
  return name;
}

function parseDateFormat(dateFormat: string): string {
  const problem = describeDateFormatProblem(dateFormat);
  if (problem) throw new InvalidArgumentError(problem);
  return dateFormat;
}

function parseDelimiter(text: string): string {
  const delimiter = text === '\\t' || text.toLowerCase() === 'tab' ? '\t' : text;
  if (delimiter.length !== 1) throw new InvalidArgumentError('It takes one character, or "tab".');
  return delimiter;
}
