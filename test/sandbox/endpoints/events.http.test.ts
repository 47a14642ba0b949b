import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUtcDay } from '../../../src/time/day.js';
import { DAY_MS } from '../../../src/time/durations.js';
import { formatUtc } from '../../../src/time/utc.js';
import {
  type ExportedEvent,
  NOW,
  type SandboxClient,
  SHOP,
  startSandboxClient,
  WEBSITE,
  WEST,
} from '../sandbox-client.js';

type Values = Record<string, Record<string, number>>;
interface SeriesBody {
  data: { series: string[]; values: Values };
  legend_size: number;
}

let client: SandboxClient;
let events: ExportedEvent[];

beforeAll(async () => {
  client = await startSandboxClient();
  events = await client.exported();
});
afterAll(() => client.close());

const OCTOBER = { from_date: '2026-10-05', to_date: '2026-11-02' };
const inOctober = ({ properties }: ExportedEvent) =>
  toUtcDay(properties.time) >= '2026-10-05' && toUtcDay(properties.time) <= '2026-11-02';

describe('GET /api/query/events', () => {
  const bucketOf: Record<string, (at: number) => string> = {
    minute: (at) => formatUtc(at, 'yyyy-MM-dd HH:mm:00'),
    hour: (at) => formatUtc(at, 'yyyy-MM-dd HH:00:00'),
    day: toUtcDay,
    week: (at) => toUtcDay(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS),
    month: (at) => `${toUtcDay(at).slice(0, 8)}01`,
  };

  it.each(['minute', 'hour', 'day', 'week', 'month'])('counts all events by the %s', async (unit) => {
    const names = ['Signup', 'Purchase'];
    const { body } = await client.get<SeriesBody>('/api/query/events', {
      event: names,
      type: 'general',
      unit,
      ...OCTOBER,
    });
    const expected: Values = { Signup: {}, Purchase: {} };
    for (const each of events) {
      const counts = expected[each.event];
      if (!counts || !inOctober(each)) continue;
      const bucket = bucketOf[unit]!(each.properties.time);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    expect(body.data.values).toEqual(expected);
    expect(body.legend_size).toBe(2);
    expect(body.data.series).toEqual([...body.data.series].sort());
    expect(Object.keys(expected.Purchase!).every((bucket) => body.data.series.includes(bucket))).toBe(true);
  });

  it.each(['day', 'week', 'month'])('counts users and events per user by the %s', async (unit) => {
    const ask = (type: string) =>
      client.get<SeriesBody>('/api/query/events', { event: ['Page View'], type, unit, ...OCTOBER });
    const users: Record<string, string[]> = {};
    for (const each of events) {
      if (each.event !== 'Page View' || !inOctober(each)) continue;
      const bucket = bucketOf[unit]!(each.properties.time);
      users[bucket] = [...(users[bucket] ?? []), each.properties.distinct_id];
    }
    const unique = Object.fromEntries(
      Object.entries(users).map(([bucket, ids]) => [bucket, new Set(ids).size]),
    );
    const average = Object.fromEntries(
      Object.entries(users).map(([bucket, ids]) => [bucket, ids.length / new Set(ids).size]),
    );
    expect((await ask('unique')).body.data.values).toEqual({ 'Page View': unique });
    expect((await ask('average')).body.data.values).toEqual({ 'Page View': average });
  });

  it('names every date in the series, and only dates with events in the values', async () => {
    const name = 'Subscription Upgraded';
    const { body } = await client.get<SeriesBody>('/api/query/events', {
      event: [name],
      type: 'general',
      unit: 'day',
      ...OCTOBER,
    });
    expect(body.data.series).toHaveLength(29);
    expect(Object.keys(body.data.values[name]!).length).toBeLessThan(29);
  });

  it('leaves out events that nobody did', async () => {
    const { body } = await client.get<SeriesBody>('/api/query/events', {
      event: ['Nope', 'Signup'],
      type: 'general',
      unit: 'day',
      ...OCTOBER,
    });
    expect(Object.keys(body.data.values)).toEqual(['Signup']);
    expect(body.legend_size).toBe(1);
  });

  it('takes an interval in place of dates: the current unit and those before', async () => {
    const { body } = await client.get<SeriesBody>('/api/query/events', {
      event: ['Page View'],
      type: 'general',
      unit: 'day',
      interval: 3,
    });
    expect(body.data.series).toEqual(['2026-11-22', '2026-11-23', '2026-11-24']);
    const hours = await client.get<SeriesBody>('/api/query/events', {
      event: ['Page View'],
      type: 'general',
      unit: 'hour',
      interval: 2,
    });
    expect(hours.body.data.series).toEqual(['2026-11-24 20:00:00', '2026-11-24 21:00:00']);
    const count = events.filter(
      ({ event, properties }) => event === 'Page View' && properties.time >= Date.UTC(2026, 10, 24, 20),
    ).length;
    expect(sum(hours.body.data.values['Page View'])).toBe(count);
  });

  it('knows days by the clock of the project', async () => {
    const { body } = await client.get<SeriesBody>('/api/query/events', {
      project_id: WEST,
      event: ['Page View'],
      type: 'general',
      unit: 'day',
      ...OCTOBER,
    });
    // This project was made before 2023: its exported times are its own clock's, as if that were UTC.
    const expected: Record<string, number> = {};
    for (const each of await client.exported(WEST)) {
      if (each.event !== 'Page View' || !inOctober(each)) continue;
      expected[toUtcDay(each.properties.time)] = (expected[toUtcDay(each.properties.time)] ?? 0) + 1;
    }
    expect(body.data.values).toEqual({ 'Page View': expected });
  });

  it('gives CSV where it is asked for', async () => {
    const query = { event: ['Signup', 'Purchase'], type: 'general', unit: 'week', ...OCTOBER };
    const { body: json } = await client.get<SeriesBody>('/api/query/events', query);
    const csv = await client.get<string>('/api/query/events', { ...query, format: 'csv' });
    expect(csv.headers.get('content-type')).toBe('text/csv');
    const [head, ...rows] = csv.text.trimEnd().split('\n');
    expect(head).toBe('date,Signup,Purchase');
    expect(rows).toEqual(
      json.data.series.map(
        (date) => `${date},${json.data.values.Signup?.[date] ?? 0},${json.data.values.Purchase?.[date] ?? 0}`,
      ),
    );
  });

  const good = { event: ['Signup'], type: 'general', unit: 'day', ...OCTOBER };
  it.each([
    ['an event list that is no JSON array', { event: 'Signup' }, /Error in event: must be a JSON array/],
    ['a missing type', { type: '' }, /Missing required parameter: type/],
    ['a unit it does not know', { unit: 'fortnight' }, /Error in unit/],
    ['unique users by the hour', { unit: 'hour', type: 'unique' }, /hourly uniques/],
    ['minutes of a whole year', { unit: 'minute', from_date: '2025-11-01' }, /at most 31 days/],
    ['a date before 2000', { from_date: '1999-12-31' }, /Error in from_date: invalid date, bad year/],
    ['a day that does not exist', { from_date: '2026-02-30' }, /Error in from_date: invalid date/],
    ['a day that has not come', { to_date: '2026-11-25' }, /to_date cannot be later than today/],
    ['dates the wrong way round', { from_date: '2026-11-03' }, /from_date/],
  ])('refuses %s in the shape of the Query API', async (_, change, message) => {
    const { status, body } = await client.get('/api/query/events', { ...good, ...change });
    expect(status).toBe(400);
    expect(body).toEqual({
      request: expect.stringMatching(/^\/api\/query\/events\?/),
      error: expect.stringMatching(message),
    });
  });
});

it('a range beyond the 90 days of a plan is answered with 403', async () => {
  const ask = (from_date: string) =>
    client.get('/api/query/events', {
      project_id: WEBSITE,
      event: ['Page View'],
      type: 'general',
      unit: 'day',
      from_date,
      to_date: '2026-11-01',
    });
  expect((await ask('2026-08-26')).status).toBe(200);
  expect(await ask('2026-08-25')).toMatchObject({
    status: 403,
    body: { error: 'Date range exceeds 90 days into the past' },
  });
});

describe('GET /api/query/events/properties', () => {
  it('counts an event by the values of a property', async () => {
    const { body } = await client.get<SeriesBody>('/api/query/events/properties', {
      event: 'Purchase',
      name: 'country',
      type: 'general',
      unit: 'day',
      ...OCTOBER,
    });
    const expected: Values = {};
    for (const each of events) {
      if (each.event !== 'Purchase' || !inOctober(each)) continue;
      const country = String(each.properties.country);
      const counts = expected[country] ?? {};
      expected[country] = counts;
      counts[toUtcDay(each.properties.time)] = (counts[toUtcDay(each.properties.time)] ?? 0) + 1;
    }
    expect(body.data.values).toEqual(expected);
    expect(body.legend_size).toBe(Object.keys(expected).length);
  });

  it('keeps to the values asked for, and to the most frequent', async () => {
    const ask = (change: object) =>
      client.get<SeriesBody>('/api/query/events/properties', {
        event: 'Page View',
        name: '$os',
        type: 'unique',
        unit: 'month',
        ...OCTOBER,
        ...change,
      });
    const all = (await ask({})).body.data.values;
    const some = (await ask({ values: ['iOS', 'Linux', 'Atari'] })).body.data.values;
    expect(some).toEqual({ iOS: all.iOS, Linux: all.Linux });
    expect(Object.keys((await ask({ limit: 2 })).body.data.values)).toEqual(Object.keys(all).slice(0, 2));
  });

  it('counts the elements of a list, and names what is no text as JSON does', async () => {
    const ask = async (event: string, name: string) =>
      Object.keys(
        (
          await client.get<SeriesBody>('/api/query/events/properties', {
            event,
            name,
            type: 'general',
            unit: 'month',
            ...OCTOBER,
          })
        ).body.data.values,
      ).sort();
    expect(await ask('Product Viewed', 'tags')).toContain('chocolate');
    expect(await ask('Purchase', 'gift')).toEqual(['false', 'true']);
    expect(await ask('Purchase', 'coupon')).toContain('null');
  });
});

describe('GET /api/query/events/top', () => {
  it('compares today with as much of yesterday', async () => {
    const { body } = await client.get<{
      type: string;
      events: { event: string; amount: number; percent_change: number }[];
    }>('/api/query/events/top', { type: 'unique' });
    const midnight = Date.UTC(2026, 10, 24);
    const users = (name: string, from: number, to: number) =>
      new Set(
        events
          .filter(
            ({ event, properties }) => event === name && properties.time >= from && properties.time <= to,
          )
          .map(({ properties }) => properties.distinct_id),
      ).size;
    expect(body.type).toBe('unique');
    expect(body.events.length).toBeGreaterThan(5);
    for (const { event, amount, percent_change } of body.events) {
      const yesterday = users(event, midnight - DAY_MS, NOW - DAY_MS);
      expect(amount).toBe(users(event, midnight, NOW));
      expect(percent_change).toBe(yesterday === 0 ? 1 : (amount - yesterday) / yesterday);
    }
    expect(body.events.map(({ amount }) => amount)).toEqual(
      body.events.map(({ amount }) => amount).sort((one, other) => other - one),
    );
  });

  it('names as many as the limit allows', async () => {
    const { body } = await client.get<{ events: unknown[] }>('/api/query/events/top', {
      type: 'general',
      limit: 3,
    });
    expect(body.events).toHaveLength(3);
  });
});

describe('the lists of the last 31 days', () => {
  const recent = () => events.filter(({ properties }) => properties.time >= NOW - 31 * DAY_MS);
  const ranked = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([one, first], [other, second]) => second - first || (one < other ? -1 : 1))
      .map(([name]) => name);

  it('/events/names has the most common first', async () => {
    const counts: Record<string, number> = {};
    for (const { event } of recent()) counts[event] = (counts[event] ?? 0) + 1;
    expect((await client.get('/api/query/events/names', { type: 'general' })).body).toEqual(ranked(counts));
    expect((await client.get('/api/query/events/names', { type: 'general', limit: 2 })).body).toEqual(
      ranked(counts).slice(0, 2),
    );
  });

  it('/events/properties/top counts the events that have each property', async () => {
    const counts = new Map<string, number>();
    for (const { event, properties } of recent()) {
      if (event !== 'Support Ticket Opened') continue;
      for (const name of Object.keys(properties)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const { text } = await client.get('/api/query/events/properties/top', {
      event: 'Support Ticket Opened',
      limit: 100,
    });
    expect(
      new Map(
        Object.entries(JSON.parse(text) as Record<string, { count: number }>).map(([name, { count }]) => [
          name,
          count,
        ]),
      ),
    ).toEqual(counts);
    expect([...counts.keys()]).toEqual(
      expect.arrayContaining(['__proto__', 'constructor', 'event', '42', '$email']),
    );
    const { body } = await client.get<object>('/api/query/events/properties/top', { event: 'Signup' });
    expect(Object.keys(body)).toHaveLength(10);
  });

  it('/events/properties/values has the most common first, objects as JSON', async () => {
    const counts: Record<string, number> = {};
    for (const { event, properties } of recent()) {
      if (event !== 'Purchase') continue;
      for (const item of properties.items as unknown[])
        counts[JSON.stringify(item)] = (counts[JSON.stringify(item)] ?? 0) + 1;
    }
    const { body } = await client.get('/api/query/events/properties/values', {
      event: 'Purchase',
      name: 'items',
    });
    expect(body).toEqual(ranked(counts).slice(0, 255));
  });

  it('/events/properties/values looks at all events where none is named', async () => {
    const { body } = await client.get<string[]>('/api/query/events/properties/values', { name: 'plan' });
    expect([...body].sort()).toEqual(['Basic', 'Free', 'Premium']);
  });
});

it('the old address below /api/2.0/ is the same', async () => {
  const query = { event: ['Signup'], type: 'general', unit: 'day', ...OCTOBER };
  expect((await client.get('/api/2.0/events', query)).text).toBe(
    (await client.get('/api/query/events', query)).text,
  );
});

it('what nobody offers is 404', async () => {
  expect((await client.get('/api/query/nothing', { project_id: SHOP })).status).toBe(404);
});

function sum(counts: Record<string, number> | undefined): number {
  return Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
}
