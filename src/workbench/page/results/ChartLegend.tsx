import { UnstyledButton } from '@mantine/core';
import type { Series } from '../result-model/series-chart.js';
import classes from './ChartView.module.css';
import { coloursOf, type Scheme } from './series-colours.js';

interface ChartLegendProps {
  series: readonly Series[];
  hidden: ReadonlySet<string>;
  scheme: Scheme;
  onToggle(name: string): void;
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** Lists the series, each with one number that says what it is. A click hides or shows a series. */
export function ChartLegend({ series, hidden, scheme, onToggle }: ChartLegendProps) {
  const colours = coloursOf(
    series.map(({ name }) => name),
    scheme,
  );
  return (
    <ul className={classes.legend} aria-label="Series">
      {series.map(({ name, summary: { kind, value } }, index) => (
        <li key={name}>
          <UnstyledButton
            className={classes.entry}
            aria-pressed={!hidden.has(name)}
            onClick={() => onToggle(name)}
          >
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="3" fill={colours[index]} />
            </svg>
            <span>{name}</span>
            {value !== null && (
              <span className={`numbers ${classes.summary}`}>
                {kind} {number.format(value)}
              </span>
            )}
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
