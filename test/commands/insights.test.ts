import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportMessages, reportRows } from '../../src/commands/insights/report.js';
import type { Report } from '../../src/commands/insights/report-answer.js';
import { keysOf, parseJsonInOrder } from '../../src/json/key-order.js';
import { parseJson } from '../../src/json/large-integers.js';

const rowsOf = (report: Partial<Report>, totals = true) =>
  reportRows({ headers: ['$metric'], series: {}, ...report }, { totals });

describe('the date of a report with a time axis', () => {
  const dates = (keys: string[], range?: [string, string], computedAt?: string) =>
    rowsOf({
      series: { A: Object.fromEntries(keys.map((key) => [key, 1])) },
      date_range: range && { from_date: range[0], to_date: range[1] },
      computed_at: computedAt,
    }).map(({ date }) => date);

  test.each([
    [
      'days',
      ['2024-01-01T00:00:00-08:00', '2024-01-02T00:00:00-08:00'],
      ['2024-01-01T00:00:00-08:00', '2024-01-02T23:59:59.999000-08:00'],
      ['2024-01-01', '2024-01-02'],
    ],
    [
      'weeks that begin before the range',
      ['2024-01-01T00:00:00Z', '2024-01-08T00:00:00Z'],
      ['2024-01-03T00:00:00Z', '2024-01-14T23:59:59Z'],
      ['2024-01-01', '2024-01-08'],
    ],
    [
      'weeks whose first is cut off',
      ['2024-01-03T00:00:00Z', '2024-01-08T00:00:00Z', '2024-01-15T00:00:00Z'],
      ['2024-01-03T00:00:00Z', '2024-01-20T23:59:59Z'],
      ['2024-01-03', '2024-01-08', '2024-01-15'],
    ],
    [
      'months of different lengths',
      ['2024-01-01T00:00:00Z', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
      ['2024-01-01T00:00:00Z', '2024-03-31T23:59:59Z'],
      ['2024-01-01', '2024-02-01', '2024-03-01'],
    ],
    [
      'quarters',
      ['2024-01-01T00:00:00Z', '2024-04-01T00:00:00Z'],
      ['2024-01-01T00:00:00Z', '2024-06-30T23:59:59Z'],
      ['2024-01-01', '2024-04-01'],
    ],
    [
      'days over a clock change',
      ['2024-11-02T00:00:00-07:00', '2024-11-03T00:00:00-07:00', '2024-11-04T00:00:00-08:00'],
      ['2024-11-02T00:00:00-07:00', '2024-11-04T23:59:59-08:00'],
      ['2024-11-02', '2024-11-03', '2024-11-04'],
    ],
    ['one day', ['2024-01-01T00:00:00Z'], ['2024-01-01T00:00:00Z', '2024-01-01T23:59:59Z'], ['2024-01-01']],
    ['plain days', ['2024-01-01', '2024-01-02'], undefined, ['2024-01-01', '2024-01-02']],
  ] as [string, string[], [string, string] | undefined, string[]][])(
    "is the project's own day: %s",
    (_, keys, range, expected) => {
      expect(dates(keys, range)).toEqual(expected);
    },
  );

  test('is the own day when a range that is not over ends where it was computed', () => {
    const keys = ['2024-01-01T00:00:00-08:00', '2024-01-02T00:00:00-08:00'];
    const month: [string, string] = ['2024-01-01T00:00:00-08:00', '2024-01-31T23:59:59-08:00'];
    expect(dates(keys, month, '2024-01-03T02:00:00+00:00')).toEqual(['2024-01-01', '2024-01-02']);
  });

  test.each([
    ['hours', ['2024-01-01T00:00:00-08:00', '2024-01-01T01:00:00-08:00'], undefined],
    ['the midnight that comes twice', ['2024-11-03T00:00:00-04:00', '2024-11-03T00:00:00-05:00'], undefined],
    [
      'midnights that leave some of the range out',
      ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'],
      ['2024-01-01T00:00:00Z', '2024-01-07T23:59:59Z'],
    ],
  ] as [string, string[], [string, string] | undefined][])('is the whole time: %s', (_, keys, range) => {
    expect(dates(keys, range)).toEqual(keys);
  });
});

describe('a comparison with an earlier period', () => {
  test('is aligned by position, with its own date, and loses nothing when it is longer', () => {
    const rows = rowsOf({
      series: { A: { '2024-02-01': 1, '2024-02-02': 2 } },
      time_comparison: { series: { A: { '2024-01-03': 30, '2024-01-01': 10, '2024-01-02': 20 } } },
    });
    expect(rows).toEqual([
      { metric: 'A', date: '2024-02-01', value: 1, previousDate: '2024-01-01', previous: 10 },
      { metric: 'A', date: '2024-02-02', value: 2, previousDate: '2024-01-02', previous: 20 },
      { metric: 'A', date: null, value: null, previousDate: '2024-01-03', previous: 30 },
    ]);
  });

  test('leaves previous null when it is shorter', () => {
    const rows = rowsOf({
      series: { A: { '2024-02-01': 1, '2024-02-02': 2 } },
      time_comparison: { series: { A: { '2024-01-01': 10 } } },
    });
    expect(rows[1]).toEqual({
      metric: 'A',
      date: '2024-02-02',
      value: 2,
      previousDate: null,
      previous: null,
    });
  });

  test('keeps a segment that only the earlier period has', () => {
    const rows = rowsOf({
      headers: ['$metric', 'os'],
      series: { A: { $overall: { all: 3 }, iOS: { all: 3 } } },
      time_comparison: { series: { A: { $overall: { all: 9 }, iOS: { all: 4 }, Symbian: { all: 5 } } } },
    });
    expect(rows).toContainEqual({ metric: 'A', os: 'Symbian', value: null, previous: 5, total: false });
  });

  test('is reported with its dates', () => {
    expect(
      reportMessages(
        {
          headers: [],
          series: {},
          time_comparison: {
            date_range: { from_date: '2024-01-01T00:00:00Z', to_date: '2024-01-31T23:59:59Z' },
          },
        },
        0,
      ).join(),
    ).toContain('2024-01-01 to 2024-01-31');
  });

  test('of a saved funnel and of saved retention is in each row', () => {
    const funnel = (count: number) => ({
      F: { count: { '1. A': { all: count } }, overall_conv_ratio: { '1. A': { all: 1 } } },
    });
    expect(
      rowsOf({ headers: ['$funnel'], series: funnel(5), time_comparison: { series: funnel(4) } })[0],
    ).toMatchObject({ count: 5, previous: 4, previousOverallConversion: 1 });
    const retention = (day: string, count: number) => ({
      R: { [day]: { first: 9, counts: [count], rates: [count / 9] } },
    });
    expect(
      rowsOf({
        headers: ['$retention'],
        series: retention('2024-02-01', 3),
        time_comparison: { series: retention('2024-01-01', 2) },
      }),
    ).toMatchObject([
      { date: '2024-02-01', count: 3, previousDate: '2024-01-01', previous: 2, previousRate: 2 / 9 },
    ]);
  });
});

describe('the kind of a report shows in its shape', () => {
  test('a metric called count with segments that look like steps is no funnel', () => {
    expect(rowsOf({ headers: ['$metric', 'plan'], series: { count: { '1. Free': { all: 3 } } } })).toEqual([
      { metric: 'count', plan: '1. Free', value: 3 },
    ]);
  });

  test('a funnel by date and segment has both, in either nesting', () => {
    const measures = { count: { '1. A': { all: 1 } }, step_conv_ratio: { '1. A': { all: 1 } } };
    const row = {
      funnel: 'F',
      os: 'iOS',
      date: '2024-01-01',
      step: 1,
      event: 'A',
      count: 1,
      stepConversion: 1,
    };
    const day = '2024-01-01T00:00:00Z';
    for (const series of [
      { F: { [day]: { iOS: measures } } },
      { F: { iOS: { [day]: measures } } },
      { F: { count: { '1. A': { iOS: { [day]: 1 } } }, step_conv_ratio: { '1. A': { iOS: { [day]: 1 } } } } },
    ]) {
      expect(rowsOf({ headers: ['$funnel', 'os'], series })).toMatchObject([row]);
    }
  });

  test('a list of steps is a funnel too', () => {
    const steps = [
      { event: 'A', count: 5, step_conv_ratio: 1 },
      { event: 'B', count: 2, step_conv_ratio: 0.4 },
    ];
    expect(rowsOf({ headers: ['$funnel'], series: { steps } })).toMatchObject([
      { funnel: null, step: 1, event: 'A', count: 5 },
      { step: 2, event: 'B', count: 2, stepConversion: 0.4 },
    ]);
  });

  test('retention with its dates outside, or without a name, has the same columns', () => {
    const cohort = { first: 4, counts: [2], rates: [0.5] };
    expect(rowsOf({ headers: ['$retention'], series: { '2024-01-01': cohort } })).toEqual([
      { metric: null, date: '2024-01-01', period: 0, first: 4, count: 2, rate: 0.5 },
    ]);
    expect(rowsOf({ headers: ['$retention', 'os'], series: { $overall: { '2024-01-01': cohort } } })).toEqual(
      [
        {
          metric: null,
          date: '2024-01-01',
          os: '$overall',
          period: 0,
          first: 4,
          count: 2,
          rate: 0.5,
          total: true,
        },
      ],
    );
  });

  test('retention with periods still running has null for what is not there', () => {
    const series = { R: { '2024-01-01': { first: 4, counts: [2, 1], rates: [0.5] } } };
    expect(rowsOf({ headers: ['$retention'], series })[1]).toMatchObject({ period: 1, count: 1, rate: null });
  });
});

describe('what is said beside a report', () => {
  test('nothing about a whole, exact and new one', () => {
    const meta = { is_segmentation_limit_hit: false, min_sampling_factor: 1 };
    expect(
      reportMessages(
        { headers: [], series: {}, meta, computed_at: '2024-01-01T00:00:00Z' },
        Date.UTC(2024, 0, 1, 0, 5),
      ),
    ).toEqual([]);
  });

  test('how old it is, from an hour on', () => {
    const said = reportMessages(
      { headers: [], series: {}, computed_at: '2024-01-01T00:00:00Z' },
      Date.UTC(2024, 0, 3, 1),
    );
    expect(said).toEqual([expect.stringContaining('2 days ago (2024-01-01T00:00:00Z)')]);
  });
});

test('keys that are numbers keep the order in which they were written', () => {
  const parsed = parseJsonInOrder(
    '{"b":{"500":1,"x":{"10":1,"9":"\\"8\\":"},"404":12345678901234567890}}',
  ) as {
    b: Record<string, object>;
  };
  expect(parsed).toEqual({ b: { '500': 1, x: { '10': 1, '9': '"8":' }, '404': '12345678901234567890' } });
  expect(keysOf(parsed.b)).toEqual(['500', 'x', '404']);
  expect(keysOf(parsed.b.x!)).toEqual(['10', '9']);
});

test('what is parsed in order is what parseJson makes of it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(parseJsonInOrder(JSON.stringify(value))).toEqual(parseJson(JSON.stringify(value)));
    }),
  );
});

