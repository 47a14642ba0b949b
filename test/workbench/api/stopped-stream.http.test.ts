import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createWorkbench } from '../../../src/workbench/api/app.js';
import type { StreamLine } from '../../../src/workbench/wire.js';
import { daysAgo, today } from '../../days.js';

const HOST = 'localhost:8090';
const DAYS = { fromDate: daysAgo(20), toDate: today() };

let sandbox: Sandbox;
let plugin: MixpanelPlugin;

beforeAll(async () => {
  sandbox = await startSandbox({ events: 2_000, users: 50 });
  plugin = createPlugin({ hosts: sandbox.hosts });
});
afterAll(async () => {
  await plugin.close();
  await sandbox.close();
});

async function steer(method: 'POST' | 'DELETE', fault?: object): Promise<void> {
  await fetch(`${sandbox.url}/_sandbox/faults`, { method, body: fault && JSON.stringify(fault) });
}

async function readLines(response: Response, onLine: (line: StreamLine) => unknown = () => {}) {
  const lines: StreamLine[] = [];
  let rest = '';
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = JSON.parse(part) as StreamLine;
      lines.push(line);
      await onLine(line);
    }
  }
  return lines;
}

const rowsOf = (lines: readonly StreamLine[]) =>
  lines.flatMap((line) => (line.kind === 'rows' ? line.rows : []));

test('a stream that is stopped ends with a token, after which the rest follows', async () => {
  const app = createWorkbench({ plugin });
  const start = await app.request('/workbench/api/start', { headers: { host: HOST } });
  const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? '';
  const call = (path: string, body?: object) =>
    app.request(`/workbench/api/${path}`, {
      method: 'POST',
      headers: { host: HOST, cookie, 'content-type': 'application/json', 'x-workbench': '1' },
      body: body && JSON.stringify(body),
    });
  const [account] = sandbox.accounts;
  const datasource = { username: account!.username, password: account!.password };
  const { id } = (await (await call('datasources', datasource)).json()) as { id: string };
  const query = {
    connectionId: id,
    command: 'DOWNLOAD_DATA',
    parameters: { projectId: sandbox.projects[0]!.id, ...DAYS },
  };
  const whole = rowsOf(await readLines(await call('stream', query)));

  await steer('POST', { path: '/api/2.0/export', kind: 'drip', bytes: 8_000, everyMs: 50 });
  let stopped = false;
  const first = await readLines(await call('stream', { ...query, streamId: 'one' }), async ({ kind }) => {
    if (kind !== 'rows' || stopped) return;
    stopped = true;
    expect((await call('streams/one/stop')).status).toBe(204);
  });
  await steer('DELETE');
  const last = first.at(-1);
  expect(last).toMatchObject({ kind: 'failure', code: 'CANCELLED', resumeToken: expect.any(String) });

  const resumeToken = last?.kind === 'failure' ? last.resumeToken : undefined;
  const second = await readLines(await call('stream', { ...query, resumeToken, streamId: 'two' }));
  expect(second.at(-1)).toMatchObject({ kind: 'done' });
  expect(rowsOf(first).length).toBeGreaterThan(0);
  expect(rowsOf(first).length).toBeLessThan(whole.length);
  expect([...rowsOf(first), ...rowsOf(second)]).toEqual(whole);
});

test('stopping a stream that has ended does nothing', async () => {
  const app = createWorkbench({ plugin });
  const start = await app.request('/workbench/api/start', { headers: { host: HOST } });
  const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { host: HOST, cookie, 'x-workbench': '1' };
  const answer = await app.request('/workbench/api/streams/none/stop', { method: 'POST', headers });
  expect(answer.status).toBe(204);
});
