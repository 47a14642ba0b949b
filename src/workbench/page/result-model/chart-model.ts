import type { Row } from '../../../result/rows.js';
import { cellText, columnNames } from './result-rows.js';

export interface Series {
  name: string;
  /** One value per category; `null` for a gap. */
  data: (number | null)[];
  total: number;
}

export interface ChartModel {
  /** Lines over dates, or bars by name. */
  kind: 'line' | 'bar';
  /** Name of the horizontal axis. */
  category: string;
  /** Name of the vertical axis. */
  measure: string;
  categories: string[];
  series: Series[];
  /** What the chart leaves out; a sentence. */
  note?: string;
  /** Whether the chart leaves out rows other than those of smaller series; the table is then the first view. */
  partial?: true;
  /** Columns of the rows behind axes and series; present if a binding can refer to them. */
  columns?: { x: string; y: string; series?: string };
}

const MAX_SERIES = 8;
const MAX_BARS = 30;
const SAMPLE_ROWS = 200;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}([T ].*)?$/;
/** Numbers that name or order a row rather than measure it. */
const NOT_A_MEASURE = /^(rank|index|page|id|.*_id|.*Id)$/;

/** Returns the chart that fits the shape of the rows, or `undefined` if there is nothing to draw. */
export function toChartModel(rows: readonly Row[]): ChartModel | undefined {
  if (rows.length === 0) return undefined;
  const sample = rows.slice(0, SAMPLE_ROWS);
  const columns = columnNames(sample);
  if (['event', 'time', 'distinct_id'].every((name) => columns.includes(name))) return eventsPerDay(rows);

  const parts = rows.filter(({ total, average }) => total !== true && average !== true);
  if (parts.length === rows.length || parts.length === 0) return chartOfParts(rows, columns);
  const chart = chartOfParts(parts, columns);
  const note = [chart?.note, 'Total and average rows are not shown.'].filter(Boolean).join(' ');
  return chart && { ...chart, note, partial: true };
}

function chartOfParts(rows: readonly Row[], columns: readonly string[]): ChartModel | undefined {
  const sample = rows.slice(0, SAMPLE_ROWS);
  const date = columns.find((name) => isDate(sample, name));
  const measures = columns.filter((name) => name !== date && isMeasure(sample, name));
  const labels = columns.filter((name) => name !== date && isLabel(sample, name));
  const [measure] = measures;
  if (measure === undefined) return undefined;
  if (date !== undefined) return chartByDate(rows, date, labels, measures);
  return labels[0] === undefined ? undefined : chartByLabel(rows, labels[0], measure);
}

function chartByDate(rows: readonly Row[], date: string, labels: string[], measures: string[]): ChartModel {
  // Labels with a single value do not distinguish series.
  const distinguishing = labels.filter((name) => new Set(rows.map((row) => row[name])).size > 1);
  const cells = rows.flatMap((row) =>
    measures.map((measure) => {
      const names = distinguishing.map((label) => cellText(row[label]) || '(empty)');
      if (measures.length > 1) names.push(measure);
      const only = labels[0] === undefined ? measure : cellText(row[labels[0]]) || measure;
      return { at: String(row[date]), name: names.join(' · ') || only, value: toNumber(row[measure]) };
    }),
  );
  const [measure = 'value'] = measures;
  const model = pivot(cells, { category: date, measure: measures.length === 1 ? measure : 'value' });
  const plain = measures.length === 1 && distinguishing.length <= 1;
  return plain ? { ...model, columns: { x: date, y: measure, series: distinguishing[0] } } : model;
}

function eventsPerDay(rows: readonly Row[]): ChartModel {
  const counts = new Map<string, { at: string; name: string; value: number }>();
  for (const { event, time } of rows) {
    const cell = { at: String(time).slice(0, 10), name: cellText(event), value: 0 };
    const key = JSON.stringify([cell.at, cell.name]);
    const existing = counts.get(key) ?? cell;
    existing.value += 1;
    counts.set(key, existing);
  }
  return pivot([...counts.values()], { category: 'day', measure: 'events', gap: 0 });
}

function pivot(
  cells: readonly { at: string; name: string; value: number | null }[],
  { category, measure, gap = null }: { category: string; measure: string; gap?: number | null },
): ChartModel {
  const categories = [...new Set(cells.map(({ at }) => at))].sort();
  const categoryIndex = new Map(categories.map((at, index) => [at, index]));
  const seriesByName = new Map<string, Series>();
  for (const { at, name, value } of cells) {
    const series = seriesByName.get(name) ?? { name, data: categories.map(() => gap), total: 0 };
    series.data[categoryIndex.get(at)!] = value;
    series.total += value ?? 0;
    seriesByName.set(name, series);
  }
  const all = [...seriesByName.values()];
  const shown = all.length > MAX_SERIES ? largestSeries(all, MAX_SERIES) : all;
  return {
    kind: categories.length > 1 ? 'line' : 'bar',
    category,
    measure,
    categories,
    series: shown,
    note: all.length > shown.length ? `The ${shown.length} largest of ${all.length} series.` : undefined,
  };
}

function largestSeries(series: readonly Series[], count: number): Series[] {
  return [...series].sort((a, b) => b.total - a.total).slice(0, count);
}

function chartByLabel(rows: readonly Row[], label: string, measure: string): ChartModel {
  const shown = rows.slice(0, MAX_BARS);
  const left = rows.length - shown.length;
  const data = shown.map((row) => toNumber(row[measure]));
  return {
    kind: 'bar',
    category: label,
    measure,
    categories: shown.map((row) => cellText(row[label]) || '(empty)'),
    series: [{ name: measure, data, total: data.reduce<number>((sum, value) => sum + (value ?? 0), 0) }],
    ...(left > 0 ? { note: `The first ${shown.length} of ${rows.length} rows.`, partial: true } : {}),
    columns: { x: label, y: measure },
  };
}

function isDate(rows: readonly Row[], name: string): boolean {
  return /date|time/i.test(name) && rows.every((row) => ISO_DATE.test(String(row[name])));
}

function isMeasure(rows: readonly Row[], name: string): boolean {
  if (NOT_A_MEASURE.test(name)) return false;
  const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
  return values.length > 0 && values.every((value) => toNumber(value) !== null);
}

function isLabel(rows: readonly Row[], name: string): boolean {
  const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
  return values.length > 0 && values.every((value) => typeof value === 'string') && !isMeasure(rows, name);
}

// Values parsed from CSV are strings.
function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}
