import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../src/sandbox/endpoints/index.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { SEEDS } from '../../seeds.js';
import { basicAuth } from '../requests.js';

// Whatever is sent, the sandbox answers with a status of its own and logs no failure of its own.

let sandbox: Sandbox;
const failures: unknown[] = [];
beforeAll(async () => {
  sandbox = await startSandbox({
    events: 300,
    users: 30,
    days: 5,
    logger: { error: (details) => failures.push(details.error) },
  });
});
afterAll(() => sandbox.close());

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e999',
    'NaN',
    '__proto__',
    '[',
    '{}',
    '[[]]',
    '[null]',
    '"',
    '%',
    '2026-02-30',
  ),
  fc.constantFrom('2026-11-01', 'day', 'general', '["Purchase"]', 'properties["a"] == 1', 'not not'),
  fc.json({ maxDepth: 4 }),
);
const PARAMETERS = (
  'project_id event name type unit interval from_date to_date limit where on values format page session_id ' +
  'distinct_id distinct_ids behaviors filter_by_cohort as_of_timestamp output_properties data_group_id sort_key ' +
  'sort_order search bookmark_id funnel_id length length_unit born_event retention_type interval_count ' +
  'addiction_unit data verbose strict img callback ip v fromDate toDate entity_name'
).split(' ');
const parameters = fc.dictionary(fc.constantFrom(...PARAMETERS), oddText, { maxKeys: 8 });

test('every endpoint answers odd parameters and bodies', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ENDPOINTS),
      parameters,
      fc.option(
        fc.oneof(
          oddText,
          parameters.map((each) => JSON.stringify(each)),
        ),
      ),
      fc.boolean(),
      async ({ method, path }, query, body, isMember) => {
        const url = new URL(
          path
            .replace(':projectId', '1234567')
            .replace(/:\w+/g, encodeURIComponent(Object.values(query)[0] ?? '1') || '1'),
          sandbox.url,
        );
        if (isMember) url.searchParams.set('project_id', '1234567');
        for (const [name, value] of Object.entries(query)) {
          if (!isMember || name !== 'project_id') url.searchParams.set(name, value);
        }
        const response = await fetch(url, {
          method,
          headers: { authorization: basicAuth('sandbox.demo.mp-service-account', 'sandbox') },
          ...(method === 'GET' || body === null ? {} : { body }),
        });
        await response.arrayBuffer();
        expect([response.status, method, path, String(url), body, failures]).toEqual([
          expect.toSatisfy((status: number) => status < 500),
          method,
          path,
          String(url),
          body,
          [],
        ]);
      },
    ),
    { numRuns: SEEDS * 6 },
  );
});

test.each([
  'GET / HTTP/1.1\r\n\r\n',
  'GET //%zz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /track HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
  'POST /track HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  '\u0000\u0001\u0002\r\n\r\n',
])('the sandbox answers %j and goes on', async (request) => {
  expect(await exchange(request)).toMatch(/^HTTP\/1\.1 [2-4]\d\d /);
  expect((await fetch(`${sandbox.url}/_sandbox/health`)).status).toBe(200);
  expect(failures).toEqual([]);
});

/** Sends bytes, and resolves with the first answer, or with nothing if the connection is closed. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(sandbox.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (answer) => {
      resolve(answer.toString());
      socket.destroy();
    });
    socket.on('error', () => resolve(''));
    socket.on('close', () => resolve(''));
  });
}
