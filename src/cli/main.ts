#!/usr/bin/env node
import { basename, relative } from 'node:path';
import { runProgram } from './program.js';
import { processTerminal } from './terminal.js';

// The reader of our output may stop early, as "head" does: not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runProgram(processTerminal(programName(), process.argv.slice(2)));

/** Returns how this program was called: by its name, through npx, or from the folder of its sources. */
function programName(): string {
  const [, script = ''] = process.argv;
  if (basename(script) === 'main.js') return `node ${relative(process.cwd(), script)}`;
  return process.env.npm_command === 'exec' ? 'npx mixpanel-datasource' : 'mixpanel-datasource';
}
