import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const COPIED = [
  'dist',
  'package.json',
  'package-lock.json',
  'scripts',
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
];

test('npm run dev serves, and starts the service again when a source file changes', async () => {
  // In a copy: other tests run what is in dist while this one builds.
  const folder = await mkdtemp(join(tmpdir(), 'dev-'));
  for (const name of COPIED) {
    await cp(name, join(folder, name), { recursive: true, preserveTimestamps: true });
  }
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));

  const child = spawn(process.execPath, ['scripts/dev.js', '--port', '0', '--state-dir', folder], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
    // The watchers may still be writing.
    await rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const addresses = () => [...output.matchAll(/BASE_URL=(\S+)/g)].map(([, url]) => url!);

  await expect.poll(addresses).toHaveLength(1);
  expect((await fetch(`${addresses()[0]}/healthz`)).status).toBe(200);

  const file = join(folder, 'src/cli/serve.ts');
  let changes = 0;
  // A change that comes before the compiler watches is in what it builds first, so it may need another.
  const changeAndCount = async () => {
    changes += 1;
    await appendFile(file, `export const changed${changes} = true;\n`);
    return addresses().length;
  };
  await expect.poll(changeAndCount, { interval: 10_000 }).toBeGreaterThan(1);
  const status = async () => (await fetch(`${addresses().at(-1)}/healthz`).catch(() => undefined))?.status;
  await expect.poll(status).toBe(200);
});
