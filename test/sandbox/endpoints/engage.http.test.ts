import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/time/durations.js';
import { type ExportedEvent, NOW, type SandboxClient, startSandboxClient } from '../sandbox-client.js';

interface Page {
  page: number;
  page_size: number;
  results: { $distinct_id: string; $properties: Record<string, unknown> }[];
  session_id: string;
  status: string;
  total?: number;
}

let client: SandboxClient;
let events: ExportedEvent[];
let allProfiles: Page['results'];

beforeAll(async () => {
  client = await startSandboxClient({ users: 4_000 });
  events = await client.exported();
  allProfiles = await readAllPages({});
});
afterAll(() => client.close());

const page = async (form: Record<string, unknown>) =>
  (await client.post<Page>('/api/query/engage', { form })).body;
const listIds = (results: Page['results']) => results.map(({ $distinct_id }) => $distinct_id);

async function readAllPages(form: Record<string, unknown>): Promise<Page['results']> {
  const first = await page(form);
  const results = [...first.results];
  for (let number = 1; results.length < (first.total ?? 0); number += 1) {
    results.push(...(await page({ ...form, page: number, session_id: first.session_id })).results);
  }
  return results;
}

describe('POST /api/query/engage', () => {
  it('pages by a thousand, the total on the first page only', async () => {
    const first = await page({});
    expect(first).toMatchObject({
      page: 0,
      page_size: 1000,
      status: 'ok',
      session_id: expect.stringMatching(/^\d{13}-[0-9a-f]{32}$/),
    });
    expect(first.results).toHaveLength(1000);
    expect(first.total).toBeGreaterThan(2000);
    const second = await page({ page: 1, session_id: first.session_id });
    expect(second).toMatchObject({ page: 1, session_id: first.session_id });
    expect(second).not.toHaveProperty('total');
    expect(new Set(listIds(allProfiles)).size).toBe(first.total);
  });

  // mixpanel_utils and tap-mixpanel ask this way.
  it('answers GET on the old address too', async () => {
    const { body } = await client.get<Page>('/api/2.0/engage', { where: 'properties["plan"] == "Premium"' });
    expect(body.total).toBe(allProfiles.filter(({ $properties }) => $properties.plan === 'Premium').length);
  });

  // Mixpanel's own client sends these; no page describes them.
  it('sorts, searches and limits', async () => {
    const sorted = await page({ sort_key: 'properties["orders"]', sort_order: 'descending', limit: 50 });
    expect(sorted.total).toBe(50);
    const orders = sorted.results.map(({ $properties }) => Number($properties.orders));
    expect(orders).toEqual([...orders].sort((a, b) => b - a));
    expect(orders[0]).toBe(Math.max(...allProfiles.map(({ $properties }) => Number($properties.orders))));
    const found = await page({ search: 'USER12@' });
    expect(listIds(found.results)).toEqual(['user12']);
  });

  it('wants the session for further pages, and the same filter', async () => {
    const missing = await client.post('/api/query/engage', { form: { page: 1 } });
    expect(missing).toMatchObject({ status: 400, body: { error: expect.stringContaining('session_id') } });
    const { session_id } = await page({});
    const other = await client.post('/api/query/engage', {
      form: { page: 1, session_id, where: 'properties["plan"] == "Free"' },
    });
    expect(other).toMatchObject({ status: 400, body: { error: expect.stringContaining('session_id') } });
  });

  it('gives what a filter lets pass', async () => {
    const found = await readAllPages({
      where: 'properties["plan"] == "Premium" and properties["orders"] >= 5',
    });
    const expected = allProfiles.filter(
      ({ $properties }) => $properties.plan === 'Premium' && Number($properties.orders) >= 5,
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(expected);
  });

  it('takes a JSON body too, which goes before the URL', async () => {
    const { body } = await client.post<Page>('/api/query/engage', {
      params: { where: 'properties["plan"] == "Free"' },
      json: { where: 'properties["$email"] == "user1@example.com"', project_id: 1234567 },
    });
    expect(listIds(body.results)).toEqual(['user1']);
  });

  it('finds profiles by their ids, and gives only the properties asked for', async () => {
    expect(listIds((await page({ distinct_id: 'user2' })).results)).toEqual(['user2']);
    const { results } = await page({
      distinct_ids: ['user2', 'user5', 'nobody'],
      output_properties: ['$email', 'plan', 'nope'],
    });
    expect(
      results.map(({ $distinct_id, $properties }) => [
        $distinct_id,
        $properties.$email,
        Object.keys($properties),
      ]),
    ).toEqual([
      ['user2', 'user2@example.com', ['$email', 'plan']],
      ['user5', 'user5@example.com', ['$email', 'plan']],
    ]);
  });

  it('gives the members of a cohort, with or without a profile', async () => {
    const buyers = new Set(
      events
        .filter(({ event, properties }) => event === 'Purchase' && properties.time >= NOW - 30 * DAY_MS)
        .map(({ properties }) => properties.distinct_id),
    );
    const known = new Set(listIds(allProfiles));
    const all = await readAllPages({ filter_by_cohort: { id: 3000 } });
    expect(new Set(listIds(all))).toEqual(buyers);
    expect(
      all.some(
        ({ $distinct_id, $properties }) => !known.has($distinct_id) && Object.keys($properties).length === 0,
      ),
    ).toBe(true);
    const profiles = await readAllPages({ filter_by_cohort: { id: 3000 }, include_all_users: false });
    expect(new Set(listIds(profiles))).toEqual(new Set([...buyers].filter((id) => known.has(id))));
  });

  it('asks for behaviors as of a moment', async () => {
    const asOf = Math.floor((NOW - 10 * DAY_MS) / 1000);
    const behaviors = [{ window: '20d', name: 'bought', event_selectors: [{ event: 'Purchase' }] }];
    const counts = new Map<string, number>();
    for (const { event, properties } of events) {
      const ago = asOf * 1000 - properties.time;
      if (event !== 'Purchase' || ago < 0 || ago > 20 * DAY_MS) continue;
      counts.set(properties.distinct_id, (counts.get(properties.distinct_id) ?? 0) + 1);
    }
    const found = await readAllPages({
      behaviors,
      where: '(behaviors["bought"] > 1)',
      as_of_timestamp: asOf,
    });
    expect(found.length).toBeGreaterThan(0);
    expect(listIds(found)).toEqual(listIds(allProfiles).filter((id) => (counts.get(id) ?? 0) > 1));
  });

  it('selects the events of a behavior by an expression too', async () => {
    const event_selectors = [{ event: 'Purchase', selector: 'properties["amount"] > 100' }];
    const buyers = new Set(
      events
        .filter(({ event, properties }) => event === 'Purchase' && Number(properties.amount) > 100)
        .map(({ properties }) => properties.distinct_id),
    );
    const found = await readAllPages({
      behaviors: [{ window: '365d', name: 'x', event_selectors }],
      where: 'behaviors["x"] > 0',
    });
    expect(found.length).toBeGreaterThan(0);
    expect(listIds(found)).toEqual(listIds(allProfiles).filter((id) => buyers.has(id)));
  });

  it('compares dates of profiles with a datetime', async () => {
    const found = await readAllPages({ where: 'properties["$created"] >= datetime("2026-10-01T00:00:00")' });
    const expected = allProfiles.filter(
      ({ $properties }) => String($properties.$created) >= '2026-10-01T00:00:00',
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(expected);
  });

  it('pages through more than a thousand by behavior only as of a moment', async () => {
    const form = {
      behaviors: [{ window: '90d', name: 'x', event_selectors: [{ event: 'Page View' }] }],
      where: 'behaviors["x"] >= 0',
    };
    const { session_id } = await page(form);
    const refused = await client.post('/api/query/engage', { form: { ...form, session_id, page: 1 } });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: 'request for page in uncached query for params' },
    });
  });

  it('gives group profiles by their data group id, too large for a number', async () => {
    const { results, total } = await page({ data_group_id: '-1405123841946871899' });
    expect(total).toBe(40);
    expect(results[0]?.$properties).toMatchObject({
      employees: expect.any(Number),
      $name: expect.any(String),
    });
  });

  it.each([
    [
      'behaviors together with a cohort',
      { behaviors: [], filter_by_cohort: { id: 1000 } },
      /mutually exclusive/,
    ],
    ['a cohort it does not have', { filter_by_cohort: { id: 5 } }, /cohort 5 not found/],
    ['a cohort that is no object', { filter_by_cohort: '1000' }, /must be a JSON object/],
    ['a data group it does not have', { data_group_id: '5' }, /unknown data group 5/],
    ['a page that is no number', { page: 'two' }, /Error in page: invalid integer/],
    ['a filter that does not parse', { where: 'plan == 1' }, /Error in where: syntax error/],
  ])('refuses %s', async (_, form, message) => {
    const { status, body } = await client.post('/api/query/engage', { form });
    expect({ status, body }).toEqual({
      status: 400,
      body: { request: expect.any(String), error: expect.stringMatching(message) },
    });
  });
});

describe('POST /api/query/cohorts/list', () => {
  it('names every cohort with the number of its members', async () => {
    const { body } = await client.post<Record<string, unknown>[]>('/api/query/cohorts/list');
    expect(body.map(({ id }) => id)).toEqual([1000, 2000, 3000, 4000]);
    for (const cohort of body) {
      expect(cohort).toMatchObject({
        project_id: 1234567,
        is_visible: cohort.id === 4000 ? 0 : 1,
        created: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      });
      expect(await readAllPages({ filter_by_cohort: { id: cohort.id } })).toHaveLength(Number(cohort.count));
    }
    const premium = allProfiles.filter(({ $properties }) => $properties.plan === 'Premium').length;
    expect(body[0]).toMatchObject({ name: 'Premium subscribers', count: premium });
  });
});
