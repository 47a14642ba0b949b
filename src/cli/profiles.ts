import type { Command } from 'commander';
import { examples } from './help.js';
import { withErrorReporting } from './report.js';
import { columnsOf, hasColors, type Terminal } from './terminal.js';

/** Defines `profiles`: lists the accounts that are kept, without their secrets. */
export function define(command: Command, terminal: Terminal): void {
  command
    .option('--json', 'as JSON')
    .addHelpText('after', examples(['profiles'], ['profiles --json', 'for a program']))
    .action(
      withErrorReporting(terminal, async (options: { json?: boolean }, _: Command) =>
        listProfiles(options, terminal),
      ),
    );
}

async function listProfiles({ json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const { ProfileFile } = await import('./files/profile-file.js');
  const { renderTable } = await import('./ui/table.js');
  const { stdout } = terminal;
  const file = await ProfileFile.open(terminal);
  const rows = file.names.map((profile) => {
    const { username = '', region = 'US', projectId = null } = file.get(profile) ?? {};
    return { profile, username, region, projectId };
  });
  if (json) stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else if (rows.length === 0) stdout.write('There are no profiles. "mixpanel-datasource login" adds one.\n');
  else if (stdout.isTTY) {
    stdout.write(renderTable(rows, { width: columnsOf(stdout), colors: hasColors(terminal) }));
  } else
    for (const row of rows)
      stdout.write(
        `${Object.values(row)
          .map((value) => value ?? '')
          .join('\t')}\n`,
      );
}
