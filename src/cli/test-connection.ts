import type { Command } from 'commander';
import { exitCodeOf, reporting } from './exit-code.js';
import { addConnectionOptions, type ConnectionOptions } from './options/credentials.js';
import { inSession } from './session.js';
import { whileWaiting } from './ui/status-line.js';

/** `test`: whether the credentials work, and where. */
export function addTest(program: Command): void {
  addConnectionOptions(
    program.command('test').description('check the credentials; spends no query quota'),
  ).action(
    reporting(async (options: ConnectionOptions) => {
      await inSession(options, async ({ plugin, datasource, signal }) => {
        const { ok, message } = await whileWaiting('Asking Mixpanel', plugin.test(datasource, { signal }));
        if (ok) process.stdout.write(`${message}\n`);
        else {
          process.stderr.write(`${message}\n`);
          process.exitCode = exitCodeOf('WRONG_CREDENTIALS');
        }
      });
    }),
  );
}
