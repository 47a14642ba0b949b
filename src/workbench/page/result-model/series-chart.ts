import type { Row } from '../../../result/rows.js';
import { isDateColumn, isLabel, isMeasure, toNumber } from './columns.js';
import { type DateContext, partialPeriods, type Unit, unitOf } from './periods.js';
import { cellText, columnNames } from './result-rows.js';

export interface Series {
  name: string;
  /** One value per category; `null` for a gap. */
  data: (number | null)[];
  /** One number for the whole series, named by what it is. */
  summary: { kind: SummaryKind; value: number | null };
}

/** `total` only where values of different dates may be added. */
export type SummaryKind = 'total' | 'mean' | 'last';

/** Numbers over time. */
export interface SeriesChart {
  kind: 'series';
  /** Column of the dates. */
  category: string;
  measure: string;
  /** Dates, ascending. */
  categories: string[];
  unit: Unit;
  /** For each date, why its value is not that of a whole period. */
  partialDates: (string | undefined)[];
  series: Series[];
  /** Whether values of different series may be added, so that they can be stacked. */
  additive: boolean;
  /** What the chart leaves out; a sentence. */
  note?: string;
  /** Whether rows other than those of smaller series are left out; the table is then the first view. */
  partial?: true;
  /** Columns of the rows behind axes and series; present if a binding can refer to them. */
  columns?: { x: string; y: string; series?: string };
}

export interface SeriesContext extends DateContext {
  /** What was counted: `general`, `unique` or `average`. Unknown if absent. */
  type?: string;
}

const MAX_SERIES = 8;
const SAMPLE_ROWS = 200;

/** Returns rows with a date and a number as series; `undefined` if they have none. */
export function toSeriesChart(rows: readonly Row[], context: SeriesContext): SeriesChart | undefined {
  const sample = rows.slice(0, SAMPLE_ROWS);
  const columns = columnNames(sample);
  const date = columns.find((name) => isDateColumn(sample, name));
  if (date === undefined) return undefined;
  const measures = columns.filter((name) => name !== date && isMeasure(sample, name));
  const labels = columns.filter((name) => name !== date && isLabel(sample, name));
  if (measures.length === 0) return undefined;
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
  // A list of things that each have a date, such as profiles, is no series.
  const names = new Set(cells.map(({ name }) => name));
  if (names.size > MAX_SERIES && cells.length < names.size * 2) return undefined;
  const [measure = 'value'] = measures;
  const type = context.type ?? countedBy(rows);
  const axes = { category: date, measure: measures.length === 1 ? measure : 'value' };
  const model = pivot(cells, axes, { ...context, type });
  const plain = measures.length === 1 && distinguishing.length <= 1;
  return plain ? { ...model, columns: { x: date, y: measure, series: distinguishing[0] } } : model;
}

/** Kinds of counting at the end of a metric's name, as in `A. Purchase [Total Events]`. */
const COUNTED: Readonly<Record<string, string>> = { 'Total Events': 'general', 'Unique Users': 'unique' };

/** Returns what saved reports say they count, if all of their metrics say the same (`test/recorded/`). */
function countedBy(rows: readonly Row[]): string | undefined {
  const kinds = new Set(rows.map(({ metric }) => /\[([^[\]]+)\]$/.exec(String(metric))?.[1] ?? ''));
  const [kind = ''] = kinds;
  return kinds.size === 1 ? COUNTED[kind] : undefined;
}

/** Returns raw events as their number a day. Their times are UTC. */
export function eventsPerDay(rows: readonly Row[], context: SeriesContext): SeriesChart {
  const counts = new Map<string, { at: string; name: string; value: number }>();
  for (const { event, time } of rows) {
    const cell = { at: String(time).slice(0, 10), name: cellText(event), value: 0 };
    const key = JSON.stringify([cell.at, cell.name]);
    const existing = counts.get(key) ?? cell;
    existing.value += 1;
    counts.set(key, existing);
  }
  return pivot(
    [...counts.values()],
    { category: 'day', measure: 'events', gap: 0 },
    { ...context, unit: 'day', type: 'general', zone: 'UTC' },
  );
}

function pivot(
  cells: readonly { at: string; name: string; value: number | null }[],
  { category, measure, gap = null }: { category: string; measure: string; gap?: number | null },
  context: SeriesContext,
): SeriesChart {
  const categories = [...new Set(cells.map(({ at }) => at))].sort();
  const categoryIndex = new Map(categories.map((at, index) => [at, index]));
  const dataByName = new Map<string, (number | null)[]>();
  for (const { at, name, value } of cells) {
    const data = dataByName.get(name) ?? categories.map(() => gap);
    data[categoryIndex.get(at)!] = value;
    dataByName.set(name, data);
  }
  const unit = unitOf(categories, context.unit);
  const partialDates = partialPeriods(categories, unit, context);
  const all = [...dataByName].map(([name, data]) => ({ name, data }));
  const shown = all.length > MAX_SERIES ? largestSeries(all, MAX_SERIES) : all;
  return {
    kind: 'series',
    category,
    measure,
    categories,
    unit,
    partialDates,
    series: shown.map((series) => ({
      ...series,
      summary: summarize(series.data, partialDates, context.type),
    })),
    additive: context.type === 'general',
    note: all.length > shown.length ? `The ${shown.length} largest of ${all.length} series.` : undefined,
  };
}

/**
 * Counts of events may be added. A user of two days is one user, so unique counts have a mean. Of anything else, such
 * as an average or a rate, only single values are known to be true.
 */
function summarize(
  data: readonly (number | null)[],
  partialDates: readonly (string | undefined)[],
  type: string | undefined,
): Series['summary'] {
  const known = data.filter((value) => value !== null);
  const whole = data.filter(
    (value, index) => value !== null && partialDates[index] === undefined,
  ) as number[];
  if (type === 'general') return { kind: 'total', value: known.reduce((sum, value) => sum + value, 0) };
  const trusted = whole.length > 0 ? whole : known;
  if (type === 'unique') {
    const sum = trusted.reduce((total, value) => total + value, 0);
    return { kind: 'mean', value: trusted.length > 0 ? sum / trusted.length : null };
  }
  return { kind: 'last', value: trusted.at(-1) ?? null };
}

function largestSeries<T extends Pick<Series, 'data'>>(series: readonly T[], count: number): T[] {
  const sizeOf = ({ data }: T) => data.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);
  return [...series].sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, count);
}

/** Returns a chart's numbers as rows: one per date, with a column for each series. */
export function toWideRows({ category, categories, series }: SeriesChart): Row[] {
  return categories.map((date, index) => ({
    [category]: date,
    ...Object.fromEntries(series.map(({ name, data }) => [name, data[index] ?? null])),
  }));
}

/** Returns the same rows with a column that says which periods are not whole, if there are any. */
export function toNotedRows(model: SeriesChart): Row[] {
  const { partialDates } = model;
  const rows = toWideRows(model);
  return partialDates.every((note) => note === undefined)
    ? rows
    : rows.map((row, index) => ({ ...row, period: partialDates[index] ?? 'whole' }));
}
