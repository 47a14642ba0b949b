import type { Row } from '../../../result/rows.js';
import type { ChartModel } from '../result-model/chart-model.js';
import { columnsOf } from '../result-model/result-rows.js';

export interface Binding {
  /** Where it goes in Appsmith. */
  place: string;
  text: string;
}

/** What to write into Appsmith's widgets so that they show this result. */
export function bindingsFor(
  query: string,
  rows: readonly Row[] | undefined,
  chart: ChartModel | undefined,
): Binding[] {
  const data = `${query}.data`;
  if (!rows) return [{ place: 'The whole answer', text: `{{${data}}}` }];
  const bindings: Binding[] = [{ place: 'Table, table data', text: `{{${data}}}` }];
  const [label] = columnsOf(rows.slice(0, 1)).filter((name) => name !== 'date');
  if (label !== undefined) {
    const value = columnsOf(rows.slice(0, 1)).find((name) => name === 'id') ?? label;
    bindings.push({
      place: 'Select, source data',
      text: `{{${data}.map((row) => ({ label: ${member(label)}, value: ${member(value)} }))}}`,
    });
  }
  return [...bindings, ...seriesBindings(data, chart)];
}

function seriesBindings(data: string, chart: ChartModel | undefined): Binding[] {
  if (!chart?.columns) return [];
  const { x, y, series } = chart.columns;
  const points = `.map((row) => ({ x: ${member(x)}, y: ${member(y)} }))`;
  if (series === undefined) return [{ place: 'Chart, series data', text: `{{${data}${points}}}` }];
  return chart.series.map(({ name }) => ({
    place: `Chart, series data of ${name}`,
    text: `{{${data}.filter((row) => ${member(series)} === ${JSON.stringify(name)})${points}}}`,
  }));
}

function member(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `row.${name}` : `row[${JSON.stringify(name)}]`;
}
