import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { appsmithBody } from './test-service.js';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PREFIX = 'a-secret-nobody-guesses';
const FOREIGN = { ...appsmithBody(), pluginName: 'twilio-1.2-plugin' };

test.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s the process answers what it has begun, then ends',
  async (signal) => {
    const cloud = await startHoldingCloud();
    const { url, process } = await serve('--appsmith-upstream', cloud.url);
    const running = post(url, FOREIGN);
    await cloud.asked;
    process.kill(signal);
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503), 10_000);
    expect(await (await post(url, appsmithBody())).json()).toMatchObject({ statusCode: '503' });
    cloud.release();
    expect(await (await running).json()).toEqual({ from: 'cloud' });
    await once(process, 'exit');
    expect(process.exitCode).toBe(0);
  },
);

test('it prints where it is, and a prefix it was given neither there nor in its log', async () => {
  const { process, output } = await serve('--path-prefix', PREFIX);
  expect(output()).toContain('APPSMITH_CLOUD_SERVICES_BASE_URL=http://127.0.0.1:');
  expect(output()).toContain('the host service listens');
  process.kill('SIGTERM');
  await once(process, 'exit');
  expect(output()).not.toContain(PREFIX);
});

test.each(['0.0.0.0', '::'])(
  'listening on all addresses (%s), it prints one that can be called',
  async (host) => {
    const { process, output } = await serve(
      '--host',
      host,
      '--path-prefix',
      PREFIX,
      '--allowed-host',
      'mixpanel',
    );
    expect(output()).toMatch(/The workbench is at http:\/\/localhost:\d+\/<prefix>\/\n/);
    expect(output()).toMatch(/APPSMITH_CLOUD_SERVICES_BASE_URL=http:\/\/mixpanel:\d+\/<prefix>\n/);
    process.kill('SIGTERM');
    await once(process, 'exit');
  },
);

test('a mistake in its options is a sentence and an exit code', async () => {
  const { process, output } = run('--tls-cert', 'cert.pem');
  await once(process, 'exit');
  expect(process.exitCode).toBe(2);
  expect(output().trim()).toBe('HTTPS needs both: give --tls-cert and --tls-key.');
});

test('every option is in the guide', async () => {
  const { process, output } = run('--help');
  await once(process, 'exit');
  const options = output().match(/--[a-z-]+/g) ?? [];
  const guide = await readFile(new URL('../../docs/appsmith.md', import.meta.url), 'utf8');
  expect(options).toContain('--sandbox');
  expect(options.filter((option) => option !== '--help' && !guide.includes(`\`${option}\``))).toEqual([]);
});

function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/api/v1/actions/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function run(...args: string[]): { process: ChildProcess; output: () => string } {
  if (!existsSync(CLI)) throw new Error('There is no dist/cli/main.js; "npm run build:core" makes it.');
  const child = spawn('node', [CLI, 'serve', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return { process: child, output: () => output };
}

async function serve(...args: string[]) {
  const stateDir = await mkdtemp(join(tmpdir(), 'serve-'));
  onTestFinished(() => rm(stateDir, { recursive: true }));
  const running = run('--state-dir', stateDir, ...args);
  await vi.waitFor(() => expect(running.output()).toContain('Ctrl-C stops it.'), 20_000);
  const url = /BASE_URL=(\S+)/.exec(running.output())?.[1] ?? '';
  return { ...running, url };
}

/** Appsmith's cloud service, which answers when it is told to. */
async function startHoldingCloud() {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = createServer(async (_request, response) => {
    await held;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"from":"cloud"}');
  });
  const asked = once(server, 'request');
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, release };
}
