import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireFromString } from 'module-from-string';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/errors.js';
import { createPlugin } from '../../src/plugin.js';
import { type BuiltHosts, buildHosts } from './built.js';

/**
 * ToolJet's two ways of loading a plugin, for every query anew. Source: ToolJet,
 * `server/src/modules/data-sources/services/plugin-selector.service.ts` at dea4e4a and at 59fda81.
 */
const loaders: Record<string, (text: string) => Promise<Service>> = {
  'module-from-string': async (text) => {
    const code = requireFromString(text, { useCurrentGlobal: true });
    return new code.default();
  },
  'a data: URL': async (text) => {
    const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`);
    return new module.default();
  },
};
const FILES: Record<string, string> = { 'module-from-string': 'index.js', 'a data: URL': 'index.mjs' };

/** What ToolJet calls. Source: ToolJet, `marketplace/plugins/common/lib/query_service.interface.ts`. */
interface Service {
  run(source: object, query: object, id?: string, updatedAt?: string, context?: object): Promise<Result>;
  testConnection(source: object): Promise<{ status: string; message?: string }>;
  invokeMethod(
    method: string,
    context: object,
    source: object,
    args?: object,
  ): Promise<{ label: string; value: string }[]>;
}
interface Result {
  status: string;
  data: unknown;
  metadata?: Record<string, unknown>;
}

let hosts: BuiltHosts;
const load = async (way: string) =>
  loaders[way]!(await readFile(join(hosts.folder, 'tooljet', 'dist', FILES[way]!), 'utf8'));

beforeAll(async () => {
  hosts = await buildHosts();
});
afterAll(() => hosts?.close());

describe.each(Object.keys(loaders))('the plugin of ToolJet, loaded by %s', (way) => {
  test('runs a query and gives its rows as data', async () => {
    const { credentials, sandbox } = hosts;
    const service = await load(way);
    const result = await service.run(
      credentials,
      { operation: 'GET_TOP_EVENTS', limit: '3' },
      'id',
      'now',
      {},
    );
    const plugin = createPlugin({ hosts: sandbox.hosts });
    const direct = await plugin.execute({
      datasource: { ...credentials, region: 'US' },
      command: 'GET_TOP_EVENTS',
      parameters: { limit: 3 },
    });
    await plugin.close();
    expect(result.status).toBe('ok');
    expect(result.data).toHaveLength(3);
    expect(result.data).toEqual(direct.ok && direct.body);
  });

  test('throws the QueryError its server knows by name, with every mistake and no secret', async () => {
    const service = await load(way);
    const { credentials } = hosts;
    const query = { operation: 'GET_TOP_EVENT_PROPERTIES', limit: 'many' };
    const error = await service.run(credentials, query).catch((thrown) => thrown);
    expect(error.constructor.name).toBe('QueryError');
    expect(error.message).toContain('Event');
    expect(error.message).toContain('Limit');
    expect(error.description).toBe(`${ERRORS.INVALID_INPUT.title}.`);
    expect(error.data).toMatchObject({ code: 'INVALID_INPUT', status: 400 });
    expect(error.data.issues.map(({ field }: { field: string }) => field)).toEqual(['event', 'limit']);
    expect(JSON.stringify([error.message, error.description, error.data])).not.toContain(
      credentials.password,
    );
  });

  test('tests a connection, and reports a wrong password', async () => {
    const service = await load(way);
    const { credentials } = hosts;
    expect(await service.testConnection(credentials)).toEqual({
      status: 'ok',
      message: expect.stringContaining(credentials.projectId),
    });
    const wrong = await service.testConnection({ ...credentials, password: 'wrong-secret' });
    expect(wrong.status).toBe('failed');
    expect(wrong.message).not.toContain('wrong-secret');
  });

  test('fills dynamic selectors, those that depend on others too', async () => {
    const service = await load(way);
    const { credentials } = hosts;
    const { projectId } = credentials;
    const context = { user: { id: 'u' }, app: { id: 'a', isPublic: false } };
    const look = (method: string, values?: object) =>
      service.invokeMethod(method, context, credentials, values && { values });
    expect((await look('projects')).map(({ value }) => value)).toContain(projectId);
    const events = await look('events', { projectId });
    expect(events.length).toBeGreaterThan(0);
    expect(events[0]).toEqual({ label: expect.any(String), value: expect.any(String) });
    expect((await look('properties', { projectId, event: events[0]!.value })).length).toBeGreaterThan(0);
    await expect(look('everything')).rejects.toThrow('everything');
  });

  test('writes a chosen cohort into the form data', async () => {
    const service = await load(way);
    const { credentials } = hosts;
    const [cohort] = await service.invokeMethod('cohorts', {}, credentials, { values: {} });
    const query = { operation: 'QUERY_PROFILES', formData_filter_by_cohort_id: cohort!.value };
    const chosen = await service.run(credentials, query);
    const written = await service.run(credentials, {
      operation: 'QUERY_PROFILES',
      formData: JSON.stringify({ filter_by_cohort: { id: Number(cohort!.value) } }),
    });
    expect(chosen.data).toEqual(written.data);
  });
});

test('60 queries in an hour are all, however often and however ToolJet evaluates the bundle', async () => {
  const ways = Object.keys(loaders);
  // A project of its own, so that the queries of other tests do not count.
  const credentials = { ...hosts.credentials, projectId: String(hosts.sandbox.projects[1]!.id) };
  const query = { operation: 'GET_TOP_EVENTS', cacheSeconds: '0' };
  for (let count = 0; count < 60; count += 1) {
    const service = await load(ways[count % ways.length]!);
    expect((await service.run(credentials, query)).status).toBe('ok');
  }
  const service = await load('module-from-string');
  const error = await service.run(credentials, query).catch((thrown) => thrown);
  expect(error.constructor.name).toBe('QueryError');
  expect(error.data).toMatchObject({ code: 'RATE_LIMITED_HOURLY', status: 429 });
  expect(Date.parse(error.data.retryAt)).toBeGreaterThan(Date.now());
  expect(error.description).toContain(error.data.retryAt);
});

test('a query ends before ToolJet stops waiting for it', async () => {
  await hosts.setFault({ kind: 'latency', path: '/api/query/*', ms: 30_000 });
  const service = await load('module-from-string');
  const query = { operation: 'GET_TOP_EVENTS', cacheSeconds: '0', query_timeout: '700' };
  const error = await service.run(hosts.credentials, query).catch((thrown) => thrown);
  expect(error.data).toMatchObject({ code: 'TIMEOUT' });
  await hosts.setFault();
});

test('what is to be said of a result comes with it', async () => {
  const service = await load('module-from-string');
  const query = { operation: 'GET_TOP_EVENTS', limit: '4', cacheSeconds: '1' };
  const { data, metadata } = await service.run(hosts.credentials, query);
  expect(metadata?.messages).toEqual([]);
  await hosts.setFault({ kind: 'status', path: '/api/query/*', status: 503, times: 1_000 });
  await expect
    .poll(() => service.run(hosts.credentials, query))
    .toMatchObject({ status: 'ok', data, metadata: { messages: [expect.stringMatching(/\w/)] } });
  await hosts.setFault();
});

test('results survive the next evaluation of the bundle', async () => {
  const query = { operation: 'GET_TOP_EVENTS', limit: '2', cacheSeconds: '600' };
  const first = await (await load('module-from-string')).run(hosts.credentials, query);
  const second = await (await load('module-from-string')).run(hosts.credentials, query);
  expect(first.metadata).toMatchObject({ cache: { state: 'MISS' } });
  expect(second.metadata).toMatchObject({ cache: { state: 'HIT' } });
});
