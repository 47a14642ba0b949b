import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DAY_MS,
  dayOf,
  type ExportedEvent,
  NOW,
  type SandboxClient,
  startSandboxClient,
  WEST,
} from '../sandbox-client.js';

type Series = { [name: string]: Series | number };
interface Insights {
  computed_at: string;
  date_range: { from_date: string; to_date: string };
  headers: string[];
  series: Series;
}

let client: SandboxClient;
let events: ExportedEvent[];

beforeAll(async () => {
  client = await startSandboxClient();
  events = await client.exported();
});
afterAll(() => client.close());

const insights = async (bookmark_id: number, params = {}) =>
  (await client.get<Insights>('/api/query/insights', { bookmark_id, ...params })).body;
const daysAgo = (days: number) => Date.parse('2026-11-24') - days * DAY_MS;
const mondayOf = (at: number) => dayOf(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS);
const RANGE = { from_date: '2026-10-05', to_date: '2026-11-02' };
const inRange = ({ properties }: ExportedEvent) =>
  dayOf(properties.time) >= RANGE.from_date && dayOf(properties.time) <= RANGE.to_date;

/** Counts along a path: `add(series, ['Purchase', 'US', '2026-11-24'])`. */
function add(series: Series, [name, ...rest]: string[], amount = 1): void {
  if (name === undefined) return;
  if (rest.length === 0) {
    series[name] = Number(series[name] ?? 0) + amount;
    return;
  }
  const next = series[name] ?? {};
  series[name] = next;
  add(next as Series, rest, amount);
}

describe('GET /api/query/insights', () => {
  it('gives a report by event and day', async () => {
    const report = await insights(67890);
    const expected: Series = {};
    for (const { event, properties } of events) {
      if (properties.time < daysAgo(29) || !['Signup', 'Purchase'].includes(event)) continue;
      add(expected, [event, `${dayOf(properties.time)}T00:00:00+00:00`]);
    }
    expect(report.series).toEqual(expected);
    expect(report).toMatchObject({
      headers: ['$event'],
      computed_at: '2026-11-24T21:30:00.000000+00:00',
      date_range: { from_date: '2026-10-26T00:00:00+00:00', to_date: '2026-11-24T23:59:59.999000+00:00' },
    });
  });

  it('gives one broken down, a level more, by unique users', async () => {
    const users: Record<string, Record<string, string[]>> = {};
    for (const { event, properties } of events) {
      if (properties.time < daysAgo(83) || event !== 'Purchase') continue;
      const dates = users[String(properties.country)] ?? {};
      users[String(properties.country)] = dates;
      const date = `${mondayOf(properties.time)}T00:00:00+00:00`;
      dates[date] = [...(dates[date] ?? []), properties.distinct_id];
    }
    const report = await insights(67891);
    expect(report.headers).toEqual(['$event', 'country']);
    expect(report.series.Purchase).toEqual(
      Object.fromEntries(
        Object.entries(users).map(([country, dates]) => [
          country,
          Object.fromEntries(Object.entries(dates).map(([date, ids]) => [date, new Set(ids).size])),
        ]),
      ),
    );
  });

  it('gives one without dates', async () => {
    const { series } = await insights(67892);
    const counted = events.filter(({ properties }) => properties.time >= daysAgo(6));
    for (const name of ['Page View', 'Product Viewed', 'Added To Cart', 'Purchase']) {
      expect(series[name]).toBe(counted.filter(({ event }) => event === name).length);
    }
  });

  it('gives totals as $overall where the report has them', async () => {
    const expected: Series = {};
    for (const { event, properties } of events) {
      if (properties.time < daysAgo(27) || event !== 'Purchase') continue;
      const date = `${mondayOf(properties.time)}T00:00:00+00:00`;
      const { plan, $os } = properties;
      add(expected, [event, '$overall', date]);
      add(expected, [event, String(plan), '$overall', date]);
      add(expected, [event, String(plan), String($os), date]);
    }
    const report = await insights(67893);
    expect(report.headers).toEqual(['$event', 'plan', '$os']);
    expect(report.series).toEqual(expected);
  });

  it('gives averages per user', async () => {
    const { series } = await insights(67894);
    const buyers: Record<string, string[]> = {};
    for (const { event, properties } of events) {
      if (properties.time < daysAgo(29) || event !== 'Purchase') continue;
      buyers[String(properties.plan)] = [...(buyers[String(properties.plan)] ?? []), properties.distinct_id];
    }
    expect(series.Purchase).toEqual(
      Object.fromEntries(Object.entries(buyers).map(([plan, ids]) => [plan, ids.length / new Set(ids).size])),
    );
  });

  it('writes dates with the offset of the project, summer and winter', async () => {
    const { series, date_range } = await insights(77891, { project_id: WEST });
    expect(date_range.to_date).toBe('2026-11-24T23:59:59.999000-08:00');
    const dates = new Set(Object.values(series.Purchase as Series).flatMap((counts) => Object.keys(counts)));
    expect(dates).toContain('2026-10-26T00:00:00-07:00');
    expect(dates).toContain('2026-11-02T00:00:00-08:00');
  });

  it('knows no report of another project', async () => {
    expect((await client.get('/api/query/insights', { bookmark_id: 77891 })).status).toBe(404);
  });
});

