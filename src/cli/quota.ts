import type { Command } from 'commander';
import { examples } from './help.js';
import { regionOption } from './options/region.js';
import { withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

export interface QuotaOptions {
  project?: string;
  region?: string;
  profile?: string;
  json?: boolean;
}

/** Defines `quota`: shows what is left of a project's hour, without asking Mixpanel. */
export function define(command: Command, terminal: Terminal): void {
  command
    .option('--project <id>', 'project; that of the profile or MIXPANEL_PROJECT_ID by default')
    .addOption(regionOption('that of the profile or MIXPANEL_REGION by default'))
    .option('--profile <name>', 'take project and region from this profile')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Needs no credentials and asks nothing of Mixpanel. It counts the queries that the command line sent from this account
of this machine, and what Mixpanel's answers told about the queries of others.
${examples(['quota'], ['quota --project 1234567 --region EU'], ['quota --json', 'for a program'])}`,
    )
    .action(
      withErrorReporting(terminal, async (options: QuotaOptions, _: Command) => {
        const { showQuota } = await import('./quota-report.js');
        await showQuota(options, terminal);
      }),
    );
}
