import { PluginError } from '../errors.js';
import { toCsv } from '../result/csv.js';
import { isRows, type Row } from '../result/rows.js';
import { SECOND_MS } from '../time/durations.js';
import { formatOfFile, writeOutputFile } from './files/output-file.js';
import { canStreamToFile, downloadWithProgress } from './files/resumable-download.js';
import { findCommand } from './options/command-id.js';
import { inCommandLineTerms, readFieldNames, readParametersFile } from './options/parameters.js';
import { resolveNames } from './options/values-by-name.js';
import { writeFailure, writeMessage } from './report.js';
import type { Format, RunOptions } from './run.js';
import { withSession } from './session.js';
import { columnsOf, hasColors, type Terminal } from './terminal.js';
import { withStatusLine } from './ui/status-line.js';
import { renderTable } from './ui/table.js';

/** Runs one query and writes its rows to the terminal, a pipe or a file. */
export async function runQuery(name: string, options: RunOptions, terminal: Terminal): Promise<void> {
  const command = findCommand(name);
  const { out, json, quiet } = options;
  const given = {
    ...readFieldNames(command, {
      ...(options.params ? await readParametersFile(options.params, terminal.stdin) : {}),
      ...options.param,
    }),
    ...(options.format === 'raw' ? { response: 'raw' } : {}),
  };
  const format = options.format ?? (out ? formatOfFile(out) : json ? 'json' : undefined);
  const onMessage = (message: string) => writeMessage(message, options, terminal);
  await withSession(options, terminal, async ({ plugin, datasource, signal }) => {
    try {
      const parameters = await resolveNames(command, given, { plugin, datasource, signal, onMessage });
      const call = {
        datasource,
        command: command.id,
        parameters,
        timeoutMs: options.timeout * SECOND_MS,
        signal,
      };
      if (out && canStreamToFile(plugin, command.id, { out, format: options.format })) {
        const hidden = quiet || json;
        return await downloadWithProgress({ plugin, call, out, onMessage }, terminal, { hidden });
      }
      const work = plugin.execute(call);
      const result = await (quiet || json ? work : withStatusLine('Asking Mixpanel', terminal.stderr, work));
      for (const message of result.messages) onMessage(message);
      if (!result.ok) throw result.error;
      await writeResult(result.body, format, options, terminal);
    } catch (thrown) {
      if (!PluginError.is(thrown)) throw thrown;
      writeFailure(inCommandLineTerms(thrown, command, given), options, terminal);
    }
  });
}

async function writeResult(
  body: unknown,
  format: Format | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<void> {
  const { stdout } = terminal;
  const { out } = options;
  const isTable = isRows(body) || typeof body === 'string';
  if (!isTable && (format === 'csv' || format === 'table')) {
    // The query may have cost quota or have changed something: its answer is not thrown away.
    stdout.write(await render(body, 'json', terminal));
    if (out) {
      throw new PluginError(
        'INVALID_INPUT',
        `The answer is not a table, so it cannot be written to ${out} as ${format}. It is on standard output; name a .json file to keep it.`,
      );
    }
    return writeMessage('The answer is not a table, so it is printed as JSON.', options, terminal);
  }
  if (!out)
    return void stdout.write(await render(body, format ?? (stdout.isTTY ? 'table' : 'json'), terminal));
  await writeOutputFile(out, await render(body, format ?? 'json'));
  const content = isRows(body)
    ? `${body.length.toLocaleString('en-US')} ${body.length === 1 ? 'row' : 'rows'}`
    : 'The answer is';
  writeMessage(`${content} in ${out}.`, options, terminal);
}

/** Returns a body as text. Without a terminal a table has all columns and rows. */
async function render(body: unknown, format: Format, terminal?: Terminal): Promise<string> {
  if (typeof body === 'string') return body.endsWith('\n') ? body : `${body}\n`;
  if (isRows(body)) return renderRows(body, format, terminal);
  return format === 'ndjson' ? `${JSON.stringify(body)}\n` : `${JSON.stringify(body, null, 2)}\n`;
}

async function renderRows(rows: Row[], format: Format, terminal?: Terminal): Promise<string> {
  switch (format) {
    case 'table':
      return terminal?.stdout.isTTY
        ? renderTable(rows, { width: columnsOf(terminal.stdout), colors: hasColors(terminal) })
        : renderTable(rows, { colors: terminal !== undefined && hasColors(terminal) });
    case 'csv':
      return toCsv(rows);
    case 'ndjson':
      return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    default:
      return `${JSON.stringify(rows, null, 2)}\n`;
  }
}