describe('GET /api/query/stream/query', () => {
  it('gives what some users did, in order of time, in seconds', async () => {
    const { body } = await client.get<{ status: string; results: { events: ExportedEvent[] } }>(
      '/api/query/stream/query',
      {
        distinct_ids: ['user1', 'user7', 'nobody'],
        ...RANGE,
      },
    );
    const expected = events.filter(
      (each) => inRange(each) && ['user1', 'user7'].includes(each.properties.distinct_id),
    );
    expect(body.status).toBe('ok');
    expect(expected.length).toBeGreaterThan(0);
    expect(
      body.results.events.map(({ event, properties }) => [
        event,
        properties.time,
        properties.$distinct_id,
        properties.$insert_id,
      ]),
    ).toEqual(
      expected.map(({ event, properties }) => [
        event,
        Math.floor(properties.time / 1000),
        properties.distinct_id,
        properties.$insert_id,
      ]),
    );
  });
});

describe('GET /api/query/segmentation', () => {
  it('counts an event that passes a filter, by the values of an expression', async () => {
    const { body } = await client.get<{ data: { values: Series } }>('/api/query/segmentation', {
      event: 'Purchase',
      on: 'properties["currency"] + " " + properties["plan"]',
      where: 'properties["amount"] > 20',
      unit: 'week',
      ...RANGE,
    });
    const expected: Series = {};
    for (const each of events) {
      const { currency, plan, amount, time } = each.properties;
      if (each.event === 'Purchase' && inRange(each) && Number(amount) > 20)
        add(expected, [`${currency} ${plan}`, mondayOf(time)]);
    }
    expect(body.data.values).toEqual(expected);
  });

  it('counts users over buckets of days', async () => {
    const { body } = await client.get<{ data: { series: string[]; values: Series } }>(
      '/api/query/segmentation',
      { event: 'Page View', type: 'unique', interval: 10, ...RANGE },
    );
    const users: Record<string, Set<string>> = {};
    for (const each of events) {
      if (each.event !== 'Page View' || !inRange(each)) continue;
      const index = Math.floor(
        (Date.parse(dayOf(each.properties.time)) - Date.parse(RANGE.from_date)) / DAY_MS / 10,
      );
      const bucket = dayOf(Date.parse(RANGE.from_date) + index * 10 * DAY_MS);
      users[bucket] = (users[bucket] ?? new Set()).add(each.properties.distinct_id);
    }
    expect(body.data.series).toEqual(['2026-10-05', '2026-10-15', '2026-10-25']);
    expect(body.data.values).toEqual({
      'Page View': Object.fromEntries(Object.entries(users).map(([bucket, ids]) => [bucket, ids.size])),
    });
  });

  it('puts numbers into buckets that hold them', async () => {
    const { body } = await client.get<{ data: { values: Series } }>('/api/query/segmentation/numeric', {
      event: 'Purchase',
      on: 'properties["amount"]',
      ...RANGE,
    });
    const amounts = events
      .filter((each) => each.event === 'Purchase' && inRange(each))
      .map(({ properties }) => Number(properties.amount));
    let counted = 0;
    for (const [range, counts] of Object.entries(body.data.values)) {
      const [from = 0, to = 0] = range.replaceAll(',', '').split(' - ').map(Number);
      const count = Object.values(counts as Series).reduce<number>((total, each) => total + Number(each), 0);
      expect(count).toBe(amounts.filter((amount) => amount >= from && amount < to).length);
      counted += count;
    }
    expect(counted).toBe(amounts.length);
  });

  it('sums and averages', async () => {
    const query = { event: 'Purchase', on: 'properties["amount"]', ...RANGE };
    const sums = (await client.get<{ results: Record<string, number> }>('/api/query/segmentation/sum', query))
      .body.results;
    const averages = (
      await client.get<{ results: Record<string, number> }>('/api/query/segmentation/average', query)
    ).body.results;
    const amounts: Record<string, number[]> = {};
    for (const each of events) {
      if (each.event !== 'Purchase' || !inRange(each)) continue;
      const day = dayOf(each.properties.time);
      amounts[day] = [...(amounts[day] ?? []), Number(each.properties.amount)];
    }
    expect(Object.keys(sums)).toHaveLength(29);
    for (const [day, sum] of Object.entries(sums)) {
      const expected = (amounts[day] ?? []).reduce((total, amount) => total + amount, 0);
      expect(sum).toBeCloseTo(expected, 6);
      if (amounts[day]) expect(averages[day]).toBeCloseTo(expected / amounts[day].length, 6);
      else expect(averages).not.toHaveProperty(day);
    }
  });
});

