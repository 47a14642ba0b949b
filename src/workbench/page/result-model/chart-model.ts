import type { Row } from '../../../result/rows.js';
import { type BarChart, toBarChart } from './bar-chart.js';
import { type FunnelChart, toFunnelChart } from './funnel-chart.js';
import { columnNames } from './result-rows.js';
import { type RetentionChart, toRetentionChart } from './retention-chart.js';
import { eventsPerDay, type SeriesChart, type SeriesContext, toSeriesChart } from './series-chart.js';

export type ChartModel = SeriesChart | BarChart | FunnelChart | RetentionChart;

const SAMPLE_ROWS = 200;

/** Returns the chart that fits the shape of the rows, or `undefined` if there is no measure to draw. */
export function toChartModel(rows: readonly Row[], context: SeriesContext): ChartModel | undefined {
  if (rows.length === 0) return undefined;
  const columns = columnNames(rows.slice(0, SAMPLE_ROWS));
  const has = (...names: string[]) => names.every((name) => columns.includes(name));
  if (has('event', 'time', 'distinct_id')) return eventsPerDay(rows, context);
  if (has('step', 'event', 'count')) return toFunnelChart(rows);
  if (has('period', 'first') && (has('rate') || has('count'))) return toRetentionChart(rows, context);

  const parts = rows.filter(({ total, average }) => total !== true && average !== true);
  if (parts.length === rows.length || parts.length === 0) return chartOfParts(rows, context);
  const chart = chartOfParts(parts, context);
  const note = [chart?.note, 'Total and average rows are not shown.'].filter(Boolean).join(' ');
  return chart && { ...chart, note, partial: true };
}

function chartOfParts(rows: readonly Row[], context: SeriesContext): SeriesChart | BarChart | undefined {
  return toSeriesChart(rows, context) ?? toBarChart(rows);
}

/** Returns whether a chart is the view to open a result with: a series, a funnel or retention, drawn whole. */
export function isOpeningView(chart: ChartModel | undefined): boolean {
  return chart !== undefined && chart.kind !== 'bars' && !('partial' in chart && chart.partial);
}
