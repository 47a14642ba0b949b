import { UnstyledButton } from '@mantine/core';
import type { Series } from '../result-model/chart-model.js';
import classes from './ChartView.module.css';
import { type Scheme, seriesColours } from './series-colours.js';

interface ChartLegendProps {
  series: readonly Series[];
  hidden: ReadonlySet<string>;
  scheme: Scheme;
  onToggle(name: string): void;
}

const total = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** Lists the series with their totals. A click hides or shows a series. */
export function ChartLegend({ series, hidden, scheme, onToggle }: ChartLegendProps) {
  const colours = seriesColours(scheme);
  return (
    <ul className={classes.legend} aria-label="Series">
      {series.map(({ name, total: sum }, index) => (
        <li key={name}>
          <UnstyledButton
            className={classes.entry}
            aria-pressed={!hidden.has(name)}
            onClick={() => onToggle(name)}
          >
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="3" fill={colours[index % colours.length]} />
            </svg>
            <span>{name}</span>
            <span className={`numbers ${classes.sum}`}>{total.format(sum)}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
