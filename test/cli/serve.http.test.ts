import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startSandboxFixture } from '../transfer/sandbox-fixture.js';
import { type InProcessOptions, runCli } from './in-process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serve-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function occupyPort(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** Starts a service, calls `use` with its address, and stops it. */
async function serve(
  args: readonly string[],
  use: (url: string) => Promise<void> = async () => undefined,
  options: InProcessOptions = {},
) {
  let stop = () => {};
  let printed = '';
  const running = runCli([...args, '--port', '0'], {
    ...options,
    onListening: (press) => {
      stop = press;
    },
    onOutput: (chunk) => {
      printed += chunk;
    },
  });
  // A start that fails ends the wait.
  await Promise.race([running, expect.poll(() => printed).toContain('Ctrl-C stops it.')]);
  await use(/http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? '');
  stop();
  return running;
}

test('on a terminal serve prints the address and nothing else', async () => {
  const { code, stdout, stderr } = await serve(['serve', '--state-dir', folder], undefined, { columns: 80 });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^The workbench is at http:\/\/127\.0\.0\.1:\d+\/\nFor Appsmith: APPSMITH_CLOUD_SERVICES_BASE_URL=http:\/\/127\.0\.0\.1:\d+\nCtrl-C stops it\.\n$/,
  );
});

test('on a terminal what is logged is read by a person', async () => {
  const options = ['serve', '--state-dir', folder, '--log-level', 'info'];
  const { stderr } = await serve(options, undefined, { columns: 80 });
  expect(stderr).toMatch(/^\d\d:\d\d:\d\d the host service listens \(host 127\.0\.0\.1, port \d+\)$/m);
});

test('the local Mixpanel of serve has its own port, or the next free one with a message', async () => {
  const { port } = await occupyPort();
  const args = ['serve', '--sandbox', '--log-level', 'silent', '--state-dir', folder, '--sandbox-port'];
  const elsewhere = await serve([...args, String(port)]);
  expect(elsewhere.stdout).toContain(
    `Port ${port} is taken by another program, so the local Mixpanel has the next free one.`,
  );
  const { server, port: free } = await occupyPort();
  server.close();
  await once(server, 'close');
  const there = await serve([...args, String(free)]);
  expect(there.stdout).toContain(`Answers come from a local Mixpanel at http://127.0.0.1:${free}: account`);
  expect(there.stdout).not.toContain('taken');
});

test('serve --mixpanel-url sends the queries of accounts to a local Mixpanel that runs', async () => {
  const shop = await startSandboxFixture({ events: 100, days: 5 });
  onTestFinished(() => shop.close());
  const { username, password, projectId } = shop.datasource;
  const args = ['serve', '--state-dir', folder, '--log-level', 'silent', '--mixpanel-url', shop.sandbox.url];
  const { stdout } = await serve(args, async (url) => {
    const answer = await fetch(`${url}/api/v1/actions/execute`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        pluginName: 'mixpanel-1.0-plugin',
        datasource: {
          datasourceConfiguration: {
            authentication: { authenticationType: 'basic', username, password },
            properties: [{ key: 'projectId', value: projectId }],
          },
        },
        actionConfiguration: { formData: { command: 'GET_PROJECTS' } },
      }),
    });
    expect(await answer.text()).toContain(projectId);
  });
  expect(stdout).toContain(`Accounts added on the page are those of ${shop.sandbox.url}`);
  expect(await shop.requestsTo('/api/app/me')).not.toEqual([]);
});
