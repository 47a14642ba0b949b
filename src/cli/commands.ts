import type { Command } from 'commander';
import { examples } from './help.js';
import { withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

/** Defines `commands [--json]`: what there is to run, and the fields of each. */
export function define(command: Command, terminal: Terminal): void {
  command
    .argument('[command]', 'show the fields of this command')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples(['commands'], ['commands download-data', 'its fields'], ['commands --json', 'for a program']),
    )
    .action(
      withErrorReporting(
        terminal,
        async (name: string | undefined, options: { json?: boolean }, _: Command) => {
          const { listCommands } = await import('./command-list.js');
          listCommands(name, options, terminal);
        },
      ),
    );
}
