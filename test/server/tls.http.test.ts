import { readFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { expect, test } from 'vitest';
import { startService } from './test-service.js';

const pem = (name: string) => readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url), 'utf8');
const ca = pem('ca');
const server = { cert: pem('server'), key: pem('server-key') };
const client = { cert: pem('client'), key: pem('client-key') };

test('with a certificate the service speaks HTTPS', async () => {
  const { url } = await startService({ tls: server });
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await status(`${url}/healthz`, { ca })).toBe(200);
  await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
});

test('with an authority for callers, only those it certified are let in', async () => {
  const { url } = await startService({ tls: { ...server, clientCa: ca } });
  expect(await status(`${url}/api/v1/plugins`, { ca, ...client })).toBe(200);
  await expect(status(`${url}/api/v1/plugins`, { ca })).rejects.toThrow();
});

function status(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
