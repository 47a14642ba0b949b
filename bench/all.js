// Runs every bench and prints one table. Takes about ten minutes on an idle machine of two cores, more on a busy one.
// npm run bench
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describeGoal, describeLoad, describeValue, isMet } from './measure.js';

const BENCHES = ['quota', 'start', 'profiles', 'ingestion', 'export', 'file-upload'];

const figures = [];
const failed = [];
for (const name of BENCHES) {
  console.log(`\n${name}: ${describeLoad()}`);
  const bench = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)));
  bench.on('message', ({ figure }) => figures.push(figure));
  const [code] = await once(bench, 'exit');
  if (code !== 0) failed.push(name);
}

const rows = figures.map((figure) => [
  figure.what,
  describeGoal(figure),
  describeValue(figure),
  isMet(figure) ? 'yes' : 'no',
]);
const table = [['what', 'goal', 'measured', 'met'], ...rows];
const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column].length)));
console.log(`\n${describeLoad()}`);
for (const row of table)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
for (const name of failed) console.log(`${name} failed: see above.`);
if (failed.length > 0) process.exitCode = 1;
