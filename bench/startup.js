// How long the command line takes to answer, against a Node that does nothing. User CPU time, since the wall clock of a
// busy machine says little; medians of rounds in turn. npm run bench:startup
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { median, ratio } from './measure.js';

const ROUNDS = 15;
const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const CONTENDERS = {
  node: ['-e', '0'],
  '--help': [CLI, '--help'],
  'run --help': [CLI, 'run', '--help'],
  commands: [CLI, 'commands'],
};

const seconds = Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, args] of Object.entries(CONTENDERS)) seconds[name].push(measure(args));
}
for (const name of Object.keys(CONTENDERS)) {
  const goal = name === '--help' ? ' (goal: at most 2)' : '';
  const value = median(seconds[name]);
  console.log(
    `${name.padEnd(10)} ${value.toFixed(3)} s  ${ratio(value, median(seconds.node))} times node${goal}`,
  );
}

/** Returns the user CPU time of a process, in seconds. */
function measure(args) {
  const script = 'TIMEFORMAT=%U; time "$@" > /dev/null';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(stderr.trim().replace(',', '.'));
}
