import type { EChartsCoreOption } from 'echarts/core';
import type { ChartModel } from '../result-model/chart-model.js';
import classes from './ChartView.module.css';
import { type Scheme, seriesColours } from './series-colours.js';

interface ChartStyle {
  scheme: Scheme;
  hidden: ReadonlySet<string>;
  animated: boolean;
}

const AXIS_COLOURS: Record<Scheme, { text: string; line: string; pointer: string }> = {
  light: { text: '#545b64', line: '#e6e8ec', pointer: '#aab0b8' },
  dark: { text: '#a6adb8', line: '#2b2f37', pointer: '#5c636e' },
};

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 });
const MANY_POINTS = 60;
/** Bars with longer names are drawn horizontally, so that the names do not overlap. */
const LONG_NAME_CHARACTERS = 12;
const MAX_VERTICAL_BARS = 8;

/** Returns the ECharts option for a chart. */
export function toEChartsOption(
  model: ChartModel,
  { scheme, hidden, animated }: ChartStyle,
): EChartsCoreOption {
  const axisColours = AXIS_COLOURS[scheme];
  const isLine = model.kind === 'line';
  const horizontal =
    !isLine &&
    model.series.length === 1 &&
    (model.categories.length > MAX_VERTICAL_BARS ||
      model.categories.some((name) => name.length > LONG_NAME_CHARACTERS));
  const categories = {
    type: 'category',
    data: model.categories,
    inverse: horizontal,
    boundaryGap: !isLine,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: axisColours.line } },
    axisLabel: {
      color: axisColours.text,
      hideOverlap: true,
      margin: 12,
      ...(horizontal ? { width: 150, overflow: 'truncate' } : {}),
      formatter: isLine ? formatShortDate : undefined,
    },
  };
  const values = {
    type: 'value',
    axisLabel: { color: axisColours.text, formatter: (value: number) => compact.format(value) },
    splitLine: { lineStyle: { color: axisColours.line } },
    splitNumber: 4,
  };
  return {
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    animation: animated,
    animationDuration: 400,
    color: [...seriesColours(scheme)],
    grid: { left: 8, right: 24, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      padding: 0,
      borderWidth: 0,
      backgroundColor: 'transparent',
      axisPointer: { type: isLine ? 'line' : 'shadow', lineStyle: { color: axisColours.pointer } },
      formatter: tooltip,
    },
    xAxis: horizontal ? values : categories,
    yAxis: horizontal ? categories : values,
    series: model.series.map(({ name, data }) => ({
      type: model.kind,
      name,
      data: hidden.has(name) ? [] : data,
      symbol: 'circle',
      symbolSize: 6,
      showSymbol: model.categories.length <= 1,
      lineStyle: { width: 2.25 },
      areaStyle: isLine && model.series.length === 1 ? { opacity: 0.12 } : undefined,
      sampling: model.categories.length > MANY_POINTS * 10 ? 'lttb' : undefined,
      barMaxWidth: 36,
      itemStyle: isLine ? undefined : { borderRadius: horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0] },
      emphasis: { focus: 'series' },
    })),
  };
}

interface TooltipPoint {
  axisValue: string;
  seriesName: string;
  value: number | null;
  color: string;
}

// Builds an element instead of HTML text, because the page's policy forbids style attributes in markup.
function tooltip(points: TooltipPoint[]): HTMLElement {
  const box = document.createElement('div');
  box.className = classes.tooltip ?? '';
  const title = document.createElement('strong');
  title.textContent = points[0]?.axisValue ?? '';
  box.append(title);
  const ranked = [...points].sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  for (const { seriesName, value, color } of ranked) {
    const line = document.createElement('div');
    const dot = document.createElement('i');
    dot.style.background = color;
    const name = document.createElement('span');
    name.textContent = seriesName;
    const number = document.createElement('b');
    number.textContent = value === null ? '–' : exact.format(value);
    line.append(dot, name, number);
    box.append(line);
  }
  return box;
}

const day = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Returns `Nov 3` for `2026-11-03`, with the time if there is one. */
function formatShortDate(text: string): string {
  const time = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(time)) return text;
  const clock = text.slice(11, 16);
  return clock && clock !== '00:00' ? `${day.format(time)}, ${clock}` : day.format(time);
}
