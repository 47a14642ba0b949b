import { expect, test } from 'vitest';
import { toChartModel } from '../../../../src/workbench/page/result-model/chart-model.js';
import { toRetentionChart } from '../../../../src/workbench/page/result-model/retention-chart.js';

const NOW = Date.parse('2026-01-03T10:00:00Z');
const row = (date: string | null, period: number, count: number, more = {}) => ({
  metric: 'Signup',
  date,
  period,
  first: 10,
  count,
  rate: count / 10,
  average: date === null,
  ...more,
});

test('rows of periods are drawn as retention: a list of cells for each cohort, the average first', () => {
  const rows = [
    row('2026-01-01', 0, 10),
    row('2026-01-01', 1, 4),
    row('2026-01-02', 0, 10),
    row(null, 0, 10),
  ];
  expect(toChartModel(rows, { now: NOW })).toMatchObject({
    kind: 'retention',
    unit: 'day',
    periods: 2,
    segments: [
      {
        name: '',
        cohorts: [
          { date: undefined, cells: [{ rate: 1 }] },
          { date: '2026-01-01', size: 10, cells: [{ count: 10 }, { count: 4, rate: 0.4 }] },
          { date: '2026-01-02', cells: [{ count: 10 }] },
        ],
      },
    ],
  });
});

test('a period that is not over is marked', () => {
  const rows = [
    row('2026-01-01', 0, 10),
    row('2026-01-01', 1, 4),
    row('2026-01-01', 2, 1),
    row('2026-01-02', 0, 9),
  ];
  const cells = toRetentionChart(rows, { now: NOW })?.segments[0]?.cohorts[0]?.cells;
  expect(cells?.map(({ soFar }) => soFar)).toEqual([false, false, true]);
});

test('segments are kept apart, and a missing rate follows from the counts', () => {
  const rows = [
    row('2026-01-01', 0, 5, { segment: 'iOS', rate: null }),
    row('2026-01-01', 0, 7, { segment: 'Web' }),
  ];
  expect(toRetentionChart(rows, { now: NOW })?.segments).toMatchObject([
    { name: 'iOS', cohorts: [{ cells: [{ count: 5, rate: 0.5 }] }] },
    { name: 'Web', cohorts: [{ cells: [{ count: 7 }] }] },
  ]);
});
