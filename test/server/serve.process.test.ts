import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startCli } from '../cli-process.js';
import { MAX_WAIT_MS } from '../time-limits.js';
import { appsmithBody } from './test-service.js';

const PREFIX = 'a-secret-nobody-guesses';
const FOREIGN = { ...appsmithBody(), pluginName: 'twilio-1.2-plugin' };

test.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s the process answers what it has begun, then ends',
  async (signal) => {
    const cloud = await startHoldingCloud();
    const { url, child } = await serve('--appsmith-upstream', cloud.url);
    const running = post(url, FOREIGN);
    await cloud.asked;
    child.kill(signal);
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503), MAX_WAIT_MS);
    expect(await (await post(url, appsmithBody())).json()).toMatchObject({ statusCode: '503' });
    cloud.release();
    expect(await (await running).json()).toEqual({ from: 'cloud' });
    expect((await child.ended).code).toBe(0);
  },
);

test('it prints where it is, and a prefix it was given neither there nor in its log', async () => {
  const { child, output } = await serve('--path-prefix', PREFIX);
  expect(output()).toContain('APPSMITH_CLOUD_SERVICES_BASE_URL=http://127.0.0.1:');
  expect(output()).toContain('the host service listens');
  child.kill('SIGTERM');
  await child.ended;
  expect(output()).not.toContain(PREFIX);
});

test.each(['0.0.0.0', '::'])(
  'listening on all addresses (%s), it prints one that can be called',
  async (host) => {
    const { child, output } = await serve(
      '--host',
      host,
      '--path-prefix',
      PREFIX,
      '--allowed-host',
      'mixpanel',
    );
    expect(output()).toMatch(/The workbench is at http:\/\/localhost:\d+\/<prefix>\/\n/);
    expect(output()).toMatch(/APPSMITH_CLOUD_SERVICES_BASE_URL=http:\/\/mixpanel:\d+\/<prefix>\n/);
    child.kill('SIGTERM');
    await child.ended;
  },
);

test('a mistake in its options is a sentence and an exit code', async () => {
  const { code, stderr } = await runServe('--tls-cert', 'cert.pem');
  expect(code).toBe(2);
  expect(stderr.trim()).toBe('HTTPS needs both: give --tls-cert and --tls-key.');
});

test('every option is in the guide', async () => {
  const { stdout } = await runServe('--help');
  const options = stdout.match(/--[a-z-]+/g) ?? [];
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

function runServe(...args: string[]) {
  return startCli(['serve', '--port', '0', ...args]).ended;
}

async function serve(...args: string[]) {
  const stateDir = await mkdtemp(join(tmpdir(), 'serve-'));
  onTestFinished(() => rm(stateDir, { recursive: true }));
  const child = startCli(['serve', '--port', '0', '--state-dir', stateDir, ...args]);
  await child.printed('Ctrl-C stops it.');
  const output = () => child.output.stdout + child.output.stderr;
  const url = /BASE_URL=(\S+)/.exec(output())?.[1] ?? '';
  return { child, output, url };
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
