import type { Command } from 'commander';
import { examples } from './help.js';
import { parseLoopbackUrl } from './options/connection.js';
import { regionOption } from './options/region.js';
import { withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

export interface LoginOptions {
  profile?: string;
  username?: string;
  region?: string;
  project?: string;
  passwordStdin?: boolean;
  mixpanelUrl?: string;
}

/** Defines `login`: keeps the credentials of a service account. */
export function define(command: Command, terminal: Terminal): void {
  command
    .option('--profile <name>', 'name of the profile; without one it is used when no other is named')
    .option('--username <name>', 'username of the service account; asked for by default')
    .addOption(regionOption('asked for by default'))
    .option('--project <id>', 'default project; asked for by default')
    .option('--password-stdin', 'read the password from standard input instead of asking for it')
    .option('--mixpanel-url <url>', 'check the credentials with a local Mixpanel', parseLoopbackUrl)
    .addHelpText(
      'after',
      `
The credentials are checked first, without using query quota, and kept in
$XDG_CONFIG_HOME/mixpanel-datasource/profiles.json (~/.config by default), which only you can read. The password is
not shown and is never an argument: those can be read by everybody on the machine.
${examples(
  ['login'],
  ['login --profile shop-eu --region EU'],
  [
    'login --username name.abc123.mp-service-account --region US --project 1234567 --password-stdin < secret.txt',
  ],
)}`,
    )
    .action(
      withErrorReporting(terminal, async (options: LoginOptions, _: Command) => {
        const { logIn } = await import('./login-dialog.js');
        await logIn(options, terminal);
      }),
    );
}
