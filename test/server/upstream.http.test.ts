import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { appsmithBody, startService } from './test-service.js';

const PREFIX = 'a-secret-nobody-guesses';

test('without an upstream, what is not ours is refused with the flag that changes it', async () => {
  const { url } = await startService();
  const response = await fetch(`${url}/api/v1/releases`);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: expect.stringContaining('--appsmith-upstream') });
});

test('with one, everything else is passed on: method, path, query and body, without our prefix', async () => {
  const cloud = await startCloud();
  const { url } = await startService({ pathPrefix: PREFIX, appsmithUpstream: `${cloud.url}/base/` });
  const response = await fetch(`${url}/api/v1/installations?a=1&b=%20`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-own': 'kept', referer: url, cookie: 'session=1' },
    body: '{"key":"Käse"}',
  });
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ from: 'cloud' });
  const [got] = cloud.requests;
  expect(got).toMatchObject({
    line: 'POST /base/api/v1/installations?a=1&b=%20',
    body: '{"key":"Käse"}',
    headers: {
      host: new URL(cloud.url).host,
      'content-type': 'application/json',
      'content-length': '15',
      'x-own': 'kept',
    },
  });
  expect(JSON.stringify(cloud.requests)).not.toContain(PREFIX);
});

test('what belongs to a connection or to a browser is not passed on', async () => {
  const cloud = await startCloud();
  const { url } = await startService({ appsmithUpstream: cloud.url });
  await raw(url, [
    'GET /api/v1/ip HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Connection: close, x-hop',
    'Keep-Alive: timeout=5',
    'Proxy-Authorization: Basic c2VjcmV0',
    'Proxy-Connection: keep-alive',
    'TE: trailers',
    'x-hop: 1',
    'Cookie: session=1',
    'Origin: http://localhost:3000',
  ]);
  const names = Object.keys(cloud.requests[0]?.headers ?? {});
  expect(names).toContain('via');
  for (const name of [
    'keep-alive',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'x-hop',
    'cookie',
    'origin',
  ]) {
    expect(names).not.toContain(name);
  }
});

test('redirects and failures come back as they are, cookies do not', async () => {
  const cloud = await startCloud();
  const { url } = await startService({ appsmithUpstream: cloud.url });
  const redirect = await fetch(`${url}/api/v1/redirect`, { redirect: 'manual' });
  expect(redirect.status).toBe(307);
  expect(redirect.headers.get('location')).toBe('https://elsewhere.example/');
  expect(redirect.headers.get('set-cookie')).toBeNull();
  expect((await fetch(`${url}/api/v1/broken`)).status).toBe(500);
});

test("other plugins' executions are passed on whole; ours never leave", async () => {
  const cloud = await startCloud();
  const { url, post, execute, mixpanel } = await startService({ appsmithUpstream: cloud.url });
  const foreign = { ...appsmithBody(), pluginName: 'twilio-1.2-plugin' };
  const response = await post(foreign);
  expect(await response.json()).toEqual({ from: 'cloud' });
  expect(cloud.requests[0]?.line).toBe('POST /api/v1/actions/execute');
  expect(JSON.parse(cloud.requests[0]?.body ?? '')).toEqual(foreign);

  await execute(appsmithBody());
  expect(cloud.requests).toHaveLength(1);
  expect(mixpanel.requests).toHaveLength(1);
  expect(url).toBeTruthy();
});

test("Appsmith's own plugin list is passed on with ours in it", async () => {
  const cloud = await startCloud();
  const { url } = await startService({ appsmithUpstream: cloud.url });
  const feed = (await (await fetch(`${url}/api/v1/plugins?instanceId=i-1`)).json()) as {
    data: { pluginName: string }[];
  };
  expect(cloud.requests[0]?.line).toBe('GET /api/v1/plugins?instanceId=i-1');
  expect(feed.data.map(({ pluginName }) => pluginName)).toEqual([
    'airtable-1.0-plugin',
    'mixpanel-1.0-plugin',
  ]);
});

test('an upstream that is gone is said so, and costs neither our plugin nor our queries', async () => {
  const cloud = await startCloud();
  await cloud.close();
  const { url, post, execute } = await startService({ appsmithUpstream: cloud.url });
  const response = await fetch(`${url}/api/v1/releases`);
  expect(response.status).toBe(502);
  const foreign = await post({ ...appsmithBody(), pluginName: 'twilio-1.2-plugin' });
  expect(foreign.status).toBe(200);
  expect(await foreign.json()).toMatchObject({ readableError: expect.stringContaining('did not answer') });
  const feed = (await (await fetch(`${url}/api/v1/plugins`)).json()) as { data: unknown[] };
  expect(feed.data).toHaveLength(1);
  expect(await execute(appsmithBody())).toMatchObject({ isExecutionSuccess: true });
});

test('an upstream that is this service itself is found out at once', async () => {
  const first = await startService();
  const second = await startService({ appsmithUpstream: first.url });
  const third = await startService({ appsmithUpstream: second.url });
  const response = await fetch(`${third.url}/api/v1/releases`);
  expect(response.status).toBe(508);
  expect(await response.json()).toEqual({ error: expect.stringContaining('https://cs.appsmith.com') });
  const feed = (await (await fetch(`${third.url}/api/v1/plugins`)).json()) as { data: unknown[] };
  expect(feed.data).toHaveLength(1);
});

test.each(['cs.appsmith.com', 'ftp://cs.appsmith.com', 'https://cs.appsmith.com/?a=1'])(
  'an upstream cannot be %s',
  async (appsmithUpstream) => {
    await expect(startService({ appsmithUpstream })).rejects.toThrow(/http or https address/);
  },
);

interface Got {
  line: string;
  headers: IncomingHttpHeaders;
  body: string;
}

async function startCloud() {
  const requests: Got[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    requests.push({
      line: `${request.method} ${request.url}`,
      headers: request.headers,
      body: await text(request),
    });
    const { pathname } = new URL(request.url ?? '/', 'http://cloud');
    if (pathname === '/api/v1/plugins')
      return response.end(
        JSON.stringify({ data: [{ pluginName: 'airtable-1.0-plugin', defaultInstall: false }] }),
      );
    if (pathname === '/api/v1/redirect')
      return response.writeHead(307, { location: 'https://elsewhere.example/', 'set-cookie': 'a=1' }).end();
    if (pathname === '/api/v1/broken') return response.writeHead(500).end();
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"from":"cloud"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}

/** Sends the lines as they are, since `fetch` would not, and waits for the end of the answer. */
async function raw(url: string, lines: string[]): Promise<string> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return text(socket);
}
