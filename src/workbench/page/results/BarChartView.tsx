import { Text } from '@mantine/core';
import { useCallback } from 'react';
import type { BarChart } from '../result-model/bar-chart.js';
import { ChartNumbers } from './ChartNumbers.js';
import { ChartSaveMenu } from './ChartSaveMenu.js';
import type { ChartViewProps } from './ChartView.js';
import classes from './ChartView.module.css';
import { toBarOption } from './chart-option.js';
import { useEChart } from './use-echart.js';

const NONE: ReadonlySet<string> = new Set();

/** Bars with their values, in the order of the rows. */
export function BarChartView({ model, name, now }: ChartViewProps<BarChart>) {
  const toOption = useCallback(
    (surroundings: Parameters<Parameters<typeof useEChart>[0]>[0]) =>
      toBarOption(model, { ...surroundings, hidden: NONE, now }),
    [model, now],
  );
  const { container } = useEChart(toOption);
  const title = `${model.measure} by ${model.category}`;
  const rows = model.categories.map((category, index) => ({
    [model.category]: category,
    [model.measure]: model.values[index] ?? null,
    ...(model.changes ? { change: model.changes[index] ?? null } : {}),
  }));
  return (
    <div className={classes.view}>
      <div className={classes.head}>
        <Text size="sm" fw={500}>
          {title}
        </Text>
        {model.note && (
          <Text size="xs" c="dimmed">
            {model.note}
          </Text>
        )}
        <ChartSaveMenu container={container} title={title} legend={[]} rows={rows} name={name} />
      </div>
      <div ref={container} className={classes.canvas} role="img" aria-label={`bar chart: ${title}`} />
      <ChartNumbers kind="bar" title={title} rows={rows} />
    </div>
  );
}
