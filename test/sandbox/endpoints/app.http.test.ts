import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SandboxClient, startSandboxClient, WEST } from '../sandbox-client.js';

const APP = '/api/app/projects/1234567';

let client: SandboxClient;
beforeAll(async () => {
  client = await startSandboxClient({ events: 2_000, users: 100 });
});
afterAll(() => client.close());

interface Envelope<T> {
  status: string;
  results: T;
}

// Bodies as NangoHQ/integration-templates recorded them in July 2026 (integrations/mixpanel/tests).
describe('annotations', () => {
  test('are listed between dates in camel case', async () => {
    const all = await client.get<Envelope<{ id: number }[]>>(`${APP}/annotations`);
    expect(all.body.status).toBe('ok');
    expect(all.body.results.map(({ id }) => id)).toEqual([501, 502, 503]);
    const some = await client.get(`${APP}/annotations`, { fromDate: '2026-11-01', toDate: '2026-11-24' });
    expect(some.body).toMatchObject({
      results: [
        { id: 501, date: '2026-11-07T00:00:00+00:00', project_id: 1234567, tags: [{ name: 'incident' }] },
      ],
    });
    expect(await client.get(`${APP}/annotations/5`)).toMatchObject({
      status: 404,
      body: { status: 'error' },
    });
  });

  test('are created in the time zone of the project, changed and deleted', async () => {
    const west = `/api/app/projects/${WEST}/annotations`;
    const created = await client.post<Envelope<{ id: number }>>(west, {
      json: { date: '2026-07-03 12:00:00', description: 'release', tags: [2] },
    });
    expect(created).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        results: {
          date: '2026-07-03T12:00:00-07:00',
          description: 'release',
          project_id: 2345678,
          user: { id: 42, first_name: '', last_name: '' },
          tags: [{ id: 2, name: 'marketing' }],
        },
      },
    });
    const { id } = created.body.results;
    const changed = await client.send('PATCH', `${west}/${id}`, { json: { description: 'rolled back' } });
    expect(changed.body).toMatchObject({ results: { id, description: 'rolled back', tags: [{ id: 2 }] } });
    expect((await client.send('DELETE', `${west}/${id}`)).body).toEqual({ status: 'ok', results: { id } });
    expect((await client.get(`${west}/${id}`)).status).toBe(404);
  });

  test.each([
    [{ description: 'x' }, /^date: /],
    [{ date: '2026-07-03 12:00:00' }, /^description: /],
    [{ date: '2026-07-03 12:00:00', description: 'x', tags: [77] }, /^tags: /],
    ['not an object', /JSON object/],
  ])('with %j are refused', async (json, error) => {
    const answer = await client.post<{ error: string }>(`${APP}/annotations`, { json });
    expect(answer).toMatchObject({ status: 400, body: { status: 'error' } });
    expect(answer.body.error).toMatch(error);
  });

  test('have tags, which know whether they are used', async () => {
    const { body } = await client.post<Envelope<{ id: number }>>(`${APP}/annotations/tags`, {
      json: { name: 'release' },
    });
    expect(body.results).toMatchObject({ name: 'release', project_id: 1234567, has_annotations: false });
    expect((await client.get(`${APP}/annotations/tags`)).body).toMatchObject({
      status: 'ok',
      results: [
        { id: 1, name: 'incident', has_annotations: true },
        { id: 2, name: 'marketing', has_annotations: true },
        { id: body.results.id, name: 'release', has_annotations: false },
      ],
    });
  });
});

describe('schemas', () => {
  test('are listed, by type and by name, with their metadata', async () => {
    const ask = async (path: string) =>
      (await client.get<Envelope<{ name: string }[]>>(`${APP}/schemas${path}`)).body;
    expect((await ask('')).results).toHaveLength(3);
    expect((await ask('/event?entity_name=Signup')).results.map(({ name }) => name)).toEqual(['Signup']);
    expect(await ask('/event/Purchase')).toMatchObject({
      metadata: { 'com.mixpanel': { hidden: false, tags: [] } },
      properties: { amount: { type: 'number' } },
    });
  });

  test('are created, replaced and deleted', async () => {
    const west = `/api/app/projects/${WEST}/schemas`;
    const entry = { entityType: 'event', name: 'Item Returned', schemaJson: { description: 'Came back.' } };
    expect((await client.post(west, { json: { entries: [entry] } })).body).toEqual({
      status: 'ok',
      results: { added: 1, deleted: 0 },
    });
    await client.post(`${west}/event/Item%20Returned`, { json: { description: 'Sent back.' } });
    expect((await client.get(`${west}/event/Item%20Returned`)).body).toEqual({ description: 'Sent back.' });
    expect((await client.send('DELETE', `${west}/event/Item%20Returned`)).body).toEqual({
      status: 'ok',
      results: { delete_count: 1 },
    });
    expect((await client.post(west, { json: { entries: [entry], truncate: true } })).body).toMatchObject({
      results: { added: 1, deleted: 3 },
    });
    expect(await client.post(west, { json: { entries: [{}] } })).toMatchObject({ status: 400 });
  });
});

test('lookup tables are null until one is put, and refuse an unknown id and a blank key', async () => {
  expect((await client.get('/lookup-tables')).body).toEqual({ code: 200, results: null, status: 'OK' });
  const path = '/lookup-tables/55b4fb2b-e8de-466c-930f-8b36640b9b5e';
  const headers = { 'content-type': 'text/csv' };
  const put = (text: string) => client.send('PUT', path, { text, headers });
  expect(await put('id,city\nu1,Bern\n,Basel\n')).toMatchObject({
    status: 400,
    body: { failed_records: [{ index: 1, message: 'primary key is required and cannot be blank' }] },
  });
  expect((await put('id,city\nu1,Bern\n')).body).toEqual({ code: 200, status: 'OK' });
  expect((await client.get('/lookup-tables')).body).toMatchObject({
    results: [{ id: '55b4fb2b-e8de-466c-930f-8b36640b9b5e' }],
  });
  expect(await client.send('PUT', '/lookup-tables/7', { text: 'id\n1\n', headers })).toMatchObject({
    status: 404,
    body: { error: "Lookup table with id '7' was not found.", status: 'Not Found' },
  });
});

test('saved reports are listed by kind, and cost no query', async () => {
  const { body } = await client.get<Envelope<{ id: number; type: string }[]>>(`${APP}/bookmarks`, { v: 2 });
  expect(new Set(body.results.map(({ type }) => type))).toEqual(
    new Set(['insights', 'funnels', 'retention']),
  );
  const funnels = await client.get<Envelope<{ type: string }[]>>(`${APP}/bookmarks`, {
    v: 2,
    type: 'funnels',
  });
  expect(funnels.body.results[0]).toMatchObject({
    id: 67901,
    name: 'From product to purchase',
    type: 'funnels',
    project_id: 1234567,
    creator_name: 'Ada Roast',
  });
  for (const { id } of body.results) {
    expect((await client.get('/api/query/insights', { bookmark_id: id })).status).toBe(200);
  }
});

test('workspaces and cohorts are listed as Mixpanel’s clients ask for them', async () => {
  expect((await client.get(`${APP}/workspaces/public`)).body).toMatchObject({
    status: 'ok',
    results: [{ id: 9876543, name: 'All Project Data', project_id: 1234567, is_default: true }],
  });
  const { body } = await client.get<Envelope<unknown[]>>(`${APP}/cohorts`);
  expect(body.results).toEqual((await client.get('/api/query/cohorts/list')).body);
});
