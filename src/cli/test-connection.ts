import type { Command } from 'commander';
import { ERRORS } from '../errors.js';
import { examples } from './help.js';
import { addConnectionOptions, type ConnectionOptions } from './options/connection.js';
import { addReportOptions, type ReportOptions, withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';
import { withStatusLine } from './ui/status-line.js';

/** Defines `test`: whether the credentials work, and where. */
export function define(command: Command, terminal: Terminal): void {
  addConnectionOptions(addReportOptions(command, 'print what was found as JSON'))
    .addHelpText('after', examples(['test'], ['test --sandbox', 'no account needed']))
    .action(
      withErrorReporting(terminal, (options: ConnectionOptions & ReportOptions, _: Command) =>
        testConnection(options, terminal),
      ),
    );
}

async function testConnection(options: ConnectionOptions & ReportOptions, terminal: Terminal): Promise<void> {
  const { withSession } = await import('./session.js');
  await withSession(options, terminal, async ({ plugin, datasource, signal }) => {
    const { stdout, stderr } = terminal;
    const test = plugin.test(datasource, { signal });
    const isHidden = options.json || options.quiet;
    const result = await (isHidden ? test : withStatusLine('Asking Mixpanel', stderr, test));
    if (options.json) stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else (result.ok ? stdout : stderr).write(`${result.message}\n`);
    if (!result.ok) terminal.exitCode = ERRORS[result.code ?? 'WRONG_CREDENTIALS'].exitCode;
  });
}
