import { Select, Text, useComputedColorScheme } from '@mantine/core';
import { useState } from 'react';
import { saveCsv } from '../browser/file-download.js';
import { dateLabels } from '../result-model/periods.js';
import type { Cohort, RetentionCell, RetentionChart } from '../result-model/retention-chart.js';
import type { ChartViewProps } from './ChartView.js';
import classes from './RetentionView.module.css';
import { SaveCsvButton } from './SaveCsvButton.js';

const count = new Intl.NumberFormat('en-US');
const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
/** From this share on, light text has more contrast on the colour than dark text; both have 4.5 here. */
const DARK_SHARE = 0.87;

/** Retention as a heat map: a row for each cohort, a column for each period. */
export function RetentionView({ model, name, now }: ChartViewProps<RetentionChart>) {
  const scheme = useComputedColorScheme('light');
  const { segments, periods, unit, note } = model;
  const [chosen, setChosen] = useState<string>();
  const segment = segments.find((each) => each.name === chosen) ?? segments[0];
  const cohorts = segment?.cohorts ?? [];
  const dates = cohorts.flatMap(({ date }) => (date === undefined ? [] : [date]));
  const labels = dateLabels(dates, unit, now);
  const headings = Array.from({ length: periods }, (_, period) => period);
  const unitName = unit.charAt(0).toUpperCase() + unit.slice(1);
  return (
    <div className={classes.view}>
      <div className={classes.head}>
        <Text size="sm" fw={500} flex={1}>
          Returned, by {unit} after the first event
        </Text>
        {segments.length > 1 && (
          <Select
            size="xs"
            w={200}
            aria-label="Segment"
            allowDeselect={false}
            value={segment?.name}
            onChange={(value) => setChosen(value ?? undefined)}
            data={segments.map((each) => each.name)}
          />
        )}
        <SaveCsvButton onSave={() => saveCsv(toRateRows(cohorts), `${name}-retention`)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={classes.scroll} tabIndex={0} aria-label="Retention">
        <table className={classes.table} data-chart="retention">
          <thead>
            <tr>
              <th scope="col">Cohort</th>
              <th scope="col">Users</th>
              {headings.map((period) => (
                <th key={period} scope="col">
                  {unitName} {period}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cohorts.map(({ date, size, cells }) => (
              <tr key={date ?? 'average'}>
                <th scope="row">{date === undefined ? 'Average' : labels.full(date)}</th>
                <td className="numbers">{size === null ? '–' : count.format(size)}</td>
                {headings.map((period) => (
                  <HeatCell key={period} cell={cells[period]} scheme={scheme} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Text size="xs" c="dimmed" className={classes.note}>
        {[note, `Dashed: the ${unit} is not over yet.`].filter(Boolean).join(' ')}
      </Text>
    </div>
  );
}

function HeatCell({ cell, scheme }: { cell: RetentionCell | undefined; scheme: 'light' | 'dark' }) {
  if (!cell || (cell.rate === null && cell.count === null)) return <td />;
  const { rate, count: returned, soFar } = cell;
  const share = Math.min(1, Math.max(0, rate ?? 0));
  const light = scheme === 'dark' || share >= DARK_SHARE;
  return (
    <td
      className={`numbers ${classes.cell}`}
      data-so-far={soFar || undefined}
      title={`${returned === null ? '' : `${count.format(returned)} users`}${soFar ? ', so far' : ''}`}
      style={{
        background: `color-mix(in srgb, ${scheme === 'dark' ? '#7856ff' : '#6744e3'} ${Math.round(share * 100)}%, var(--wb-surface))`,
        color: light ? '#ffffff' : '#000000',
      }}
    >
      {rate === null ? count.format(returned ?? 0) : percent.format(rate)}
    </td>
  );
}

function toRateRows(cohorts: readonly Cohort[]) {
  return cohorts.map(({ date, size, cells }) => ({
    cohort: date ?? 'average',
    users: size,
    ...Object.fromEntries(Array.from(cells, (cell, period) => [`period ${period}`, cell?.rate ?? null])),
  }));
}
