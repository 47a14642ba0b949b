// What it costs to load us: the core against the three libraries it cannot do without, and the help of the command
// line against a Node that does nothing. Each run is a process of its own, in turn. npm run bench:start
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, report } from './measure.js';

const ROUNDS = 15;
const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const CORE = new URL('../dist/index.js', import.meta.url).href;
const LIBRARIES = ['axios', 'zod', 'p-queue'];

const CONTENDERS = {
  node: ['-e', '0'],
  libraries: moduleThat(
    LIBRARIES.map((name) => `import ${JSON.stringify(import.meta.resolve(name))};`).join(''),
  ),
  core: moduleThat(`import ${JSON.stringify(CORE)};`),
  help: [CLI, '--help'],
};

const times = Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, []]));
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [name, args] of Object.entries(CONTENDERS)) {
    const began = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    if (round >= 0) times[name].push(performance.now() - began);
  }
}
const ms = Object.fromEntries(Object.entries(times).map(([name, each]) => [name, median(each)]));
for (const [name, each] of Object.entries(ms))
  console.log(`${name.padEnd(10)} ${each.toFixed(0).padStart(5)} ms`);
report(
  'import of the core, of axios + zod + p-queue',
  median(times.core.map((each, round) => (each - ms.node) / (times.libraries[round] - ms.node))),
  { atMost: 1.1 },
);
report('--help of the command line, beyond node -e 0', (ms.help - ms.node) / 1000, { atMost: 0.25 }, ' s');

function moduleThat(code) {
  return ['--input-type=module', '-e', code];
}
