import type { Row } from '../../../result/rows.js';
import { isLabel, toNumber } from './columns.js';
import { cellText, columnNames } from './result-rows.js';

/** Steps of a funnel, for each of its segments. */
export interface FunnelChart {
  kind: 'funnel';
  /** Dates of the rows; empty if there are none. */
  dates: string[];
  /** Names of the segments in their order; one that is empty if there are none. */
  segments: string[];
  /** For each date and, under an empty date, for all dates together: the steps of each segment. */
  stepsByDate: ReadonlyMap<string, FunnelStep[][]>;
  note?: string;
}

export interface FunnelStep {
  step: number;
  event: string;
  count: number | null;
  /** Fraction of the step before. */
  stepConversion: number | null;
  /** Fraction of the first step. */
  overallConversion: number | null;
  /** Mean seconds since the step before. */
  avgTime: number | null;
}

/** The key of `stepsByDate` for all dates together. */
export const ALL_DATES = '';
const MAX_SEGMENTS = 8;
const OWN_COLUMNS = new Set(['date', 'event', 'step', 'previousDate']);

/** Returns rows of steps as a funnel; `undefined` if the steps have no counts. */
export function toFunnelChart(rows: readonly Row[]): FunnelChart | undefined {
  // An earlier period that has no counterpart has no numbers of its own.
  const counted = rows.filter(({ step, count }) => toNumber(step) !== null && toNumber(count) !== null);
  if (counted.length === 0) return undefined;
  const labels = columnNames(counted).filter((name) => !OWN_COLUMNS.has(name) && isLabel(counted, name));
  const distinguishing = labels.filter((name) => new Set(counted.map((row) => row[name])).size > 1);
  const segmentOf = (row: Row) =>
    distinguishing.map((name) => displayName(row[name])).join(' · ') ||
    displayName(labels[0] && row[labels[0]]);
  const everySegment = [...new Set(counted.map(segmentOf))];
  const segments = everySegment.slice(0, MAX_SEGMENTS);
  const dates = [...new Set(counted.flatMap(({ date }) => (date == null ? [] : [String(date)])))].sort();
  const stepsByDate = new Map<string, FunnelStep[][]>();
  for (const date of dates.length > 0 ? dates : [ALL_DATES]) {
    const ofDate = dates.length > 0 ? counted.filter((row) => String(row.date) === date) : counted;
    stepsByDate.set(
      date,
      segments.map((segment) => ofDate.filter((row) => segmentOf(row) === segment).map(toStep)),
    );
  }
  if (dates.length > 0) {
    const byDate = dates.map((date) => stepsByDate.get(date) ?? []);
    stepsByDate.set(
      ALL_DATES,
      segments.map((_, index) => sumSteps(byDate.map((steps) => steps[index] ?? []))),
    );
  }
  const note =
    everySegment.length > segments.length
      ? `The first ${segments.length} of ${everySegment.length} segments.`
      : undefined;
  return { kind: 'funnel', dates, segments, stepsByDate, note };
}

function displayName(value: unknown): string {
  const text = cellText(value);
  return text === '$overall' ? 'Overall' : text;
}

function toStep(row: Row): FunnelStep {
  return {
    step: toNumber(row.step) ?? 0,
    event: cellText(row.event),
    count: toNumber(row.count),
    stepConversion: toNumber(row.stepConversion),
    overallConversion: toNumber(row.overallConversion),
    avgTime: toNumber(row.avgTime),
  };
}

/** Adds the steps of several dates: counts are added, rates follow from them, times are weighted by counts. */
function sumSteps(dates: readonly FunnelStep[][]): FunnelStep[] {
  const byStep = new Map<number, FunnelStep[]>();
  for (const step of dates.flat()) byStep.set(step.step, [...(byStep.get(step.step) ?? []), step]);
  const sums = [...byStep]
    .sort(([a], [b]) => a - b)
    .map(([step, parts]) => {
      const count = parts.reduce((sum, part) => sum + (part.count ?? 0), 0);
      const timed = parts.filter(({ avgTime, count }) => avgTime !== null && (count ?? 0) > 0);
      const users = timed.reduce((sum, part) => sum + (part.count ?? 0), 0);
      const seconds = timed.reduce((sum, part) => sum + (part.count ?? 0) * (part.avgTime ?? 0), 0);
      return { step, event: parts[0]?.event ?? '', count, avgTime: users > 0 ? seconds / users : null };
    });
  return sums.map((step, index) => ({
    ...step,
    stepConversion: index === 0 ? 1 : fraction(step.count, sums[index - 1]?.count),
    overallConversion: index === 0 ? 1 : fraction(step.count, sums[0]?.count),
  }));
}

function fraction(part: number, whole: number | undefined): number | null {
  return whole ? part / whole : null;
}
