import type { Row } from '../../../result/rows.js';
import { memberAccess } from '../result-model/binding.js';
import type { ChartModel } from '../result-model/chart-model.js';
import { columnNames } from '../result-model/result-rows.js';

export interface Binding {
  /** The widget property in Appsmith. */
  target: string;
  text: string;
}

/** Returns bindings for Appsmith's widgets that show this result. */
export function createBindings(
  query: string,
  rows: readonly Row[] | undefined,
  chart: ChartModel | undefined,
): Binding[] {
  const data = `${query}.data`;
  if (!rows) return [{ target: 'Full result', text: `{{${data}}}` }];
  const bindings: Binding[] = [{ target: 'Table, table data', text: `{{${data}}}` }];
  const [label] = columnNames(rows.slice(0, 1)).filter((name) => name !== 'date');
  if (label !== undefined) {
    const value = columnNames(rows.slice(0, 1)).find((name) => name === 'id') ?? label;
    bindings.push({
      target: 'Select, source data',
      text: `{{${data}.map((row) => ({ label: row${memberAccess(label)}, value: row${memberAccess(value)} }))}}`,
    });
  }
  return [...bindings, ...seriesBindings(data, chart)];
}

function seriesBindings(data: string, chart: ChartModel | undefined): Binding[] {
  if (chart?.kind !== 'series' && chart?.kind !== 'bars') return [];
  if (!chart.columns) return [];
  const { x, y, series } = { series: undefined, ...chart.columns };
  const points = `.map((row) => ({ x: row${memberAccess(x)}, y: row${memberAccess(y)} }))`;
  if (series === undefined || chart.kind === 'bars')
    return [{ target: 'Chart, series data', text: `{{${data}${points}}}` }];
  return chart.series.map(({ name }) => ({
    target: `Chart, series data of ${name}`,
    text: `{{${data}.filter((row) => row${memberAccess(series)} === ${JSON.stringify(name)})${points}}}`,
  }));
}
