import { describe, expect, test } from 'vitest';
import { toChartModel } from '../../../../src/workbench/page/result-model/chart-model.js';

describe('rows are drawn by their shape', () => {
  test('counts by date and name as a line for each name', () => {
    expect(
      toChartModel([
        { date: '2026-01-02', event: 'A', count: 2 },
        { date: '2026-01-01', event: 'A', count: 1 },
        { date: '2026-01-01', event: 'B', count: 5 },
      ]),
    ).toMatchObject({
      kind: 'line',
      categories: ['2026-01-01', '2026-01-02'],
      series: [
        { name: 'A', data: [1, 2], total: 3 },
        { name: 'B', data: [5, null], total: 5 },
      ],
    });
  });

  test('counts in a column for each name as a line for each, whatever the name ends in', () => {
    expect(
      toChartModel([
        { date: '2026-01-01', Paid: 2, Signup: 1 },
        { date: '2026-01-02', Paid: 0, Signup: 3 },
      ]),
    ).toMatchObject({
      kind: 'line',
      series: [
        { name: 'Paid', data: [2, 0] },
        { name: 'Signup', data: [1, 3] },
      ],
    });
  });

  test('without the rows that sum up others, which is said', () => {
    const rows = [
      { metric: 'M', os: '$overall', value: 3, total: true },
      { metric: 'M', os: 'iOS', value: 1, total: false },
      { metric: 'M', os: 'Android', value: 2, total: false },
    ];
    expect(toChartModel(rows)).toMatchObject({
      series: [{ total: 3 }],
      note: 'Total and average rows are not shown.',
      partial: true,
    });
  });

  test('numbers by name as bars, in the order of the rows', () => {
    const rows = [
      { event: 'A', amount: 9, percentChange: 0.1 },
      { event: 'B', amount: 4, percentChange: null },
    ];
    expect(toChartModel(rows)).toMatchObject({
      kind: 'bar',
      measure: 'amount',
      categories: ['A', 'B'],
      series: [{ data: [9, 4] }],
    });
  });

  test('raw events as their number a day', () => {
    const event = (time: string, name: string) => ({ event: name, time, distinct_id: 'u' });
    expect(
      toChartModel([
        event('2026-01-01T08:00:00.000Z', 'A'),
        event('2026-01-01T09:00:00.000Z', 'A'),
        event('2026-01-02T09:00:00.000Z', 'A'),
      ]),
    ).toMatchObject({ kind: 'line', categories: ['2026-01-01', '2026-01-02'], series: [{ data: [2, 1] }] });
  });

  test('of many series the largest eight, and says so', () => {
    const rows = Array.from({ length: 12 }, (_, index) =>
      ['2026-01-01', '2026-01-02'].map((date) => ({ date, value: `v${index}`, count: index })),
    ).flat();
    const chart = toChartModel(rows);
    expect(chart?.series.map(({ name }) => name)).toEqual(['v11', 'v10', 'v9', 'v8', 'v7', 'v6', 'v5', 'v4']);
    expect(chart?.note).toBe('The 8 largest of 12 series.');
  });

  test('as bars of a few only where there are more, so that the table comes first', () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({ user: `u${index}`, orders: index }));
    expect(toChartModel(rows)).toMatchObject({
      kind: 'bar',
      note: 'The first 30 of 40 rows.',
      partial: true,
    });
    expect(toChartModel(rows.slice(0, 30))).not.toHaveProperty('partial');
  });

  test.each([
    ['ranks', [{ event: 'A', rank: 1 }]],
    ['ids', [{ name: 'A', id: 7, organizationId: 3 }]],
    ['no rows', []],
    ['names alone', [{ name: 'A' }]],
  ])('%s not at all', (_, rows) => {
    expect(toChartModel(rows)).toBeUndefined();
  });
});
