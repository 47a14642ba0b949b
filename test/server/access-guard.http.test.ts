import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PluginError } from '../../src/errors.js';
import { choosePrefix } from '../../src/server/path-prefix.js';
import { appsmithBody, startService } from './test-service.js';

const PREFIX = 'a-secret-nobody-guesses';

/** Posts a query to an address and returns the result, which comes with the status 200. */
async function executeAt(address: string): Promise<unknown> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(appsmithBody()),
  });
  expect(response.status).toBe(200);
  return response.json();
}

describe('the secret prefix', () => {
  test('opens the plugin list, executions, the page and the metrics', async () => {
    const { url, execute } = await startService({ pathPrefix: PREFIX });
    expect(url.endsWith(`/${PREFIX}`)).toBe(true);
    expect((await fetch(`${url}/api/v1/plugins`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    expect(await execute(appsmithBody())).toMatchObject({ isExecutionSuccess: true });
    const api = await fetch(`${url}/workbench/api/nothing`);
    expect(api.status).not.toBe(200);
  });

  test.each(['', `/${PREFIX}x`, `/${PREFIX.slice(1)}`, `/x/${PREFIX}`])(
    'wrong as %j lets nobody in',
    async (wrong) => {
      const { url } = await startService({ pathPrefix: PREFIX });
      const origin = new URL(url).origin;
      for (const path of ['/', '/metrics', '/api/v1/plugins', '/workbench/api/state']) {
        expect((await fetch(origin + wrong + path)).status).toBe(404);
      }
    },
  );

  test('missing from an execution is answered with 200, since Appsmith shows its request on any other status', async () => {
    const { url, mixpanel } = await startService({ pathPrefix: PREFIX });
    const response = await fetch(new URL('/api/v1/actions/execute', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(appsmithBody()),
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      isExecutionSuccess: false,
      readableError: expect.stringContaining('APPSMITH_CLOUD_SERVICES_BASE_URL'),
    });
    expect(text).not.toContain(PREFIX);
    expect(mixpanel.requests).toEqual([]);
  });

  // Appsmith CE, SharedConfigImpl.java: the path is joined to the base URL as text.
  test.each(['', `/${PREFIX}`])('may be followed by a slash in the base URL: %j', async (prefix) => {
    const { url } = await startService(prefix ? { pathPrefix: PREFIX } : {});
    const base = `${new URL(url).origin}${prefix}/`;
    expect((await fetch(`${base}/api/v1/plugins`)).status).toBe(200);
    expect(await executeAt(`${base}/api/v1/actions/execute`)).toMatchObject({ isExecutionSuccess: true });
  });

  // Appsmith CE, SaasPlugin.java and RequestCaptureFilter.java: any other status shows the editor the whole request.
  test.each(['/x', '/api', '/api/v1/x', '/x//y', '/api/v1/actions/execute'])(
    'or none, with %j too much in the base URL, is answered 200 and a sentence',
    async (extra) => {
      for (const pathPrefix of [undefined, PREFIX]) {
        const { url, mixpanel } = await startService({ pathPrefix });
        expect(await executeAt(`${url}${extra}/api/v1/actions/execute`)).toMatchObject({
          isExecutionSuccess: false,
          readableError: expect.stringContaining('APPSMITH_CLOUD_SERVICES_BASE_URL'),
        });
        expect(mixpanel.requests).toEqual([]);
      }
    },
  );

  test('is not needed by probes, which learn nothing', async () => {
    const { url } = await startService({ pathPrefix: PREFIX });
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
  });

  test('stays in the address of the page, whose own paths are relative', async () => {
    const { url } = await startService({ pathPrefix: PREFIX });
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`/${PREFIX}/`);
  });

  test('is never sent on as the address a link was followed from', async () => {
    const { url } = await startService({ pathPrefix: PREFIX });
    expect((await fetch(`${url}/healthz`)).headers.get('referrer-policy')).toBe('no-referrer');
  });

  test.each(['short', 'has a space in its middle', 'has/a/slash/in/its/middle', 'ümlauts-are-not-allowed'])(
    'cannot be %j',
    async (pathPrefix) => {
      await expect(startService({ pathPrefix })).rejects.toThrow(PluginError);
    },
  );

  test('is made once, kept for its owner only, and the same at the next start', async () => {
    const needs = {
      host: '0.0.0.0',
      stateDir: join(await emptyDirectory(), 'state'),
      callersCertified: false,
    };
    const first = await choosePrefix(needs);
    expect(first).toMatchObject({ isNew: true, prefix: expect.stringMatching(/^[\w-]{32}$/) });
    expect((await stat(first?.file ?? '')).mode & 0o777).toBe(0o600);
    expect((await readFile(first?.file ?? '', 'utf8')).trim()).toBe(first?.prefix);
    expect(await choosePrefix(needs)).toMatchObject({ isNew: false, prefix: first?.prefix });
  });

  test.each([
    ['127.0.0.1', false],
    ['127.9.9.9', false],
    ['::1', false],
    ['localhost', false],
    ['0.0.0.0', true],
    ['::', true],
    ['192.168.0.7', true],
    ['mixpanel', true],
  ])('is needed wherever others than this machine can call: %s %j', async (host, needed) => {
    const stateDir = await emptyDirectory();
    const prefix = await choosePrefix({ host, stateDir, callersCertified: false });
    expect(prefix !== undefined).toBe(needed);
    expect(await choosePrefix({ host, stateDir, callersCertified: true })).toBeUndefined();
  });
});

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'prefix-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe('the Host header', () => {
  test.each([
    'localhost:8090',
    '127.0.0.1',
    '[::1]:8090',
    '192.168.1.20:8090',
    'page.localhost',
    'mixpanel:8090',
    'MIXPANEL',
  ])('may be %s', async (host) => {
    const { url } = await startService({ allowedHosts: ['mixpanel'] });
    expect((await ask(`${url}/api/v1/plugins`, host)).status).toBe(200);
  });

  test.each([
    'evil.example',
    'evil.example:8090',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'xlocalhost',
  ])('may not be %s: a name of somebody else that was pointed here', async (host) => {
    const { url } = await startService({ allowedHosts: ['mixpanel'] });
    const answer = await ask(`${url}/api/v1/plugins`, host);
    expect(answer.status).toBe(421);
    expect(answer.text).toContain('--allowed-host');
  });

  test('that is not ours is answered with 200 on an execution all the same', async () => {
    const { url, mixpanel } = await startService();
    const answer = await ask(
      `${url}/api/v1/actions/execute`,
      'mixpanel:8090',
      JSON.stringify(appsmithBody()),
    );
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).readableError).toContain('--allowed-host mixpanel');
    expect(mixpanel.requests).toEqual([]);
  });
});

/** `fetch` sets the Host header by itself. */
function ask(url: string, host: string, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, ...(body ? { 'content-type': 'application/json' } : {}) };
    request(url, { method: body ? 'POST' : 'GET', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end(body);
  });
}
