import type { Command } from 'commander';
import { examples } from './help.js';
import { addConnectionOptions, type ConnectionOptions } from './options/connection.js';
import { addEventFileOptions, type EventFileCliOptions } from './options/event-file.js';
import { addReportOptions, type ReportOptions, withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

export interface TrackOptions extends ConnectionOptions, EventFileCliOptions, ReportOptions {
  in: string;
  import?: boolean;
  dryRun?: boolean;
  rejected?: string;
}

/** Defines `track --in FILE`: sends the events of a file, however many. */
export function define(command: Command, terminal: Terminal): void {
  command
    .requiredOption('--in <file>', 'CSV, NDJSON or a JSON array, also with .gz; - for standard input')
    .option(
      '--import',
      'send by /import with the service account (role Owner or Admin): takes events older than five days and reports each that Mixpanel refuses',
    )
    .option(
      '--dry-run',
      'send nothing; show the first events as they would be sent, and what would be refused',
    )
    .option(
      '--rejected <file>',
      'write the records that were not accepted to this file, to be mended and sent',
    );
  addEventFileOptions(command);
  addReportOptions(command, 'print how many events were accepted and rejected as JSON');
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
An event is known to Mixpanel by its $insert_id. An event without one gets an id made of its content and of how many
equal records come before it in the file, so a file can be sent again after it was stopped, mended or finished, also
in another order. (Track Events of a form makes new ids for each call: two equal clicks are two events.)

Times are epoch seconds or milliseconds, ISO 8601, yyyy-mm-dd hh:mm:ss or yyyy-mm-dd; others need --date-format.
${examples(
  ['track --in events.csv --token YOUR_PROJECT_TOKEN --dry-run', 'show what would be sent'],
  ['track --in events.csv --token YOUR_PROJECT_TOKEN'],
  ['track --in users.csv --map event=action --map distinct_id=user_id --timezone Europe/Berlin --import'],
  ['track --in old.ndjson --import', 'events older than five days'],
)}`,
    )
    .action(
      withErrorReporting(terminal, async (options: TrackOptions, _: Command) => {
        const { trackFile } = await import('./track-file.js');
        await trackFile(options, terminal);
      }),
    );
}
