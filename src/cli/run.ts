import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { toCsv } from '../result/csv.js';
import { isRows, type Row } from '../result/rows.js';
import { SECOND_MS } from '../time/durations.js';
import { reportFailure, withErrorReporting } from './exit-code.js';
import { canStreamToFile, downloadWithProgress } from './files/resumable-download.js';
import { addConnectionOptions, type ConnectionOptions } from './options/credentials.js';
import { parsePositiveNumber } from './options/numbers.js';
import { collectParameter, readParametersFile } from './options/parameters.js';
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

/** `run <COMMAND>`: one query, its rows to the terminal, a pipe or a file. */
export function addRunCommand(program: Command): void {
  const run = program
    .command('run')
    .description('run one command and print its rows')
    .argument('<command>', 'its id, such as GET_TOP_EVENTS; "commands" lists them')
    .option('-p, --param <key=value>', 'a field of the command; repeatable', collectParameter, {})
    .option('--params <file>', 'a JSON file of fields, or - for standard input')
    .addOption(
      new Option('--format <format>', 'how to print; a table on a terminal, JSON otherwise').choices(FORMATS),
    )
    .option(
      '--out <file>',
      'write to a file instead; .ndjson and .csv, also with .gz, take any number of rows and go on after an interruption',
    )
    .option(
      '--timeout <seconds>',
      'the longest the query may take, waiting for the quota included',
      parsePositiveNumber,
      DEFAULT_TIMEOUT_SECONDS,
    );
  addConnectionOptions(run).action(
    withErrorReporting(async (command: string, options: RunOptions) => {
      const fileParameters = options.params ? await readParametersFile(options.params) : {};
      const parameters = {
        ...fileParameters,
        ...options.param,
        ...(options.format === 'raw' ? { response: 'raw' } : {}),
      };
      await withSession(options, async ({ plugin, datasource, signal }) => {
        const call = {
          datasource,
          command: command.toUpperCase(),
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
        const text = await render(result.body, options);
        if (options.out) await writeFile(options.out, text);
        else process.stdout.write(text);
      });
    }),
  );
}

async function render(body: unknown, { format, out }: RunOptions): Promise<string> {
  if (typeof body === 'string') return body.endsWith('\n') ? body : `${body}\n`;
  if (isRows(body)) return renderRows(body, format ?? (process.stdout.isTTY && !out ? 'table' : 'rows'));
  return format === 'ndjson' ? `${JSON.stringify(body)}\n` : `${JSON.stringify(body, null, 2)}\n`;
}

async function renderRows(rows: Row[], format: Format | 'table'): Promise<string> {
  switch (format) {
    case 'table':
      return renderTable(rows, process.stdout.columns);
    case 'csv':
      return toCsv(rows);
    case 'ndjson':
      return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    default:
      return `${JSON.stringify(rows, null, 2)}\n`;
  }
}
