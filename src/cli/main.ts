#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { EXIT_CODES } from '../errors.js';
import { addCommandsCommand } from './commands.js';
import { addRunCommand } from './run.js';
import { addSandboxCommand } from './sandbox.js';
import { addServeCommand } from './serve.js';
import { addTestCommand } from './test-connection.js';
import { addTrackCommand } from './track.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('mixpanel-datasource')
  .description(
    'The Mixpanel datasource plugin: run its commands, serve it to a host, or develop against a local Mixpanel.',
  )
  .version(version)
  // A call that cannot be understood is wrong input like any other.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_CODES.input))
  .showHelpAfterError('(--help shows what is possible)')
  .addHelpText(
    'after',
    `
Credentials come from MIXPANEL_USERNAME, MIXPANEL_PASSWORD, MIXPANEL_REGION (US, EU, IN) and
MIXPANEL_PROJECT_ID, or from a JSON file given with --credentials; never from an argument.

Exit codes: 0 done, 2 wrong input, 3 credentials or access, 4 rate limit, 5 network or Mixpanel, 1 anything else.`,
  );

// The reader of our output may stop early, as "head" does: not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

addRunCommand(program);
addTrackCommand(program);
addTestCommand(program);
addCommandsCommand(program);
addServeCommand(program);
addSandboxCommand(program);

await program.parseAsync();
