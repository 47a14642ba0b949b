import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SandboxRequest } from '../../../src/sandbox/endpoint/definition.js';
import { readRequest, type UnreadableRequest } from '../../../src/sandbox/http/request-reader.js';

let server: Server;
let last: SandboxRequest | UnreadableRequest | undefined;

beforeAll(async () => {
  server = createServer(async (incoming, response) => {
    last = await readRequest(incoming, 5).catch((error: UnreadableRequest) => error);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

it('merges the URL and a form, the form going first', async () => {
  const request = await send('/api/query/engage/?project_id=1&page=0', {
    body: new URLSearchParams({ page: '2' }),
  });
  expect(request).toMatchObject({
    method: 'POST',
    path: '/api/query/engage',
    params: { project_id: '1', page: '2' },
    receivedAt: 5,
  });
  expect(request.body).toBeUndefined();
});

it('takes a JSON body for parameters too, whatever it is called', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = await send('/api/query/insights?project_id=1', {
    body: '{"project_id": 2, "a": [1]}',
    headers,
  });
  expect(request).toMatchObject({ params: { project_id: 2, a: [1] }, body: { project_id: 2, a: [1] } });
});

it('takes a form for one, even where it is called JSON', async () => {
  const headers = { 'content-type': 'application/json' };
  expect(await send('/x', { body: 'where=properties%5B%22a%22%5D%3D%3D1', headers })).toMatchObject({
    params: { where: 'properties["a"]==1' },
  });
});

it('finds the records in the data field of a form', async () => {
  const body = new URLSearchParams({ data: '[{"event": "Buy"}]' });
  expect((await send('/track', { body })).body).toEqual([{ event: 'Buy' }]);
});

it('makes no parameters of lines', async () => {
  const body = '{"event":"a=b"}\n{"event":"c"}\n';
  const request = await send('/import?strict=1', { body });
  expect(request).toMatchObject({ params: { strict: '1' }, body: undefined });
  expect(Buffer.from(request.rawBody).toString()).toBe(body);
});

it('unpacks gzip, and refuses what is none though it says so', async () => {
  const headers = { 'content-encoding': 'gzip' };
  expect((await send('/track', { body: gzipSync('[{"event":"Buy"}]'), headers })).body).toEqual([
    { event: 'Buy' },
  ]);
  await send('/track', { body: 'plain', headers });
  expect(last).toMatchObject({ name: 'UnreadableRequest', status: 400 });
});

async function send(path: string, init: RequestInit): Promise<SandboxRequest> {
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', ...init });
  return last as SandboxRequest;
}
