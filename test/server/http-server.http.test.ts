import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/server/index.js';
import { appsmithBody, startService } from './test-service.js';

test('a port that is taken is said so, with what to do', async () => {
  const { port } = await startService();
  await expect(startServer({ port, logLevel: 'silent' })).rejects.toThrow(
    /cannot listen on 127\.0\.0\.1.*--port/,
  );
});

test('the address is the one to give to a host, and the one the service answers at', async () => {
  const { url, port } = await startService();
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('the quota outlives a restart in the state directory, without credentials', async () => {
  const stateDir = join(await mkdtemp(join(tmpdir(), 'state-')), 'made');
  onTestFinished(() => rm(stateDir, { recursive: true }));
  const first = await startService({ stateDir });
  await first.execute(appsmithBody());
  await first.close();
  const kept = await readFile(join(stateDir, 'quota.json'), 'utf8');
  expect(JSON.parse(kept)).toMatchObject({
    quotas: { 'US:12345:query': { starts: [{ at: expect.any(Number) }] } },
  });
  expect(kept).not.toContain('svc.user');

  const second = await startService({ stateDir });
  const result = await second.execute(appsmithBody());
  expect(result.headers['x-quota-left']).toEqual(['58']);
});

test('with a sandbox, Appsmith and the page are answered from a local Mixpanel that says where it is', async () => {
  const { execute, sandbox, url, mixpanel } = await startService({ sandbox: true });
  const { username = '', password = '', projectId = '' } = sandbox?.datasource ?? {};
  const body = appsmithBody({ command: 'GET_TOP_EVENTS' });
  body.datasource.datasourceConfiguration.authentication = {
    authenticationType: 'basic',
    username,
    password,
  };
  body.datasource.datasourceConfiguration.properties = [{ key: 'projectId', value: projectId }];
  expect(await execute(body)).toMatchObject({
    isExecutionSuccess: true,
    headers: { 'x-quota-left': ['59'] },
    body: expect.arrayContaining([{ event: 'Signup', rank: expect.any(Number) }]),
  });
  expect(mixpanel.requests).toEqual([]);
  expect((await fetch(`${sandbox?.url}/_sandbox/health`)).status).toBe(200);
  expect((await fetch(`${url}/workbench/api/manifest`, { headers: { 'x-workbench': '1' } })).status).toBe(
    200,
  );
});
