// Watches everything: `npm run dev`, or `npm run dev -- --port 9000` with options of `serve`.
//
// The compiler writes the core to dist/ and Vite the page; the service, with its local Mixpanel, starts again when a
// file it has loaded changes. The page is read from the disk at each request, so reloading the browser shows it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const run = (script) => execFileSync('npm', ['run', '--silent', script], { stdio: 'inherit' });

run('build:core');
if (!existsSync('dist/workbench-page/index.html')) run('build:workbench');

const BIN = 'node_modules/.bin';
const children = [
  start(`${BIN}/tsc`, ['-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput']),
  start(`${BIN}/vite`, ['build', '--watch', '--logLevel', 'warn']),
  start(process.execPath, [
    '--watch',
    '--watch-preserve-output',
    'dist/cli/main.js',
    'serve',
    '--sandbox',
    ...process.argv.slice(2),
  ]),
];

for (const child of children) child.once('exit', (code) => stop(code ?? 0));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop(0));

/** Starts a process that leads a group, because some of them start others. */
function start(command, args) {
  return spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
}

function stop(code) {
  process.exitCode ||= code;
  for (const { pid, exitCode, signalCode } of children) {
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
  }
}