describe('GET /api/query/funnels', () => {
  const STEPS = ['Product Viewed', 'Added To Cart', 'Checkout Started', 'Purchase'];
  interface Funnel {
    meta: { dates: string[] };
    data: Record<
      string,
      {
        steps: {
          count: number;
          event: string;
          step_conv_ratio: number;
          overall_conv_ratio: number;
          avg_time_from_start: number;
        }[];
        analysis: Record<string, number>;
      }
    >;
  }

  it('counts who goes on within the window, from the first step of each bucket', async () => {
    const windowMs = 3_600_000;
    const { body } = await client.get<Funnel>('/api/query/funnels', {
      funnel_id: 9070,
      unit: 'week',
      length: 1,
      length_unit: 'hour',
      from_date: '2026-10-05',
      to_date: '2026-11-01',
    });
    expect(body.meta.dates).toEqual(['2026-10-05', '2026-10-12', '2026-10-19', '2026-10-26']);
    for (const week of body.meta.dates) {
      const ways = new Map<string, number[]>();
      for (const { event, properties } of events) {
        const taken = ways.get(properties.distinct_id);
        if (!taken) {
          if (event === STEPS[0] && mondayOf(properties.time) === week)
            ways.set(properties.distinct_id, [properties.time]);
        } else if (event === STEPS[taken.length] && properties.time <= taken[0]! + windowMs)
          taken.push(properties.time);
      }
      const counts = STEPS.map(
        (_, index) => [...ways.values()].filter((taken) => taken.length > index).length,
      );
      const { steps, analysis } = body.data[week]!;
      expect(steps.map(({ count }) => count)).toEqual(counts);
      expect(steps.map(({ event }) => event)).toEqual(STEPS);
      expect(steps[2]!.step_conv_ratio).toBe(counts[2]! / counts[1]!);
      expect(steps[2]!.overall_conv_ratio).toBe(counts[2]! / counts[0]!);
      expect(steps[0]!.avg_time_from_start).toBe(0);
      expect(analysis).toMatchObject({ starting_amount: counts[0], completion: counts[3], steps: 4 });
      const done = [...ways.values()].filter((taken) => taken.length === 4);
      const mean = done.reduce((total, taken) => total + taken[3]! - taken[0]!, 0) / done.length / 1000;
      expect(steps[3]!.avg_time_from_start).toBe(Math.round(mean));
    }
  });

  it('leaks: a longer window loses fewer', async () => {
    const ask = async (length: number) =>
      (
        await client.get<Funnel>('/api/query/funnels', {
          funnel_id: 7509,
          unit: 'month',
          length,
          length_unit: 'day',
          from_date: '2026-10-01',
          to_date: '2026-10-31',
        })
      ).body.data['2026-10-01']!.steps.map(({ count }) => count);
    const [short, long] = [await ask(5), await ask(30)];
    expect(long).toEqual([...long].sort((one, other) => other - one));
    expect(long[3]).toBeGreaterThan(short[3]!);
    expect(long[3]).toBeLessThan(long[0]! / 2);
  });

  it('is cut by so many days, and by segment', async () => {
    const { body } = await client.get<{
      meta: { dates: string[] };
      data: Record<string, Record<string, { count: number }[]>>;
    }>('/api/query/funnels', {
      funnel_id: 9070,
      interval: 10,
      on: 'properties["$os"]',
      from_date: '2026-10-05',
      to_date: '2026-10-28',
    });
    expect(body.meta.dates).toEqual(['2026-10-05', '2026-10-15', '2026-10-25']);
    for (const { $overall = [], ...segments } of Object.values(body.data)) {
      const began = Object.values(segments).map((steps) => steps[0]?.count ?? 0);
      expect(began.reduce((total, count) => total + count, 0)).toBe($overall[0]?.count);
      expect(began).toEqual([...began].sort((one, other) => other - one));
    }
  });

  it('is listed, and is refused where it does not exist or reaches too far', async () => {
    const { body } = await client.get('/api/query/funnels/list');
    expect(body).toEqual([
      { funnel_id: 7509, name: 'Signup funnel' },
      { funnel_id: 9070, name: 'Checkout' },
    ]);
    expect((await client.get('/api/query/funnels', { funnel_id: 1, ...RANGE })).status).toBe(400);
    expect((await client.get('/api/query/funnels', { funnel_id: 7509, length: 91, ...RANGE })).status).toBe(
      400,
    );
  });
});

