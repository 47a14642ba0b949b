import { expect, test } from 'vitest';
import { toChartModel } from '../../../../src/workbench/page/result-model/chart-model.js';
import { createBindings } from '../../../../src/workbench/page/use-it/bindings.js';

test('a binding names a column as JavaScript can', () => {
  const rows = [{ 'plan type': 'Premium', count: 3 }];
  expect(createBindings('Plans', rows, toChartModel(rows, { now: 0 })).map(({ text }) => text)).toEqual([
    '{{Plans.data}}',
    '{{Plans.data.map((row) => ({ label: row["plan type"], value: row["plan type"] }))}}',
    '{{Plans.data.map((row) => ({ x: row["plan type"], y: row.count }))}}',
  ]);
});
