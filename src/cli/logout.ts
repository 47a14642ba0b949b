import type { Command } from 'commander';
import { examples } from './help.js';
import { withErrorReporting } from './report.js';
import type { Terminal } from './terminal.js';

/** Defines `logout`: forgets the credentials of a profile. */
export function define(command: Command, terminal: Terminal): void {
  command
    .option('--profile <name>', 'name of the profile; the default one otherwise')
    .addHelpText('after', examples(['logout'], ['logout --profile shop-eu']))
    .action(
      withErrorReporting(terminal, async ({ profile }: { profile?: string }, _: Command) => {
        const { DEFAULT_PROFILE, ProfileFile, unknownProfile } = await import('./files/profile-file.js');
        const file = await ProfileFile.open(terminal);
        const name = profile ?? DEFAULT_PROFILE;
        if (!(await file.delete(name))) throw unknownProfile(name, file);
        terminal.stdout.write(`The profile ${name} is no longer in ${file.path}.\n`);
      }),
    );
}
