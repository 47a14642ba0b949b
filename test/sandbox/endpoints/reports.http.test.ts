import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderedJson, toOrderedJsonText } from '../../../src/sandbox/records/ordered-json.js';
import { toUtcDay } from '../../../src/time/day.js';
import { DAY_MS, HOUR_MS } from '../../../src/time/durations.js';
import { type ExportedEvent, NOW, type SandboxClient, startSandboxClient, WEST } from '../sandbox-client.js';

type Series = { [name: string]: Series | number };
interface Insights {
  computed_at: string;
  date_range: { from_date: string; to_date: string };
  headers: string[];
  series: Series;
  time_comparison?: { date_range: { from_date: string; to_date: string }; series: Series };
  lift_comparison?: { series: Series };
  meta: { report_sections: { group: unknown[]; show: unknown[] } };
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
const mondayOf = (at: number) => toUtcDay(at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS);
const RANGE = { from_date: '2026-10-05', to_date: '2026-11-02' };
const inRange = ({ properties }: ExportedEvent) =>
  toUtcDay(properties.time) >= RANGE.from_date && toUtcDay(properties.time) <= RANGE.to_date;

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

/** Every hour, day or week of a line has a value, as in bookmark 84439645 of mixpanel-headless' Storybook vectors. */
const zeros = (dates: readonly string[]): Series => Object.fromEntries(dates.map((date) => [date, 0]));
const lastDates = (days: number) =>
  Array.from({ length: days }, (_, index) => `${toUtcDay(daysAgo(days - 1 - index))}T00:00:00+00:00`);
const mondays = (days: number) => [
  ...new Set(lastDates(days).map((date) => `${mondayOf(Date.parse(date))}T00:00:00+00:00`)),
];
const done = (name: string, days: number) =>
  events.filter(({ event, properties }) => event === name && properties.time >= daysAgo(days - 1));

// Shapes and names: test/recorded/query-insights-report, most of them from mixpanel/mixpanel-headless
// conformance/vectors/authored/parse/storybook/insights.jsonl (bookmarks in the names below).
describe('GET /api/query/insights', () => {
  it('answers a line by metric and day, zeros included (60327249)', async () => {
    const report = await insights(67890);
    const expected: Series = {
      'A. Signup [Total Events]': zeros(lastDates(30)),
      'B. Purchase [Total Events]': zeros(lastDates(30)),
    };
    for (const [key, name] of [
      ['A. Signup [Total Events]', 'Signup'],
      ['B. Purchase [Total Events]', 'Purchase'],
    ] as const) {
      for (const { properties } of done(name, 30))
        add(expected, [key, `${toUtcDay(properties.time)}T00:00:00+00:00`]);
    }
    expect(report.series).toEqual(expected);
    expect(report).toMatchObject({
      headers: ['$metric'],
      computed_at: '2026-11-24T21:30:00.000000+00:00',
      date_range: { from_date: '2026-10-26T00:00:00+00:00', to_date: '2026-11-24T23:59:59.999000+00:00' },
      meta: {
        is_segmentation_limit_hit: false,
        min_sampling_factor: 1,
        report_sections: {
          group: [],
          show: [{ metric_key: 'A. Signup [Total Events]' }, { metric_key: 'B. Purchase [Total Events]' }],
        },
        sub_query_count: 2,
      },
    });
  });

  it('answers a breakdown with a level more and its total as $overall, by unique users (60327221)', async () => {
    const users: Record<string, Record<string, Set<string>>> = {};
    for (const { properties } of done('Purchase', 84)) {
      const date = `${mondayOf(properties.time)}T00:00:00+00:00`;
      for (const segment of ['$overall', String(properties.country)]) {
        users[segment] ??= {};
        users[segment][date] = (users[segment][date] ?? new Set()).add(properties.distinct_id);
      }
    }
    const report = await insights(67891);
    expect(report.headers).toEqual(['$metric', 'country']);
    expect(report.series).toEqual({
      'Purchase [Unique Users]': Object.fromEntries(
        Object.entries(users).map(([segment, dates]) => [
          segment,
          {
            ...zeros(mondays(84)),
            ...Object.fromEntries(Object.entries(dates).map(([date, ids]) => [date, ids.size])),
          },
        ]),
      ),
    });
    expect(report.meta.report_sections.group).toEqual([
      {
        bookmark: {
          dataset: '$mixpanel',
          propertyType: 'string',
          resourceType: 'events',
          search: '',
          value: 'country',
        },
      },
    ]);
  });

  it('answers a bar chart with the one time "all" (60327213)', async () => {
    const { series } = await insights(67892);
    expect(series).toEqual(
      Object.fromEntries(
        ['Page View', 'Product Viewed', 'Added To Cart', 'Purchase'].map((name, index) => [
          `${'ABCD'[index]}. ${name} [Total Events]`,
          { all: done(name, 7).length },
        ]),
      ),
    );
  });

  it('answers two breakdowns with totals that end the path early (60327213)', async () => {
    const expected: Series = {};
    const key = 'Purchase [Total Events]';
    for (const { properties } of done('Purchase', 30)) {
      const { country, plan } = properties;
      add(expected, [key, '$overall', 'all']);
      add(expected, [key, String(country), '$overall', 'all']);
      add(expected, [key, String(country), String(plan), 'all']);
    }
    const report = await insights(67896);
    expect(report.headers).toEqual(['$metric', 'country', 'plan']);
    expect(report.series).toEqual(expected);
  });

  it('answers averages per user', async () => {
    const { series } = await insights(67894);
    const buyers: Record<string, string[]> = {};
    for (const { properties } of done('Purchase', 30)) {
      for (const segment of ['$overall', String(properties.plan)]) {
        buyers[segment] = [...(buyers[segment] ?? []), properties.distinct_id];
      }
    }
    expect(series).toEqual({
      'Purchase [Average per User]': Object.fromEntries(
        Object.entries(buyers).map(([plan, ids]) => [plan, { all: ids.length / new Set(ids).size }]),
      ),
    });
  });

  it('answers a single number (mixpanel_data specs/029)', async () => {
    const buyers = new Set(done('Purchase', 30).map(({ properties }) => properties.distinct_id));
    expect((await insights(67895)).series).toEqual({ 'Purchase [Unique Users]': { all: buyers.size } });
  });

  it('answers hours with the offset of the project, up to now', async () => {
    const { series } = await insights(67899);
    const hours = series['Page View [Total Events]'] as Series;
    expect(Object.keys(hours)).toHaveLength(24 + 22);
    expect(Object.keys(hours).at(-1)).toBe('2026-11-24T21:00:00+00:00');
    expect(Object.values(hours).reduce((sum: number, count) => sum + Number(count), 0)).toBe(
      done('Page View', 2).length,
    );
  });

  it('puts the period before beside a line, with its own dates', async () => {
    const report = await insights(67897);
    const total = (series: Series) =>
      Object.values(series['Purchase [Total Events]'] as Series).reduce<number>(
        (sum, count) => sum + Number(count),
        0,
      );
    expect(total(report.series)).toBe(done('Purchase', 7).length);
    expect(report.time_comparison?.date_range).toEqual({
      from_date: '2026-11-11T00:00:00+00:00',
      to_date: '2026-11-17T23:59:59.999000+00:00',
    });
    expect(total(report.time_comparison!.series)).toBe(
      done('Purchase', 14).length - done('Purchase', 7).length,
    );
    expect(Object.keys(report.time_comparison!.series['Purchase [Total Events]']!)[0]).toBe(
      '2026-11-11T00:00:00+00:00',
    );
    expect(report).not.toHaveProperty('lift_comparison');
  });

  it('adds the relative change for lift (60327229)', async () => {
    const report = await insights(67898);
    const key = 'Purchase [Total Events]';
    const at = (series: Series, segment: string) =>
      (((series[key] as Series)[segment] as Series).$overall as Series).all as number;
    const [now, before] = [at(report.series, 'US'), at(report.time_comparison!.series, 'US')];
    expect(at(report.lift_comparison!.series, 'US')).toBeCloseTo((now - before) / before, 3);
    expect(report.meta).toMatchObject({ liftComparison: { type: 'timeComparison' } });
  });

  it('says when segments are missing and when only a sample was looked at', async () => {
    const report = await insights(67900);
    expect(report.meta).toMatchObject({ is_segmentation_limit_hit: true, min_sampling_factor: 0.1 });
    const cities = Object.entries(report.series['Page View [Total Events]'] as Series);
    expect(cities).toHaveLength(1 + 10);
    const counts = cities.slice(1).map(([, city]) => Number((city as Series).all));
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });

  it('answers a saved funnel by measure and step (60391431)', async () => {
    const report = await insights(67901);
    expect(report.headers).toEqual(['$funnel', 'Metric', 'Step']);
    const funnel = report.series['Product Viewed through Purchase'] as Record<
      string,
      Record<string, { all: number | null }>
    >;
    expect(Object.keys(funnel)).toEqual([
      'avg_time',
      'avg_time_from_start',
      'count',
      'overall_conv_ratio',
      'property_sum',
      'step_conv_ratio',
    ]);
    const steps = ['1. Product Viewed', '2. Added To Cart', '3. Checkout Started', '4. Purchase'];
    for (const measure of Object.values(funnel)) expect(Object.keys(measure)).toEqual(steps);
    const counts = steps.map((step) => Number(funnel.count![step]!.all));
    expect(counts[0]).toBe(
      new Set(done('Product Viewed', 30).map(({ properties }) => properties.distinct_id)).size,
    );
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(funnel.avg_time!['1. Product Viewed']).toEqual({ all: null });
    expect(funnel.overall_conv_ratio!['4. Purchase']!.all).toBeCloseTo(counts[3]! / counts[0]!, 3);
  });

  it('answers a saved funnel by segment with $overall, and one by date', async () => {
    const segmented = await insights(67902);
    expect(segmented.headers).toEqual(['$funnel', '$os', 'Metric', 'Step']);
    const segments = segmented.series['Signup through Subscription Started'] as Record<string, Series>;
    expect(Object.keys(segments)[0]).toBe('$overall');
    expect(segments.iOS).toHaveProperty(['count', '1. Signup', 'all']);
    const trend = (await insights(67903)).series['Added To Cart through Purchase'] as Series;
    expect(Object.keys(trend)).toEqual(mondays(28));
    expect(Object.values(trend)[0]).toHaveProperty(['count', '2. Purchase', 'all']);
  });

  it('answers saved retention by cohort date, with the average (mixpanel_data live_query.py)', async () => {
    const report = await insights(67904);
    expect(report.headers).toEqual(['$retention']);
    const cohorts = report.series['Signup and then Page View'] as unknown as Record<
      string,
      { first: number; counts: number[]; rates: number[] }
    >;
    const dates = mondays(56);
    expect(Object.keys(cohorts)).toEqual([...dates, '$average']);
    const first = cohorts[dates[1]!]!;
    const born = new Set(
      events
        .filter(
          ({ event, properties }) =>
            event === 'Signup' && `${mondayOf(properties.time)}T00:00:00+00:00` === dates[1],
        )
        .map(({ properties }) => properties.distinct_id),
    );
    expect(first.first).toBe(born.size);
    expect(first.counts).toHaveLength(5);
    expect(first.rates[0]).toBeCloseTo(first.counts[0]! / first.first, 3);
    // Later periods of the last cohort have not begun.
    expect(cohorts[dates.at(-1)!]!.counts).toHaveLength(1);
  });

  it('answers saved retention with segments below the dates (a live report of December 2025)', async () => {
    const report = await insights(67905);
    expect(report.headers).toEqual(['$retention', '$os']);
    const cohorts = report.series['Purchase and then Purchase'] as unknown as Record<
      string,
      Record<string, { first: number }>
    >;
    expect(Object.keys(cohorts)).toEqual(mondays(28));
    for (const { $overall, ...segments } of Object.values(cohorts)) {
      expect(Object.values(segments).reduce((sum, { first }) => sum + first, 0)).toBe($overall?.first);
    }
  });

  it('keeps the order of segments that look like numbers', () => {
    const text = toOrderedJsonText(
      new Map<string, OrderedJson>([
        ['b', 1],
        ['404', { c: [new Map([['2', null]])] }],
        ['12', 'x'],
      ]),
    );
    expect(text).toBe('{"b":1,"404":{"c":[{"2":null}]},"12":"x"}');
  });

  it('writes dates with the offset of the project and begins its weeks as it does', async () => {
    const { series, date_range } = await insights(77891, { project_id: WEST });
    expect(date_range.to_date).toBe('2026-11-24T23:59:59.999000-08:00');
    const [metric] = Object.values(series) as Series[];
    const dates = new Set(Object.values(metric!).flatMap((counts) => Object.keys(counts)));
    // Sundays.
    expect(dates).toContain('2026-10-25T00:00:00-07:00');
    expect(dates).toContain('2026-11-08T00:00:00-08:00');
  });

  it('refuses the report of another project, or none, in the words of live answers', async () => {
    for (const bookmark_id of [77891, 1]) {
      const { status, body } = await client.get('/api/query/insights', { bookmark_id });
      expect(status).toBe(400);
      expect(body).toEqual({
        request: `/api/query/insights?project_id=1234567&bookmark_id=${bookmark_id}`,
        error: 'Invalid insights_id',
      });
    }
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
        (Date.parse(toUtcDay(each.properties.time)) - Date.parse(RANGE.from_date)) / DAY_MS / 10,
      );
      const bucket = toUtcDay(Date.parse(RANGE.from_date) + index * 10 * DAY_MS);
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
      const day = toUtcDay(each.properties.time);
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
    const windowMs = HOUR_MS;
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
        ({ event, properties }) => event === 'Purchase' && toUtcDay(properties.time) === day,
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
        toUtcDay(properties.time) >= range.from_date &&
        toUtcDay(properties.time) <= range.to_date,
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

  it('counts in how many hours of a day users came', async () => {
    const { body } = await client.get<{ data: Record<string, number[]> }>('/api/query/retention/addiction', {
      unit: 'day',
      addiction_unit: 'hour',
      from_date: '2026-11-02',
      to_date: '2026-11-03',
    });
    for (const [day, counts] of Object.entries(body.data)) {
      const hours = new Map<string, Set<number>>();
      for (const { properties } of events) {
        if (toUtcDay(properties.time) !== day) continue;
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
});

it('the moment of an answer is that of the sandbox', async () => {
  expect(Date.parse((await insights(67890)).computed_at)).toBe(NOW);
});
