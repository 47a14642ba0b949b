import { type Command, InvalidArgumentError, Option } from 'commander';
import { examples } from './help.js';
import { addConnectionOptions, type ConnectionOptions } from './options/connection.js';
import { collectParameter } from './options/key-value.js';
import { parsePositiveNumber } from './options/numbers.js';
import { addReportOptions, type ReportOptions, withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

export const FORMATS = ['table', 'json', 'csv', 'ndjson', 'raw'] as const;
export type Format = (typeof FORMATS)[number];

export interface RunOptions extends ConnectionOptions, ReportOptions {
  param?: Record<string, string>;
  params?: string;
  format?: Format;
  out?: string;
  timeout: number;
}

const DEFAULT_TIMEOUT_SECONDS = 600;

/** Defines `run <COMMAND>`: runs one query and writes its rows to the terminal, a pipe or a file. */
export function define(run: Command, terminal: Terminal): void {
  run
    .argument(
      '<command>',
      'its id or short name, such as GET_TOP_EVENTS or top-events; "commands" lists them',
    )
    .option(
      '-p, --param <key=value>',
      'a field of the command, such as limit=10 or fromDate=-30d; repeatable',
      collectParameter,
    )
    .option('--params <file>', 'a JSON file of fields, or - for standard input')
    .addOption(
      new Option(
        '--format <format>',
        "a table on a terminal, JSON in a pipe, in a file what its name tells; raw is Mixpanel's own answer",
      )
        .choices(FORMATS)
        .argParser(parseFormat),
    )
    .option(
      '--out <file>',
      'write to a file: .json, .ndjson, .jsonl or .csv, also with .gz; downloads into .ndjson and .csv take any number of rows and continue after an interruption',
    )
    .option(
      '--timeout <seconds>',
      'maximum time for the query, including the wait for the quota',
      parsePositiveNumber,
      DEFAULT_TIMEOUT_SECONDS,
    );
  addReportOptions(run, 'print rows as JSON');
  addConnectionOptions(run)
    .addHelpText(
      'after',
      examples(
        ['run top-events --sandbox', 'no account needed'],
        ['run aggregate-event-counts -p events=Signup,Purchase -p fromDate=-30d -p toDate=today'],
        ["run download-data -p 'fromDate=last week' -p 'toDate=last week' --out last-week.csv"],
        [`run profiles -p 'formData={"where": "properties[\\"plan\\"] == \\"Premium\\""}' --format csv`],
        ['run top-events --json', 'for a program: rows on stdout, messages and errors as JSON on stderr'],
        ['commands download-data', 'lists the fields of a command'],
      ),
    )
    .action(
      withErrorReporting(terminal, async (name: string, options: RunOptions, _: Command) => {
        const { runQuery } = await import('./run-query.js');
        await runQuery(name, options, terminal);
      }),
    );
}

function parseFormat(text: string): Format {
  // "rows" is what JSON was called before.
  const format = FORMATS.find((each) => each === (text === 'rows' ? 'json' : text.toLowerCase()));
  if (!format) throw new InvalidArgumentError(`It takes ${FORMATS.join(', ')}.`);
  return format;
}
