import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.js';

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.close());

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  sandbox = await startSandbox({ events: 100, users: 10, days: 2, ...options });
  return sandbox;
}

/** Sends a request whose Host header is free, which fetch does not allow. */
function send(url: string, options: RequestOptions = {}): Promise<{ status?: number; text: string }> {
  const client = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    client(url, options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    })
      .on('error', reject)
      .end();
  });
}

describe('a page in a browser', () => {
  const ORIGIN = 'https://shop.example.com';

  test.each(['/track', '/engage', '/groups', '/import'])('may send to %s from any site', async (path) => {
    const { url } = await start();
    const preflight = await fetch(url + path, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-requested-with',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-requested-with');
    const { headers } = await fetch(url + path, { method: 'POST', headers: { origin: ORIGIN }, body: '[]' });
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
  });

  test.each(['/api/query/events', '/api/2.0/export', '/api/app/me', '/_sandbox/faults'])(
    'cannot read %s',
    async (path) => {
      const { url } = await start();
      for (const method of ['OPTIONS', 'GET']) {
        const { headers } = await fetch(url + path, { method, headers: { origin: ORIGIN } });
        expect(headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );
});

describe('the Host header', () => {
  const paths = ['/', '/_sandbox/health', '/api/query/events', '/track'];

  test.each(['evil.example.com', 'evil.example.com:8788', 'localhost.evil.example.com', 'a b'])(
    '%j is refused on every path',
    async (host) => {
      const { url } = await start();
      for (const path of paths) {
        const { status, text } = await send(url + path, { headers: { host } });
        expect(status).toBe(403);
        expect(text).toContain('does not answer to the host name');
      }
    },
  );

  test.each(['localhost', 'localhost:1', 'shop.localhost', '127.0.0.1', '[::1]:8788', '192.0.2.7'])(
    '%s is taken',
    async (host) => {
      const { url } = await start();
      expect((await send(`${url}/_sandbox/health`, { headers: { host } })).status).toBe(200);
    },
  );

  test('may be a name that is allowed', async () => {
    const { url } = await start({ allowedHosts: ['mixpanel-sandbox'] });
    const allowed = await send(`${url}/_sandbox/health`, { headers: { host: 'mixpanel-sandbox:8788' } });
    expect(allowed.status).toBe(200);
  });
});

test('with tls it serves HTTPS with a certificate for loopback names', async () => {
  const { url, certificate, port } = await start({ tls: true });
  expect(url).toBe(`https://127.0.0.1:${port}`);
  for (const host of ['127.0.0.1', 'localhost']) {
    const { status } = await send(`https://${host}:${port}/_sandbox/health`, { ca: certificate });
    expect(status).toBe(200);
  }
  await expect(send(`${url}/_sandbox/health`)).rejects.toThrow(/self.signed/);
});