describe('GET /api/query/retention', () => {
  type Retention = Record<string, { counts: number[]; first: number }>;

  it('counts who comes back how long after the first time', async () => {
    const { body } = await client.get<Retention>('/api/query/retention', {
      born_event: 'Signup',
      event: 'Page View',
      unit: 'week',
      interval_count: 3,
      from_date: '2026-10-05',
      to_date: '2026-11-01',
    });
    const births = new Map<string, number>();
    for (const { event, properties } of events) {
      if (event === 'Signup' && !births.has(properties.distinct_id))
        births.set(properties.distinct_id, properties.time);
    }
    expect(Object.keys(body)).toEqual(['2026-10-05', '2026-10-12', '2026-10-19', '2026-10-26']);
    for (const [week, { counts, first }] of Object.entries(body)) {
      const born = [...births].filter(([, at]) => mondayOf(at) === week);
      expect(first).toBe(born.length);
      const expected = [0, 1, 2, 3].map((index) => {
        const from = (at: number) => at + index * 7 * DAY_MS;
        return born.filter(([id, at]) =>
          events.some(
            ({ event, properties: { distinct_id, time } }) =>
              event === 'Page View' &&
              distinct_id === id &&
              time > at &&
              time >= from(at) &&
              time < from(at) + 7 * DAY_MS,
          ),
        ).length;
      });
      expect(counts).toEqual(expected);
    }
  });

  it('counts every day of coming as a beginning where it is compounded', async () => {
    const { body } = await client.get<Retention>('/api/query/retention', {
      retention_type: 'compounded',
      event: 'Purchase',
      from_date: '2026-11-01',
      to_date: '2026-11-03',
    });
    for (const [day, { first }] of Object.entries(body)) {
      const buyers = events.filter(
        ({ event, properties }) => event === 'Purchase' && dayOf(properties.time) === day,
      );
      expect(first).toBe(new Set(buyers.map(({ properties }) => properties.distinct_id)).size);
    }
  });

  it('is cut by so many days where an interval is given', async () => {
    const range = { from_date: '2026-10-05', to_date: '2026-10-25' };
    const { body } = await client.get<Retention>('/api/query/retention', {
      born_event: 'Signup',
      interval: 10,
      ...range,
    });
    expect(Object.keys(body)).toEqual(['2026-10-05', '2026-10-15', '2026-10-25']);
    const born = Object.values(body).reduce((total, { first }) => total + first, 0);
    const signups = events.filter(
      ({ event, properties }) =>
        event === 'Signup' &&
        dayOf(properties.time) >= range.from_date &&
        dayOf(properties.time) <= range.to_date,
    );
    expect(born).toBe(signups.length);
  });

  it('never grows from right to left where it is unbounded', async () => {
    const { body } = await client.get<Retention>('/api/query/retention', {
      born_event: 'Signup',
      unit: 'day',
      interval_count: 6,
      unbounded_retention: true,
      from_date: '2026-10-05',
      to_date: '2026-10-20',
    });
    for (const { counts } of Object.values(body))
      expect(counts).toEqual([...counts].sort((one, other) => other - one));
  });

  it('refuses unit together with interval, and birth without a born event', async () => {
    expect(
      (await client.get('/api/query/retention', { born_event: 'Signup', unit: 'day', interval: 2, ...RANGE }))
        .status,
    ).toBe(400);
    expect((await client.get('/api/query/retention', RANGE)).body).toMatchObject({
      error: 'Missing required parameter: born_event',
    });
  });

  it('tells how often within a day people come', async () => {
    const { body } = await client.get<{ data: Record<string, number[]> }>('/api/query/retention/addiction', {
      unit: 'day',
      addiction_unit: 'hour',
      from_date: '2026-11-02',
      to_date: '2026-11-03',
    });
    for (const [day, counts] of Object.entries(body.data)) {
      const hours = new Map<string, Set<number>>();
      for (const { properties } of events) {
        if (dayOf(properties.time) !== day) continue;
        hours.set(
          properties.distinct_id,
          (hours.get(properties.distinct_id) ?? new Set()).add(new Date(properties.time).getUTCHours()),
        );
      }
      expect(counts).toEqual(
        Array.from(
          { length: 24 },
          (_, index) => [...hours.values()].filter(({ size }) => size > index).length,
        ),
      );
    }
  });
});

