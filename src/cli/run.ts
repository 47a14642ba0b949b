import { type Command, Option } from 'commander';
import { PluginError } from '../errors.js';
import { toCsv } from '../result/csv.js';
import { isRows, type Row } from '../result/rows.js';
import { SECOND_MS } from '../time/durations.js';
import { reportFailure, withErrorReporting } from './exit-code.js';
import { formatOfFile, writeOutputFile } from './files/output-file.js';
import { canStreamToFile, downloadWithProgress } from './files/resumable-download.js';
import { addConnectionOptions, type ConnectionOptions } from './options/credentials.js';
import { parsePositiveNumber } from './options/numbers.js';
import { checkFieldNames, collectParameter, readParametersFile } from './options/parameters.js';
import { withSession } from './session.js';
import { withStatusLine } from './ui/status-line.js';
import { renderTable } from './ui/table.js';

const FORMATS = ['rows', 'raw', 'csv', 'ndjson'] as const;
type Format = (typeof FORMATS)[number];

interface RunOptions extends ConnectionOptions {
  param: Record<string, string>;
  params?: string;
  format?: Format;
  out?: string;
  timeout: number;
}

const DEFAULT_TIMEOUT_SECONDS = 600;

/** Adds `run <COMMAND>`: runs one query and writes its rows to the terminal, a pipe or a file. */
export function addRunCommand(program: Command): void {
  const run = program
    .command('run')
    .description('run one command and print its rows')
    .argument('<command>', 'its id, such as GET_TOP_EVENTS; "commands" lists them')
    .option(
      '-p, --param <key=value>',
      'a field of the command, such as limit=10 or fromDate=-30d; repeatable',
      collectParameter,
      {},
    )
    .option('--params <file>', 'a JSON file of fields, or - for standard input')
    .addOption(
      new Option(
        '--format <format>',
        'output format; a table on a terminal, JSON otherwise, in a file what its name tells',
      ).choices(FORMATS),
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
  addConnectionOptions(run).action(
    withErrorReporting(async (command: string, options: RunOptions) => {
      const parameters = {
        ...(options.params ? await readParametersFile(options.params) : {}),
        ...options.param,
        ...(options.format === 'raw' ? { response: 'raw' } : {}),
      };
      const id = command.toUpperCase();
      checkFieldNames(id, parameters);
      const format = options.format ?? (options.out ? formatOfFile(options.out) : undefined);
      await withSession(options, async ({ plugin, datasource, signal }) => {
        const call = {
          datasource,
          command: id,
          parameters,
          timeoutMs: options.timeout * SECOND_MS,
          signal,
        };
        if (options.out && canStreamToFile(plugin, call.command, options)) {
          return downloadWithProgress({ plugin, call, out: options.out });
        }
        const result = await withStatusLine('Asking Mixpanel', plugin.execute(call));
        for (const message of result.messages) process.stderr.write(`${message}\n`);
        if (!result.ok) return reportFailure(result.error);
        if (options.out) await writeResult(options.out, result.body, format);
        else process.stdout.write(await render(result.body, format));
      });
    }),
  );
}

async function writeResult(out: string, body: unknown, format: Format | undefined): Promise<void> {
  if (format === 'csv' && !isRows(body) && typeof body !== 'string') {
    // The query may have cost quota or have changed something: its answer is not thrown away.
    process.stdout.write(await render(body, 'rows'));
    throw new PluginError(
      'INVALID_INPUT',
      `The answer is not a table, so it cannot be written to ${out} as CSV. It is on standard output; name a .json file to keep it.`,
    );
  }
  await writeOutputFile(out, await render(body, format ?? 'rows'));
  const content = isRows(body)
    ? `${body.length.toLocaleString('en-US')} ${body.length === 1 ? 'row' : 'rows'}`
    : 'The answer is';
  process.stderr.write(`${content} in ${out}.\n`);
}

async function render(body: unknown, format: Format | undefined): Promise<string> {
  if (typeof body === 'string') return body.endsWith('\n') ? body : `${body}\n`;
  if (isRows(body)) return renderRows(body, format ?? (process.stdout.isTTY ? 'table' : 'rows'));
  return format === 'ndjson' ? `${JSON.stringify(body)}\n` : `${JSON.stringify(body, null, 2)}\n`;
}

async function renderRows(rows: Row[], format: Format | 'table'): Promise<string> {
  switch (format) {
    case 'table':
      return renderTable(rows);
    case 'csv':
      return toCsv(rows);
    case 'ndjson':
      return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    default:
      return `${JSON.stringify(rows, null, 2)}\n`;
  }
}