/** A report as Mixpanel builds it: metrics, breakdowns with a total at every level, and time last. */
const insightsReport = fc
  .record({
    metrics: fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
    breakdowns: fc.array(
      fc.uniqueArray(fc.oneof(fc.string({ minLength: 1 }), fc.nat(999).map(String)), {
        minLength: 1,
        maxLength: 4,
      }),
      { maxLength: 3 },
    ),
    days: fc.option(fc.integer({ min: 1, max: 5 })),
  })
  .filter(({ metrics, breakdowns }) =>
    [...metrics, ...breakdowns.flat()].every(
      (name) => !/^\$overall$|^__proto__$|^\d{4}-\d\d-\d\d/.test(name),
    ),
  )
  .map(({ metrics, breakdowns, days }) => {
    let next = 1;
    let leaves = 0;
    const times =
      days === null
        ? ['all']
        : Array.from({ length: days }, (_, day) => `2024-01-0${day + 1}T00:00:00+00:00`);
    const level = (depth: number): Record<string, unknown> => {
      const values = breakdowns[depth];
      if (!values)
        return Object.fromEntries(
          times.map((time) => {
            leaves += next;
            return [time, next++];
          }),
        );
      const total = Object.fromEntries(times.map((time) => [time, 1_000_000]));
      return { $overall: total, ...Object.fromEntries(values.map((value) => [value, level(depth + 1)])) };
    };
    const series = Object.fromEntries(metrics.map((metric) => [metric, level(0)]));
    const headers = ['$metric', ...breakdowns.map((_, depth) => ['country', 'date', '42'][depth]!)];
    return { report: { headers, series }, leaves, dated: days !== null };
  });

test('the values of a report add up without its totals, at any depth and with any names', () => {
  fc.assert(
    fc.property(insightsReport, ({ report, leaves, dated }) => {
      const rows = reportRows(report, { totals: false });
      expect(rows.reduce((sum, { value }) => sum + (value as number), 0)).toBe(leaves);
      for (const row of rows) {
        expect(Object.values(row)).not.toContain('$overall');
        expect('date' in row).toBe(dated);
        expect(row.date).not.toBe('all');
      }
      const all = reportRows(report, { totals: true });
      const marked = all.filter(({ total }) => total === true);
      expect(all.length - marked.length).toBe(rows.length);
      for (const row of marked) expect(row.value).toBe(1_000_000);
    }),
  );
});

test('every row of a report has the same columns in the same order', () => {
  fc.assert(
    fc.property(insightsReport, ({ report }) => {
      const shapes = new Set(reportRows(report, { totals: true }).map((row) => Object.keys(row).join()));
      expect(shapes.size).toBeLessThanOrEqual(1);
    }),
  );
});
