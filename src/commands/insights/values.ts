import type { Row } from '../../result/rows.js';
import type { Report } from './report-answer.js';
import { columnNames, hasOverall, leavesOf } from './series.js';
import { compareTimes, dateWriter, isTime, isTimeLevel } from './time-axis.js';

/** One value of a report: metric and breakdown values, and the time if the report has a time axis. */
interface Point {
  levels: readonly string[];
  time?: string;
  value: unknown;
}

/** Columns that do not come from levels. */
const OWN_COLUMNS = ['date', 'value', 'previousDate', 'previous', 'lift', 'total'];

/**
 * Returns the rows of lines, bars, pies, tables and single metrics: metric and breakdown values, `date` if there is a
 * time axis, and `value`. The last level of a series is always time; without a time axis, its only key is `all`. A
 * total has fewer levels than its siblings; the columns of the missing levels are null.
 */
export function valueRows(report: Report): Row[] {
  const { headers, series, time_comparison: comparison, lift_comparison: lifts } = report;
  const current = pointsOf(series);
  const previous = pointsOf(comparison?.series);
  const lift = pointsOf(lifts?.series);
  const every = [...current, ...previous, ...lift];
  const depth = Math.max(0, ...every.map(({ levels }) => levels.length));
  const columns = columnNames(headers, Math.max(depth, headers.length), OWN_COLUMNS);
  const isTotal = ({ levels }: Pick<Point, 'levels'>) => hasOverall(levels) || levels.length < depth;

  const written = dateWriter(timesOf(current), {
    dateRange: report.date_range,
    computedAt: report.computed_at,
  });
  const writtenBefore = dateWriter(timesOf(previous), { dateRange: comparison?.date_range });
  const dated = timesOf(current).length > 0;
  const datedBefore = timesOf(previous).length > 0;
  const before = byLevels(previous);
  const lifted = byLevels(lift);
  const totals = every.some(isTotal);

  const row = (levels: readonly string[], point?: Point, earlier?: Point, raised?: Point): Row => {
    const made: Row = {};
    for (const [level, column] of columns.entries()) made[column] = levels[level] ?? null;
    if (dated) made.date = point?.time === undefined ? null : written(point.time);
    made.value = point?.value ?? null;
    if (datedBefore) made.previousDate = earlier?.time === undefined ? null : writtenBefore(earlier.time);
    if (comparison) made.previous = earlier?.value ?? null;
    if (lifts) made.lift = raised?.value ?? null;
    if (totals) made.total = isTotal({ levels });
    return made;
  };

  const now = byLevels(current);
  const keys = new Set([...now.keys(), ...before.keys(), ...lifted.keys()]);
  return [...keys].flatMap((key) => {
    const [points, earlier, raised] = [now, before, lifted].map((groups) => groups.get(key)?.points ?? []);
    const levels = (now.get(key) ?? before.get(key) ?? lifted.get(key))!.levels;
    // The periods have different dates; matching values have the same position.
    const inTime = points!.toSorted(byTime);
    const places = new Map(inTime.map((point, place) => [point, place]));
    const [earlierInTime, raisedInTime] = [earlier!.toSorted(byTime), raised!.toSorted(byTime)];
    const longest = Math.max(points!.length, earlierInTime.length, raisedInTime.length);
    const beyond = Array.from({ length: longest - points!.length }, (_, index) => points!.length + index);
    return [
      ...points!.map((point) => {
        const place = places.get(point)!;
        return row(levels, point, earlierInTime[place], raisedInTime[place]);
      }),
      ...beyond.map((place) => row(levels, undefined, earlierInTime[place], raisedInTime[place])),
    ];
  });
}

function pointsOf(series: unknown): Point[] {
  return leavesOf(series).map(({ path, value }) => {
    const last = path.at(-1);
    if (last === undefined || !isTimeLevel(last)) return { levels: path, value };
    return { levels: path.slice(0, -1), ...(isTime(last) ? { time: last } : {}), value };
  });
}

function timesOf(points: readonly Point[]): string[] {
  return points.flatMap(({ time }) => (time === undefined ? [] : [time]));
}

function byTime(one: Point, other: Point): number {
  return compareTimes(one.time ?? '', other.time ?? '');
}

function byLevels(points: readonly Point[]): Map<string, { levels: readonly string[]; points: Point[] }> {
  const groups = new Map<string, { levels: readonly string[]; points: Point[] }>();
  for (const point of points) {
    const key = JSON.stringify(point.levels);
    const group = groups.get(key);
    if (group) group.points.push(point);
    else groups.set(key, { levels: point.levels, points: [point] });
  }
  return groups;
}
