import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createPlugin } from '../../../src/plugin.js';
import { createWorkbench } from '../../../src/workbench/api/app.js';
import { SOCKET_SEEDS } from '../../seeds.js';

// Whatever is sent, the page's API answers with a status of its own, logs no failure of its own, and changes no
// prototype. Nobody listens at Mixpanel's place, so what is well formed fails there.

const HOST = 'localhost:8090';
const NOBODY = 'http://127.0.0.1:1';
const plugin = createPlugin({
  hosts: { query: NOBODY, export: NOBODY, ingestion: NOBODY, app: NOBODY },
  timeoutMs: 200,
});
afterAll(() => plugin.close());

const failures: unknown[] = [];
const app = createWorkbench({ plugin, logger: { error: (details: object) => void failures.push(details) } });

const PATHS = [
  ...['datasources', 'datasources/test', 'datasources/x/test', 'datasources/x', 'datasources/__proto__'],
  ...['run', 'stream', 'options', 'quota', 'snippets', 'start', 'manifest', 'constructor', '%00', '..%2frun'],
];
const COMMANDS = [...plugin.commands.map(({ id }) => id), '__proto__', 'constructor', ''];
const NAMES = [
  ...['__proto__', 'constructor', 'toString', 'fromDate', 'toDate', 'events', 'where', 'limit', 'format'],
  ...['response', 'endpoint', 'headers', 'body', 'projectId', 'cacheSeconds', 'distinctIds', 'pages'],
];

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '1e999',
    '__proto__',
    '[[',
    '{"__proto__":{"polluted":1}}',
    '{"data":{"data":"x"}}',
    '2026-02-30',
  ),
  fc.nat(20_000).map((depth) => '['.repeat(depth)),
  fc.nat(20_000).map((depth) => `properties["a"] == ${'-'.repeat(depth)}1`),
  fc.nat(5000).map((count) => JSON.stringify(Array(count).fill('a'))),
);
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 4 }),
  fc.integer({ min: 1, max: 3000 }).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))),
);
const body = fc.oneof(
  fc.record({
    connectionId: fc.constant('the one there is'),
    command: fc.constantFrom(...COMMANDS),
    parameters: fc.dictionary(fc.constantFrom(...NAMES), oddValue, { maxKeys: 6 }),
    lookup: fc.constantFrom('events', 'cohorts', '__proto__'),
    resumeToken: fc.option(oddText, { nil: undefined }),
  }),
  fc.dictionary(fc.constantFrom('username', 'password', 'region', 'projectId', '__proto__'), oddValue),
  fc.jsonValue(),
);
const text = fc.oneof(
  body.map((each) => JSON.stringify(each)),
  oddText,
);
const HEADER_VALUES = [
  '',
  'null',
  'application/json',
  'text/plain',
  'gzip',
  '999999999999',
  'bytes=0-1',
  '*/*',
];
const headers = fc.dictionary(
  fc.constantFrom(
    'content-type',
    'origin',
    'accept',
    'cookie',
    'sec-fetch-site',
    'content-encoding',
    'range',
  ),
  fc.constantFrom(...HEADER_VALUES),
  { maxKeys: 3 },
);

async function openSession(): Promise<{ cookie: string; connectionId: string }> {
  const ask = (path: string, init: RequestInit = {}) =>
    app.request(`/workbench/api/${path}`, {
      ...init,
      headers: { host: HOST, 'x-workbench': '1', 'content-type': 'application/json', ...init.headers },
    });
  const cookie = ((await ask('start')).headers.get('set-cookie') ?? '').split(';')[0]!;
  const account = { username: 'a.b.mp-service-account', password: 'a password', projectId: '1234567' };
  const created = await ask('datasources', {
    method: 'POST',
    headers: { cookie },
    body: JSON.stringify(account),
  });
  const { id } = (await created.json()) as { id: string };
  return { cookie, connectionId: id };
}

test("the page's API answers odd requests", async () => {
  const { cookie, connectionId } = await openSession();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS'),
      fc.constantFrom(...PATHS),
      text,
      headers,
      async (method, path, sent, odd) => {
        const response = await app.request(`/workbench/api/${path}`, {
          method,
          headers: { host: HOST, 'x-workbench': '1', 'content-type': 'application/json', cookie, ...odd },
          ...(method === 'GET' ? {} : { body: sent.replace('the one there is', connectionId) }),
        });
        await response.arrayBuffer();
        expect([response.status, failures]).toEqual([expect.toSatisfy((status: number) => status < 500), []]);
        expect(Object.keys(Object.prototype)).toEqual([]);
      },
    ),
    { numRuns: SOCKET_SEEDS * 4 },
  );
});
