import { describe, expect, test } from 'vitest';
import { isOpeningView, toChartModel } from '../../../../src/workbench/page/result-model/chart-model.js';
import { toNotedRows } from '../../../../src/workbench/page/result-model/series-chart.js';

const NOW = Date.parse('2026-02-01T12:00:00Z');
const LATER = { now: NOW };

describe('rows with dates and numbers are series', () => {
  test('with one for each name', () => {
    expect(
      toChartModel(
        [
          { date: '2026-01-02', event: 'A', count: 2 },
          { date: '2026-01-01', event: 'A', count: 1 },
          { date: '2026-01-01', event: 'B', count: 5 },
        ],
        LATER,
      ),
    ).toMatchObject({
      kind: 'series',
      categories: ['2026-01-01', '2026-01-02'],
      series: [
        { name: 'A', data: [1, 2] },
        { name: 'B', data: [5, null] },
      ],
    });
  });

  test('with one for each column, whatever the name ends in', () => {
    expect(
      toChartModel(
        [
          { date: '2026-01-01', Paid: 2, Signup: 1 },
          { date: '2026-01-02', Paid: 0, Signup: 3 },
        ],
        LATER,
      ),
    ).toMatchObject({
      kind: 'series',
      series: [
        { name: 'Paid', data: [2, 0] },
        { name: 'Signup', data: [1, 3] },
      ],
    });
  });

  test('with raw events as their number a day', () => {
    const event = (time: string, name: string) => ({ event: name, time, distinct_id: 'u' });
    expect(
      toChartModel(
        [
          event('2026-01-01T08:00:00.000Z', 'A'),
          event('2026-01-01T09:00:00.000Z', 'A'),
          event('2026-01-02T09:00:00.000Z', 'A'),
        ],
        LATER,
      ),
    ).toMatchObject({
      kind: 'series',
      categories: ['2026-01-01', '2026-01-02'],
      series: [{ data: [2, 1], summary: { kind: 'total', value: 3 } }],
    });
  });

  test('of which the largest eight are drawn, and the chart says so', () => {
    const rows = Array.from({ length: 12 }, (_, index) =>
      ['2026-01-01', '2026-01-02'].map((date) => ({ date, value: `v${index}`, count: index })),
    ).flat();
    expect(toChartModel(rows, LATER)).toMatchObject({
      series: ['v11', 'v10', 'v9', 'v8', 'v7', 'v6', 'v5', 'v4'].map((name) => ({ name })),
      note: 'The 8 largest of 12 series.',
    });
  });

  test('unless each is of something else, as in a list of users', () => {
    const rows = Array.from({ length: 20 }, (_, index) => ({
      distinct_id: `user${index}`,
      'Signup Date': `2026-01-${String(index + 1).padStart(2, '0')}`,
      Orders: index,
    }));
    expect(toChartModel(rows, LATER)?.kind).toBe('bars');
  });
});

describe('the number beside the name of a series', () => {
  const rows = [
    { date: '2026-01-01', event: 'A', count: 2 },
    { date: '2026-01-02', event: 'A', count: 4 },
    { date: '2026-01-03', event: 'A', count: 1 },
  ];
  const during = { now: Date.parse('2026-01-03T08:00:00Z') };

  test.each([
    ['is the total of counted events', 'general', { kind: 'total', value: 7 }],
    ['is the mean of unique users over whole days', 'unique', { kind: 'mean', value: 3 }],
    ['is the last whole value of averages', 'average', { kind: 'last', value: 4 }],
    ['is the last whole value when it is not known what was counted', undefined, { kind: 'last', value: 4 }],
  ])('%s', (_, type, summary) => {
    expect(toChartModel(rows, { ...during, type })).toMatchObject({ series: [{ summary }] });
  });

  test('is the total when all metrics of a saved report say that they count events', () => {
    const report = rows.map(({ date, count }) => ({
      metric: 'A. Trigger [Total Events]',
      date,
      value: count,
    }));
    expect(toChartModel(report, during)).toMatchObject({
      series: [{ summary: { kind: 'total', value: 7 } }],
    });
    const mixed = [...report, { metric: 'B. Trigger [Average]', date: '2026-01-01', value: 1 }];
    expect(toChartModel(mixed, during)).toMatchObject({ series: [{ summary: { kind: 'last' } }, {}] });
  });

  test('and stacking are for counted events only', () => {
    const additive = ['general', 'unique', 'average', undefined].map(
      (type) =>
        toChartModel(rows, { ...during, type })?.kind === 'series' && toChartModel(rows, { ...during, type }),
    );
    expect(additive.map((chart) => chart && 'additive' in chart && chart.additive)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

test('the numbers of a chart as rows have a column for each series and say which periods are not whole', () => {
  const chart = toChartModel(
    [
      { date: '2026-01-01', event: 'A', count: 2 },
      { date: '2026-01-02', event: 'A', count: 4 },
      { date: '2026-01-02', event: 'B', count: 1 },
    ],
    { now: Date.parse('2026-01-02T08:00:00Z') },
  );
  expect(chart?.kind === 'series' && toNotedRows(chart)).toEqual([
    { date: '2026-01-01', A: 2, B: null, period: 'whole' },
    { date: '2026-01-02', A: 4, B: 1, period: 'so far' },
  ]);
});

describe('rows with names and numbers are bars', () => {
  test('in the order of the rows, with the change against the period before', () => {
    const rows = [
      { event: 'A', amount: 9, percentChange: 0.1 },
      { event: 'B', amount: 4, percentChange: null },
    ];
    expect(toChartModel(rows, LATER)).toMatchObject({
      kind: 'bars',
      measure: 'amount',
      categories: ['A', 'B'],
      values: [9, 4],
      changes: [0.1, null],
    });
  });

  test('of which the first thirty are drawn, and the chart says so', () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({ user: `u${index}`, orders: index }));
    expect(toChartModel(rows, LATER)).toMatchObject({ kind: 'bars', note: 'The first 30 of 40 rows.' });
  });

  test('without the rows that sum up others, which is said', () => {
    const rows = [
      { metric: 'M', os: '$overall', value: 3, total: true },
      { metric: 'M', os: 'iOS', value: 1, total: false },
      { metric: 'M', os: 'Android', value: 2, total: false },
    ];
    expect(toChartModel(rows, LATER)).toMatchObject({
      values: [1, 2],
      note: 'Total and average rows are not shown.',
    });
  });

  test('which are not the first view of a result, as series are', () => {
    expect(isOpeningView(toChartModel([{ event: 'A', amount: 9 }], LATER))).toBe(false);
    expect(isOpeningView(toChartModel([{ date: '2026-01-01', amount: 9 }], LATER))).toBe(true);
  });
});

test.each([
  ['ranks', [{ event: 'A', rank: 1 }]],
  ['ids', [{ name: 'A', id: 7, organizationId: 3 }]],
  ['what Mixpanel says of accepted events', [{ status: 1, accepted: 3 }]],
  ['no rows', []],
  ['names alone', [{ name: 'A' }]],
])('%s are not drawn', (_, rows) => {
  expect(toChartModel(rows, LATER)).toBeUndefined();
});