describe('the App API', () => {
  it('/api/app/me names what the account can see, by id', async () => {
    const { body } = await client.get<{ results: Record<string, Record<string, Record<string, unknown>>> }>(
      '/api/app/me/',
      { include_workspace_users: false },
    );
    const { projects, organizations, workspaces } = body.results;
    expect(Object.keys(projects!)).toEqual(['1234567', '2345678', '3456789']);
    expect(Object.keys(organizations!)).toEqual(['100', '200']);
    expect(projects!['2345678']).toMatchObject({
      organization_id: 100,
      timezone: 'US/Pacific',
      role: { name: 'owner' },
    });
    expect(workspaces!['9876543']).toMatchObject({
      project_id: 1234567,
      is_global: true,
      name: 'All Project Data',
    });
  });

  it('reads annotations, between dates in camel case', async () => {
    const all = await client.get<{ status: string; results: { id: number; date: string }[] }>(
      '/api/app/projects/1234567/annotations',
    );
    expect(all.body.status).toBe('ok');
    expect(all.body.results.map(({ id }) => id)).toEqual([501, 502, 503]);
    const some = await client.get('/api/app/projects/1234567/annotations', {
      fromDate: '2026-11-01',
      toDate: '2026-11-24',
    });
    expect(some.body).toMatchObject({
      results: [{ id: 501, date: '2026-11-07 00:00:00', tags: [{ name: 'incident' }] }],
    });
    expect((await client.get('/api/app/projects/1234567/annotations/502')).body).toMatchObject({
      status: 'ok',
      results: { description: 'New checkout' },
    });
    expect(await client.get('/api/app/projects/1234567/annotations/5')).toMatchObject({
      status: 404,
      body: { status: 'error' },
    });
  });

  it('reads the schemas of events and profiles', async () => {
    const ask = async (path: string) =>
      (await client.get<{ results: { name: string }[] }>(`/api/app/projects/1234567/schemas${path}`)).body;
    expect((await ask('')).results).toHaveLength(3);
    expect((await ask('/event?entity_name=Signup')).results.map(({ name }) => name)).toEqual(['Signup']);
    expect(await ask('/event/Purchase')).toMatchObject({ properties: { amount: { type: 'number' } } });
  });
});

it('the moment of an answer is that of the sandbox', async () => {
  expect(Date.parse((await insights(67890)).computed_at)).toBe(NOW);
});
