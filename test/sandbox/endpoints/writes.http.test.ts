import { afterAll, beforeAll, expect, it } from 'vitest';
import { NOW, type SandboxClient, startSandboxClient } from '../sandbox-client.js';

const TOKEN = 'sandbox-token-1234567';
const TODAY = { from_date: '2026-11-24', to_date: '2026-11-24' };

let client: SandboxClient;
beforeAll(async () => {
  client = await startSandboxClient({ events: 2_000, users: 100 });
});
afterAll(() => client.close());

const tracked = (event: string, properties: object = {}) => ({
  event,
  properties: { token: TOKEN, distinct_id: 'writer', time: NOW / 1000 - 60, ...properties },
});

async function countToday(event: string): Promise<number | undefined> {
  const { body } = await client.get<{ data: { values: Record<string, Record<string, number>> } }>(
    '/api/query/events',
    {
      event: [event],
      type: 'general',
      unit: 'day',
      ...TODAY,
    },
  );
  return body.data.values[event]?.['2026-11-24'];
}

async function profile(distinct_id: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await client.post<{ results: { $properties: Record<string, unknown> }[] }>(
    '/api/query/engage',
    {
      form: { distinct_id },
    },
  );
  return body.results[0]?.$properties;
}

it('a tracked event is counted, exported and found in the activity of its user', async () => {
  expect((await client.post('/track', { json: [tracked('Written', { shade: 'blue\u2028' })] })).text).toBe(
    '1',
  );
  expect(await countToday('Written')).toBe(1);
  const { text } = await client.get<string>('/api/2.0/export', { event: ['Written'], ...TODAY });
  expect(JSON.parse(text)).toMatchObject({
    event: 'Written',
    properties: { time: NOW / 1000 - 60, shade: 'blue\u2028' },
  });
  const { body } = await client.get('/api/query/stream/query', { distinct_ids: ['writer'], ...TODAY });
  expect(body).toMatchObject({ results: { events: [{ event: 'Written' }] } });
});

it('an event sent twice with the same $insert_id counts once and is exported twice', async () => {
  const event = tracked('Sent Twice', { $insert_id: 'same' });
  await client.post('/track', { json: [event] });
  await client.post('/track', { json: [event] });
  expect(await countToday('Sent Twice')).toBe(1);
  const { text } = await client.get<string>('/api/2.0/export', { event: ['Sent Twice'], ...TODAY });
  expect(text.trimEnd().split('\n')).toHaveLength(2);
});

it('an event of an unknown token is thanked for and goes nowhere', async () => {
  const { text } = await client.post('/track', { json: [tracked('Lost', { token: 'nobody' })] });
  expect(text).toBe('1');
  expect(await countToday('Lost')).toBeUndefined();
});

it('an imported event lies where its time says', async () => {
  const time = Date.UTC(2026, 9, 15, 12) / 1000;
  const { body } = await client.post('/import', {
    params: { strict: 1 },
    json: [{ event: 'Imported', properties: { time, distinct_id: 'writer', $insert_id: 'import-1' } }],
  });
  expect(body).toMatchObject({ code: 200, num_records_imported: 1, status: 'OK' });
  const { text } = await client.get<string>('/api/2.0/export', {
    from_date: '2026-10-15',
    to_date: '2026-10-15',
    event: ['Imported'],
  });
  expect(JSON.parse(text).properties.time).toBe(time);
});

it('a profile is changed, made and deleted', async () => {
  await client.post('/engage', {
    json: [{ $token: TOKEN, $distinct_id: 'user1', $set: { plan: 'Gold' }, $add: { orders: 5 } }],
  });
  expect(await profile('user1')).toMatchObject({
    plan: 'Gold',
    $email: 'user1@example.com',
    $last_seen: '2026-11-24T21:30:00',
  });
  await client.post('/engage', {
    json: [{ $token: TOKEN, $distinct_id: 'new one', $set: JSON.parse('{"__proto__": "kept"}') }],
  });
  expect(Object.getOwnPropertyDescriptor(await profile('new one'), '__proto__')?.value).toBe('kept');
  await client.post('/engage', { json: [{ $token: TOKEN, $distinct_id: 'new one', $delete: '' }] });
  expect(await profile('new one')).toBeUndefined();
});

it('a profile that was changed moves between cohorts', async () => {
  const premium = async () =>
    (await client.post<{ count: number }[]>('/api/query/cohorts/list')).body[0]?.count ?? 0;
  const before = await premium();
  await client.post('/engage', {
    json: [{ $token: TOKEN, $distinct_id: 'late subscriber', $set: { plan: 'Premium' } }],
  });
  expect(await premium()).toBe(before + 1);
});

it('a group profile is found under the id of its data group', async () => {
  await client.post('/groups', {
    json: [{ $token: TOKEN, $group_key: 'company', $group_id: 'company-new', $set: { employees: 3 } }],
  });
  const { body } = await client.post('/api/query/engage', {
    form: {
      data_group_id: '-1405123841946871899',
      where: 'properties["employees"] == 3',
      distinct_ids: ['company-new'],
    },
  });
  expect(body).toMatchObject({
    results: [{ $distinct_id: 'company-new', $properties: { employees: 3 } }],
    total: 1,
  });
});
