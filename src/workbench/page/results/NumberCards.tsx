import { Text } from '@mantine/core';
import { dateLabels } from '../result-model/periods.js';
import type { SeriesChart } from '../result-model/series-chart.js';
import classes from './ChartView.module.css';

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

interface NumberCardsProps {
  model: SeriesChart;
  hidden: ReadonlySet<string>;
  now: number;
}

/** One large number for each series, with what it is below. */
export function NumberCards({ model, hidden, now }: NumberCardsProps) {
  const { categories, partialDates, series, unit } = model;
  const labels = dateLabels(categories, unit, now);
  const lastWhole = categories.findLastIndex((_, index) => partialDates[index] === undefined);
  const last = lastWhole < 0 ? categories.length - 1 : lastWhole;
  const range = `${labels.full(categories[0] ?? '')} to ${labels.full(categories.at(-1) ?? '')}`;
  const meaning = {
    total: `total, ${range}`,
    mean: `mean of each ${unit}, ${range}`,
    last: labels.full(categories[last] ?? ''),
  };
  return (
    <ul className={classes.cards} aria-label="Numbers">
      {series
        .filter(({ name }) => !hidden.has(name))
        .map(({ name, summary: { kind, value } }) => (
          <li key={name} className={classes.card}>
            <Text size="sm" fw={500}>
              {name}
            </Text>
            <Text className={`numbers ${classes.figure}`}>{value === null ? '–' : number.format(value)}</Text>
            <Text size="xs" c="dimmed">
              {meaning[kind]}
            </Text>
          </li>
        ))}
    </ul>
  );
}
