import type { Row } from '../../result/rows.js';
import type { Report } from './report-answer.js';
import { columnNames, hasOverall, leavesOf, OVERALL } from './series.js';
import { compareTimes, dayOf, isTime } from './time-axis.js';

/** Key of the average over all cohorts. */
const AVERAGE = '$average';

/** One cohort: its size, and how many users came back in each period. */
interface CohortRecord {
  first?: unknown;
  counts?: unknown;
  rates?: unknown;
}

/** One period of one cohort. */
interface Period {
  metric: string | null;
  segments: readonly string[];
  /** Absent for the average. */
  time?: string;
  average: boolean;
  period: number;
  first: unknown;
  count: unknown;
  rate: unknown;
}

const FIXED_COLUMNS = ['metric', 'date', 'period', 'first', 'count', 'rate', 'average', 'total'];
const COMPARED_COLUMNS = ['previousDate', 'previous', 'previousRate'];

/** Returns whether a report is a retention report: its leaves are cohorts with counts. */
export function isRetention({ series }: Report): boolean {
  return periodsOf(series).length > 0;
}

/**
 * Returns a row per cohort, segment and period. Period 0 is the time right after the first event. For the shapes and
 * their sources, see docs/decisions/0009-shapes-of-saved-reports.md.
 */
export function retentionRows({ headers, series, time_comparison: comparison }: Report): Row[] {
  const periods = periodsOf(series);
  const earlier = periodsOf(comparison?.series);
  const every = [...periods, ...earlier];
  const depth = Math.max(0, ...every.map(({ segments }) => segments.length));
  const columns = columnNames(headers.slice(1), depth, [...FIXED_COLUMNS, ...COMPARED_COLUMNS], (level) =>
    level === 0 ? 'segment' : `segment${level + 1}`,
  );
  const isTotal = ({ segments }: Pick<Period, 'segments'>) => hasOverall(segments) || segments.length < depth;
  const [averages, totals] = [every.some(({ average }) => average), every.some(isTotal)];
  // Cohorts are days, weeks or months, never hours.
  const written = (time: string | undefined) => (time === undefined ? null : dayOf(time));
  const places = placesOf(periods);
  const before = new Map([...placesOf(earlier)].map(([period, place]) => [place, period]));

  const row = (each: Period, present: boolean, previous?: Period): Row => {
    const made: Row = { metric: each.metric, date: present ? written(each.time) : null };
    for (const [level, column] of columns.entries()) made[column] = each.segments[level] ?? null;
    made.period = each.period;
    made.first = present ? each.first : null;
    made.count = present ? each.count : null;
    made.rate = present ? each.rate : null;
    if (comparison) {
      made.previousDate = written(previous?.time);
      made.previous = previous?.count ?? null;
      made.previousRate = previous?.rate ?? null;
    }
    if (averages) made.average = each.average;
    if (totals) made.total = isTotal(each);
    return made;
  };

  const rows = periods.map((each) => row(each, true, before.get(places.get(each)!)));
  const known = new Set(places.values());
  return [
    ...rows,
    ...[...before].filter(([place]) => !known.has(place)).map(([, each]) => row(each, false, each)),
  ];
}

function placesOf(periods: readonly Period[]): Map<Period, string> {
  const times = [...new Set(periods.flatMap(({ time }) => (time === undefined ? [] : [time])))].sort(
    compareTimes,
  );
  return new Map(
    periods.map((each) => [
      each,
      JSON.stringify([
        each.metric,
        each.segments,
        each.time && times.indexOf(each.time),
        each.average,
        each.period,
      ]),
    ]),
  );
}

function isCohort(node: object): node is CohortRecord {
  return Array.isArray((node as CohortRecord).counts);
}

function periodsOf(series: unknown): Period[] {
  const leaves = leavesOf(series, isCohort).filter(
    ({ value }) => typeof value === 'object' && value !== null && isCohort(value),
  );
  // The outermost keys are metric names, unless they are dates, the average or the total.
  const outer = !leaves.some(
    ({ path: [first = ''] }) => isTime(first) || first === AVERAGE || first === OVERALL,
  );
  return leaves.flatMap(({ path, value }) => {
    const [metric = null, ...keys] = outer ? path : [null, ...path];
    const time = keys.find((key) => key !== null && isTime(key)) ?? undefined;
    const average = keys.includes(AVERAGE);
    const segments = keys.filter((key): key is string => key !== null && key !== time && key !== AVERAGE);
    const { first, counts, rates } = value as CohortRecord;
    const [countList, rateList] = [counts, rates].map((list) => (Array.isArray(list) ? list : []));
    return Array.from({ length: Math.max(countList!.length, rateList!.length) }, (_, period) => ({
      metric,
      segments,
      ...(time === undefined ? {} : { time }),
      average,
      period,
      first: first ?? null,
      count: countList![period] ?? null,
      rate: rateList![period] ?? null,
    }));
  });
}
