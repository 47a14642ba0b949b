import type { EChartsCoreOption } from 'echarts/core';
import type { BarChart } from '../result-model/bar-chart.js';
import { dateLabels } from '../result-model/periods.js';
import type { Series, SeriesChart } from '../result-model/series-chart.js';
import classes from './ChartView.module.css';
import { coloursOf, type Scheme, seriesColours } from './series-colours.js';

export type SeriesShape = 'line' | 'bar' | 'stacked';

interface ChartStyle {
  scheme: Scheme;
  hidden: ReadonlySet<string>;
  animated: boolean;
  /** Width of the chart in pixels. */
  width: number;
  now: number;
}

const AXIS_COLOURS: Record<Scheme, { text: string; line: string; pointer: string; surface: string }> = {
  light: { text: '#545b64', line: '#e6e8ec', pointer: '#aab0b8', surface: '#ffffff' },
  dark: { text: '#a6adb8', line: '#2b2f37', pointer: '#5c636e', surface: '#1b1d22' },
};

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 });
const percent = new Intl.NumberFormat('en-US', {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
const MANY_POINTS = 600;
/** More bars have no room for their values. */
const MAX_LABELLED_BARS = 24;
/** Bars with longer names are drawn horizontally, so that the names do not overlap. */
const LONG_NAME_CHARACTERS = 12;
const MAX_VERTICAL_BARS = 8;
const NARROW_PIXELS = 480;

/** Returns the ECharts option for numbers over time. */
export function toSeriesOption(model: SeriesChart, shape: SeriesShape, style: ChartStyle): EChartsCoreOption {
  const { scheme, hidden, now } = style;
  const axisColours = AXIS_COLOURS[scheme];
  const { categories, unit, partialDates } = model;
  const labels = dateLabels(categories, unit, now);
  const colours = coloursOf(
    model.series.map(({ name }) => name),
    scheme,
  );
  const visible = model.series.filter(({ name }) => !hidden.has(name));
  const labelled = shape === 'bar' && visible.length * categories.length <= MAX_LABELLED_BARS;
  return {
    ...baseOption(style, tooltipOf(model, colours, hidden, labels.full)),
    xAxis: {
      ...categoryAxis(categories, axisColours),
      boundaryGap: shape !== 'line',
      axisLabel: {
        color: axisColours.text,
        hideOverlap: true,
        showMaxLabel: true,
        alignMaxLabel: shape === 'line' ? 'right' : 'center',
        alignMinLabel: shape === 'line' ? 'left' : 'center',
        margin: 12,
        formatter: labels.axis,
      },
    },
    yAxis: valueAxis(axisColours),
    series: model.series.flatMap((series, index) => {
      const shown = hidden.has(series.name) ? { ...series, data: [] } : series;
      const colour = colours[index] ?? '';
      return shape === 'line'
        ? lineSeries(shown, partialDates, colour, model.series.length === 1)
        : [barSeries(shown, partialDates, colour, { stacked: shape === 'stacked', labelled })];
    }),
  };
}

/** Returns the ECharts option for numbers by name. */
export function toBarOption(model: BarChart, style: ChartStyle): EChartsCoreOption {
  const { scheme, width } = style;
  const axisColours = AXIS_COLOURS[scheme];
  const { categories, values, changes } = model;
  const horizontal =
    categories.length > MAX_VERTICAL_BARS ||
    width < NARROW_PIXELS ||
    categories.some((name) => name.length > LONG_NAME_CHARACTERS);
  const names: readonly string[] =
    categories.length <= MAX_VERTICAL_BARS
      ? coloursOf(categories, scheme)
      : categories.map(() => seriesColours(scheme)[0] ?? '');
  const axis = {
    ...categoryAxis(categories, axisColours),
    inverse: horizontal,
    axisLabel: {
      color: axisColours.text,
      hideOverlap: true,
      margin: 12,
      ...(horizontal ? { width: width < NARROW_PIXELS ? 96 : 150, overflow: 'truncate' } : {}),
    },
  };
  const valueText = (index: number) => {
    const value = values[index];
    const change = changes?.[index];
    const text = value === null || value === undefined ? '' : exact.format(value);
    return change === null || change === undefined ? text : `${text}  (${percent.format(change)})`;
  };
  return {
    ...baseOption(style, (points) =>
      tooltipBox(categories[points[0]?.dataIndex ?? 0] ?? '', [
        { name: model.measure, text: valueText(points[0]?.dataIndex ?? 0) },
      ]),
    ),
    xAxis: horizontal ? valueAxis(axisColours) : axis,
    yAxis: horizontal ? axis : valueAxis(axisColours),
    // Leaves room for the numbers beside the bars.
    grid: { left: 8, right: !horizontal ? 16 : changes ? 100 : 56, top: 24, bottom: 8, containLabel: true },
    series: [
      {
        type: 'bar',
        name: model.measure,
        data: values.map((value, index) => ({ value, itemStyle: { color: names[index] } })),
        barMaxWidth: 36,
        itemStyle: { borderRadius: horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0] },
        label: {
          show: true,
          position: horizontal ? 'right' : 'top',
          color: axisColours.text,
          formatter: ({ dataIndex }: { dataIndex: number }) => valueText(dataIndex),
        },
      },
    ],
  };
}

function baseOption(
  { scheme, animated, width }: ChartStyle,
  formatter: (points: TooltipPoint[]) => HTMLElement,
): EChartsCoreOption {
  const { pointer } = AXIS_COLOURS[scheme];
  return {
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    animation: animated,
    animationDuration: 400,
    grid: { left: 8, right: width < NARROW_PIXELS ? 16 : 28, top: 24, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      padding: 0,
      borderWidth: 0,
      backgroundColor: 'transparent',
      axisPointer: { type: 'line', lineStyle: { color: pointer } },
      formatter,
    },
  };
}

function categoryAxis(data: readonly string[], { line }: { line: string }) {
  return { type: 'category', data, axisTick: { show: false }, axisLine: { lineStyle: { color: line } } };
}

function valueAxis({ text, line }: { text: string; line: string }) {
  return {
    type: 'value',
    axisLabel: { color: text, formatter: (value: number) => compact.format(value) },
    splitLine: { lineStyle: { color: line } },
    splitNumber: 4,
  };
}

/** A line of whole periods, and a dashed one for the steps from or to a period that is not whole. */
function lineSeries(
  { name, data }: Pick<Series, 'name' | 'data'>,
  partialDates: readonly (string | undefined)[],
  color: string,
  filled: boolean,
): object[] {
  const isPartial = (index: number) => partialDates[index] !== undefined;
  const solid = data.map((value, index) => (isPartial(index) ? null : value));
  const dashed = data.map((value, index) =>
    isPartial(index) || isPartial(index - 1) || isPartial(index + 1) ? value : null,
  );
  const common = {
    type: 'line',
    name,
    color,
    symbol: 'circle',
    symbolSize: 6,
    sampling: data.length > MANY_POINTS ? 'lttb' : undefined,
    emphasis: { focus: 'series' },
  };
  const hasDashes = partialDates.some((note) => note !== undefined);
  return [
    {
      ...common,
      data: withPoints(solid, hasDashes ? dashed : undefined),
      lineStyle: { width: 2.25 },
      areaStyle: filled ? { opacity: 0.12 } : undefined,
    },
    ...(hasDashes
      ? [{ ...common, data: withPoints(dashed, solid), lineStyle: { width: 2.25, type: [4, 4] } }]
      : []),
  ];
}

/** Marks values between gaps, which no line would show, with a point. */
function withPoints(
  data: readonly (number | null)[],
  other: readonly (number | null)[] | undefined,
): (number | null | object)[] {
  const isGap = (index: number) => (data[index] ?? null) === null;
  const connected = (index: number, list: readonly (number | null)[]) =>
    (list[index] ?? null) !== null &&
    ((list[index - 1] ?? null) !== null || (list[index + 1] ?? null) !== null);
  return data.map((value, index) => {
    const isolated =
      value !== null &&
      isGap(index - 1) &&
      isGap(index + 1) &&
      (other === undefined || !connected(index, other));
    return isolated ? { value, symbolSize: 8 } : value === null ? null : { value, symbolSize: 0 };
  });
}

function barSeries(
  { name, data }: Pick<Series, 'name' | 'data'>,
  partialDates: readonly (string | undefined)[],
  color: string,
  { stacked, labelled }: { stacked: boolean; labelled: boolean },
): object {
  return {
    type: 'bar',
    name,
    color,
    stack: stacked ? 'all' : undefined,
    barMaxWidth: 36,
    data: data.map((value, index) =>
      partialDates[index] === undefined
        ? value
        : {
            value,
            itemStyle: { opacity: 0.45, borderColor: color, borderType: 'dashed', borderWidth: 1 },
          },
    ),
    itemStyle: { borderRadius: stacked ? 0 : [3, 3, 0, 0] },
    label: {
      show: labelled,
      position: 'top',
      color: 'inherit',
      formatter: ({ value }: { value: number | null }) => (value === null ? '' : compact.format(value)),
    },
    emphasis: { focus: 'series' },
  };
}

interface TooltipPoint {
  dataIndex: number;
}

function tooltipOf(
  { categories, series, partialDates }: SeriesChart,
  colours: readonly string[],
  hidden: ReadonlySet<string>,
  label: (date: string) => string,
): (points: TooltipPoint[]) => HTMLElement {
  return (points) => {
    const index = points[0]?.dataIndex ?? 0;
    const note = partialDates[index];
    const lines = series
      .map(({ name, data }, place) => ({ name, value: data[index] ?? null, colour: colours[place] }))
      .filter(({ name }) => !hidden.has(name))
      .sort((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY))
      .map(({ name, value, colour }) => ({ name, colour, text: value === null ? '–' : exact.format(value) }));
    return tooltipBox(`${label(categories[index] ?? '')}${note ? `, ${note}` : ''}`, lines);
  };
}

// Builds an element instead of HTML text, because the page's policy forbids style attributes in markup.
function tooltipBox(
  heading: string,
  lines: readonly { name: string; text: string; colour?: string }[],
): HTMLElement {
  const box = document.createElement('div');
  box.className = classes.tooltip ?? '';
  const title = document.createElement('strong');
  title.textContent = heading;
  box.append(title);
  for (const { name, text, colour } of lines) {
    const line = document.createElement('div');
    if (colour) {
      const dot = document.createElement('i');
      dot.style.background = colour;
      line.append(dot);
    }
    const label = document.createElement('span');
    label.textContent = name;
    const number = document.createElement('b');
    number.textContent = text;
    line.append(label, number);
    box.append(line);
  }
  return box;
}
