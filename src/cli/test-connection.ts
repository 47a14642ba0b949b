import type { Command } from 'commander';
import { EXIT_CODES } from '../errors.js';
import { withErrorReporting } from './exit-code.js';
import { addConnectionOptions, type ConnectionOptions } from './options/credentials.js';
import { withSession } from './session.js';
import { withStatusLine } from './ui/status-line.js';

/** `test`: whether the credentials work, and where. */
export function addTestCommand(program: Command): void {
  addConnectionOptions(
    program.command('test').description('check the credentials; spends no query quota'),
  ).action(
    withErrorReporting(async (options: ConnectionOptions) => {
      await withSession(options, async ({ plugin, datasource, signal }) => {
        const { ok, message } = await withStatusLine('Asking Mixpanel', plugin.test(datasource, { signal }));
        if (ok) process.stdout.write(`${message}\n`);
        else {
          process.stderr.write(`${message}\n`);
          process.exitCode = EXIT_CODES.access;
        }
      });
    }),
  );
}
