import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extract, list } from 'tar';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BuiltHosts, buildHosts } from './built.js';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Cannot be installed from npm (one of its dependencies is gone), but its validator needs only joi, which we have. */
const VALIDATOR_PACKAGE = '@budibase/backend-core@3.46.0';

/** What Budibase makes for each query. Source: Budibase, `packages/server/src/threads/query.ts`. */
type Integration = { testConnection(): Promise<{ connected: boolean; error?: string }> } & Record<
  string,
  (query: object) => Promise<unknown>
>;

let hosts: BuiltHosts;
let plugin: { integration: new (config: object) => Integration; schema: object };

beforeAll(async () => {
  hosts = await buildHosts();
  plugin = require(join(hosts.folder, 'budibase', 'plugin.min.js'));
});
afterAll(() => hosts?.close());

const integration = (config: object = hosts.credentials) => new plugin.integration(config);

test("Budibase's own validator takes the schema, and not one that is wrong", async ({ skip }) => {
  const validator = await loadValidator().catch((error: Error) => error);
  if (validator instanceof Error) {
    const reason = `${VALIDATOR_PACKAGE} could not be fetched from the npm registry: ${validator.message}`;
    if (process.env.CI) throw new Error(reason);
    return skip(reason);
  }
  const schema = JSON.parse(await readFile(join(hosts.folder, 'budibase', 'schema.json'), 'utf8'));
  expect(() => validator.validate(schema)).not.toThrow();
  const [verb] = Object.keys(schema.schema.query);
  schema.schema.query[verb!].fields.wrong = { type: 'string' };
  expect(() => validator.validate(schema)).toThrow('required');
});

test('the tarball holds what Budibase unpacks: manifest, schema with hash and version, icon, bundle', async () => {
  const { name, version } = JSON.parse(
    await readFile(join(hosts.folder, 'budibase', 'package.json'), 'utf8'),
  );
  const file = join(hosts.folder, 'budibase', `${name}-${version}.tar.gz`);
  const entries: string[] = [];
  await list({ file, onReadEntry: ({ path }) => entries.push(path) });
  expect(entries.sort()).toEqual(['icon.svg', 'package.json', 'plugin.min.js', 'schema.json']);
  const schema = JSON.parse(await readFile(join(hosts.folder, 'budibase', 'schema.json'), 'utf8'));
  expect(schema).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{40}$/), version });
});

test('every verb of the schema is a method that runs its command', async () => {
  const { query } = (plugin.schema as { schema: { query: object } }).schema;
  const own = integration();
  expect(Object.keys(query).filter((verb) => typeof own[verb] !== 'function')).toEqual([]);
  const rows = (await own.GET_TOP_EVENTS!({ limit: '3', extra: { type: 'general' } })) as object[];
  expect(rows).toHaveLength(3);
  expect(Object.keys(rows[0]!)).toEqual(['event', 'rank']);
});

test('a query that asks for raw gives rows all the same, never an object Budibase takes for its envelope', async () => {
  const raw = await integration().GET_AGGREGATE_EVENT_COUNTS!({
    events: 'Signup',
    fromDate: '2025-01-01',
    toDate: '2025-01-02',
    extra: { response: 'raw' },
  });
  expect(raw).toEqual([expect.objectContaining({ data: expect.anything() })]);
});

test('CSV is one row with the text, which Budibase would else parse', async () => {
  const rows = await integration().GET_TOP_EVENTS!({ limit: '1', extra: { format: 'csv' } });
  expect(rows).toEqual([{ value: expect.stringMatching(/^event,rank\n/) }]);
});

test('rows are copies that a transformer may change', async () => {
  const [first] = (await integration().GET_TOP_EVENTS!({ limit: '1' })) as Record<string, unknown>[];
  expect(() => Object.assign(first!, { event: 'changed' })).not.toThrow();
  const [again] = (await integration().GET_TOP_EVENTS!({ limit: '1' })) as Record<string, unknown>[];
  expect(again!.event).not.toBe('changed');
});

test('the messages of a result are in a column of its first row', async () => {
  const query = { limit: '4', cacheSeconds: '1' };
  const rows = (await integration().GET_TOP_EVENTS!(query)) as object[];
  expect(rows[0]).not.toHaveProperty('messages');
  await hosts.setFault({ kind: 'status', path: '/api/query/*', status: 503, times: 1_000 });
  await expect
    .poll(() => integration().GET_TOP_EVENTS!(query))
    .toEqual([{ ...rows[0], messages: expect.stringMatching(/\w/) }, ...rows.slice(1)]);
  await hosts.setFault();
});

test("a query ends before Budibase ends its worker's", async () => {
  vi.stubEnv('QUERY_THREAD_TIMEOUT', '700');
  await hosts.setFault({ kind: 'latency', path: '/api/query/*', ms: 30_000 });
  const error = await integration().GET_TOP_EVENTS!({ cacheSeconds: '0' }).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'Error', message: expect.stringMatching(/timeout/) });
  vi.unstubAllEnvs();
  await hosts.setFault();
});

test('errors are sentences without a secret', async () => {
  const error = await integration().GET_TOP_EVENT_PROPERTIES!({}).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toContain('Event');
  const denied = await integration({ ...hosts.credentials, password: 'wrong-secret' }).GET_TOP_EVENTS!(
    {},
  ).catch((thrown: Error) => thrown);
  expect(denied).toBeInstanceOf(Error);
  expect(String(denied)).not.toContain('wrong-secret');
});

test('a connection is tested', async () => {
  expect(await integration().testConnection()).toEqual({ connected: true });
  const { connected, error } = await integration({ ...hosts.credentials, password: 'no' }).testConnection();
  expect(connected).toBe(false);
  expect(error).toMatch(/\w/);
});

async function loadValidator(): Promise<{ validate(schema: object): void }> {
  const folder = await mkdtemp(join(root, 'node_modules', '.budibase-'));
  try {
    const { stdout } = await promisify(execFile)(
      'npm',
      ['pack', '--silent', '--prefer-offline', '--pack-destination', folder, VALIDATOR_PACKAGE],
      { cwd: folder },
    );
    await extract({ file: join(folder, stdout.trim()), cwd: folder }, ['package/dist/plugins.js']);
    return require(join(folder, 'package/dist/plugins.js'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
