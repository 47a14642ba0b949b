import type { Row } from '../../../result/rows.js';
import { addPeriods } from '../../../time/period.js';
import { isLabel, toNumber } from './columns.js';
import { type DateContext, partialPeriods, type Unit, unitOf } from './periods.js';
import { cellText, columnNames } from './result-rows.js';

/** Who came back, by cohort and period. */
export interface RetentionChart {
  kind: 'retention';
  /** What a period is, such as `day`. */
  unit: Unit;
  segments: { name: string; cohorts: Cohort[] }[];
  /** The largest number of periods of a cohort. */
  periods: number;
  note?: string;
}

export interface Cohort {
  /** Absent for the average of all cohorts. */
  date?: string;
  /** Users of the cohort. */
  size: number | null;
  cells: RetentionCell[];
}

export interface RetentionCell {
  count: number | null;
  /** Fraction of the cohort. */
  rate: number | null;
  /** Whether the period is not over yet. */
  soFar: boolean;
}

const MAX_SEGMENTS = 50;
const OWN_COLUMNS = new Set(['date', 'period', 'first', 'count', 'rate', 'previousDate']);

/** Returns rows of periods as retention; `undefined` if they have no cohorts. */
export function toRetentionChart(rows: readonly Row[], context: DateContext): RetentionChart | undefined {
  const counted = rows.filter(
    (row) => toNumber(row.period) !== null && (row.date != null || row.average === true),
  );
  if (counted.length === 0) return undefined;
  const labels = columnNames(counted).filter((name) => !OWN_COLUMNS.has(name) && isLabel(counted, name));
  const distinguishing = labels.filter((name) => new Set(counted.map((row) => row[name])).size > 1);
  const dates = [...new Set(counted.flatMap(({ date }) => (date == null ? [] : [String(date)])))].sort();
  const unit = unitOf(dates, context.unit);
  const segments = new Map<string, Map<string, Cohort>>();
  for (const row of counted) {
    const name = distinguishing.map((label) => displayName(row[label])).join(' · ');
    const cohorts = segments.get(name) ?? new Map<string, Cohort>();
    segments.set(name, cohorts);
    const date = row.date == null ? undefined : String(row.date);
    const cohort = cohorts.get(date ?? '') ?? { date, size: toNumber(row.first), cells: [] };
    cohorts.set(date ?? '', cohort);
    const period = toNumber(row.period) ?? 0;
    const count = toNumber(row.count);
    const rate = toNumber(row.rate) ?? (count !== null && cohort.size ? count / cohort.size : null);
    cohort.cells[period] = {
      count,
      rate,
      soFar: date !== undefined && isUnfinished(date, period, unit, context),
    };
  }
  const shown = [...segments].slice(0, MAX_SEGMENTS).map(([name, cohorts]) => ({
    name,
    cohorts: [...cohorts.values()].sort((a, b) => (a.date ?? '').localeCompare(b.date ?? '')),
  }));
  return {
    kind: 'retention',
    unit,
    segments: shown,
    periods: Math.max(...shown.flatMap(({ cohorts }) => cohorts.map(({ cells }) => cells.length))),
    note:
      segments.size > shown.length ? `The first ${shown.length} of ${segments.size} segments.` : undefined,
  };
}

function displayName(value: unknown): string {
  const text = cellText(value);
  return text === '$overall' ? 'Overall' : text || '(empty)';
}

/** Period 0 is the time right after the first event, so it ends one unit after the cohort begins. */
function isUnfinished(date: string, period: number, unit: Unit, { now, zone }: DateContext): boolean {
  if (unit === 'minute' || unit === 'hour') return false;
  const start = addPeriods(unit, date.slice(0, 10), period);
  return partialPeriods([start], unit, { now, zone })[0] !== undefined;
}
