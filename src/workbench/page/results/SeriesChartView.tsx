import { SegmentedControl, Text, useComputedColorScheme } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { dateLabels } from '../result-model/periods.js';
import { type SeriesChart, toNotedRows, toWideRows } from '../result-model/series-chart.js';
import { ChartLegend } from './ChartLegend.js';
import { ChartNumbers } from './ChartNumbers.js';
import { ChartSaveMenu } from './ChartSaveMenu.js';
import type { ChartViewProps } from './ChartView.js';
import classes from './ChartView.module.css';
import { type SeriesShape, toSeriesOption } from './chart-option.js';
import { NumberCards } from './NumberCards.js';
import { coloursOf } from './series-colours.js';
import { TableView } from './TableView.js';
import { useEChart } from './use-echart.js';

type Shape = SeriesShape | 'table' | 'number';

const SHAPES: { value: Shape; label: string }[] = [
  { value: 'line', label: 'Line' },
  { value: 'bar', label: 'Bar' },
  { value: 'stacked', label: 'Stacked' },
  { value: 'table', label: 'Table' },
  { value: 'number', label: 'Number' },
];
/** Fewer dates make no line. */
const MIN_LINE_DATES = 3;

/** Numbers over time as lines, bars, stacked bars, a table with a column for each name, or one number for each. */
export function SeriesChartView({ model, name, now }: ChartViewProps<SeriesChart>) {
  const scheme = useComputedColorScheme('light');
  const [chosen, setChosen] = useState<Shape>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const offered = SHAPES.filter(
    ({ value }) => value !== 'stacked' || (model.additive && model.series.length > 1),
  );
  const usual: Shape = model.categories.length < MIN_LINE_DATES ? 'bar' : 'line';
  const shape = offered.some(({ value }) => value === chosen) && chosen ? chosen : usual;
  const rows = useMemo(() => toWideRows(model), [model]);
  const title = `${model.measure} by ${model.unit}`;
  const drawn = shape !== 'table' && shape !== 'number';

  function toggle(series: string) {
    const next = new Set(hidden);
    if (!next.delete(series)) next.add(series);
    setHidden(next);
  }

  return (
    <div className={classes.view}>
      <div className={classes.head}>
        <ChartLegend series={model.series} hidden={hidden} scheme={scheme} onToggle={toggle} />
        <div className={classes.tools}>
          {model.note && (
            <Text size="xs" c="dimmed">
              {model.note}
            </Text>
          )}
          <SegmentedControl
            size="xs"
            value={shape}
            onChange={(value) => setChosen(value as Shape)}
            data={offered}
            aria-label="Kind of chart"
          />
        </div>
      </div>
      {drawn && (
        <DrawnSeries model={model} shape={shape} hidden={hidden} name={name} now={now} title={title} />
      )}
      {shape === 'table' && <TableView rows={toNotedRows(model)} />}
      {shape === 'number' && <NumberCards model={model} hidden={hidden} now={now} />}
      <ChartNumbers kind={shape} title={title} rows={rows} />
    </div>
  );
}

interface DrawnSeriesProps extends ChartViewProps<SeriesChart> {
  shape: SeriesShape;
  hidden: ReadonlySet<string>;
  title: string;
}

function DrawnSeries({ model, shape, hidden, name, now, title }: DrawnSeriesProps) {
  const toOption = useCallback(
    (surroundings: Parameters<Parameters<typeof useEChart>[0]>[0]) =>
      toSeriesOption(model, shape, { ...surroundings, hidden, now }),
    [model, shape, hidden, now],
  );
  const { container, scheme } = useEChart(toOption);
  const names = model.series.map((series) => series.name);
  const colours = coloursOf(names, scheme);
  const legend = names
    .map((text, index) => ({ text, colour: colours[index] ?? '' }))
    .filter(({ text }) => !hidden.has(text));
  return (
    <>
      <div ref={container} className={classes.canvas} role="img" aria-label={`${shape} chart: ${title}`} />
      <div className={classes.foot}>
        <Text size="xs" c="dimmed">
          {describeDashes(model, now)}
        </Text>
        <ChartSaveMenu
          container={container}
          title={title}
          legend={legend}
          rows={toNotedRows(model)}
          name={name}
        />
      </div>
    </>
  );
}

/** Returns what dashes stand for, if there are any. */
function describeDashes({ categories, unit, partialDates }: SeriesChart, now: number): string {
  const labels = dateLabels(categories, unit, now);
  const notes = categories.flatMap((date, index) =>
    partialDates[index] === undefined ? [] : [`${labels.full(date)} ${partialDates[index]}`],
  );
  return notes.length === 0 ? '' : `Dashed: ${notes.slice(0, 2).join('; ')}.`;
}
