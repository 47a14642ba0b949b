import { expect, test } from 'vitest';
import { toChartModel } from '../../../../src/workbench/page/result-model/chart-model.js';
import { ALL_DATES, toFunnelChart } from '../../../../src/workbench/page/result-model/funnel-chart.js';

const step = (
  date: string | undefined,
  segment: string,
  number: number,
  count: number,
  avgTime?: number,
) => ({
  funnel: 'Checkout',
  segment,
  ...(date ? { date } : {}),
  step: number,
  event: ['', 'View', 'Buy'][number],
  count,
  stepConversion: number === 1 ? 1 : 0.5,
  overallConversion: number === 1 ? 1 : 0.5,
  avgTime: avgTime ?? null,
});

test('rows of steps are drawn as a funnel, a list of steps for each segment', () => {
  const rows = [step(undefined, 'iOS', 1, 10), step(undefined, 'iOS', 2, 5), step(undefined, 'Web', 1, 4)];
  const chart = toChartModel(rows, { now: 0 });
  expect(chart).toMatchObject({ kind: 'funnel', dates: [], segments: ['iOS', 'Web'] });
  expect(toFunnelChart(rows)?.stepsByDate.get(ALL_DATES)).toMatchObject([
    [
      { step: 1, event: 'View', count: 10 },
      { step: 2, event: 'Buy', count: 5, overallConversion: 0.5 },
    ],
    [{ step: 1, count: 4 }],
  ]);
});

test('steps of several dates are added: counts summed, rates from the sums, times weighted by counts', () => {
  const rows = [
    step('2026-01-01', 'all', 1, 10),
    step('2026-01-01', 'all', 2, 5, 60),
    step('2026-01-02', 'all', 1, 30),
    step('2026-01-02', 'all', 2, 15, 120),
  ];
  const chart = toFunnelChart(rows);
  expect(chart?.dates).toEqual(['2026-01-01', '2026-01-02']);
  expect(chart?.stepsByDate.get('2026-01-02')).toMatchObject([[{ count: 30 }, { count: 15, avgTime: 120 }]]);
  expect(chart?.stepsByDate.get(ALL_DATES)).toEqual([
    [
      { step: 1, event: 'View', count: 40, avgTime: null, stepConversion: 1, overallConversion: 1 },
      { step: 2, event: 'Buy', count: 20, avgTime: 105, stepConversion: 0.5, overallConversion: 0.5 },
    ],
  ]);
});

test('the total over segments is called Overall', () => {
  const rows = [step(undefined, '$overall', 1, 10), step(undefined, 'Web', 1, 4)];
  expect(toFunnelChart(rows)?.segments).toEqual(['Overall', 'Web']);
});
