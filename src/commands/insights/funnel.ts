import { isObject } from '../../json/object.js';
import type { Row } from '../../result/rows.js';
import type { Report } from './report-answer.js';
import { columnNames, hasOverall, type Leaf, leavesOf, OVERALL } from './series.js';
import { compareTimes, dateWriter, isTime, isTimeLevel } from './time-axis.js';

/** Column of each of Mixpanel's measures of a step. */
const MEASURES: Readonly<Record<string, string>> = {
  count: 'count',
  step_conv_ratio: 'stepConversion',
  overall_conv_ratio: 'overallConversion',
  avg_time: 'avgTime',
  avg_time_from_start: 'avgTimeFromStart',
};

/** Matches `2. Purchase`: the number of a step and its event. */
const STEP = /^(\d+)\.\s*(.*)$/s;

const FIXED_COLUMNS = ['funnel', 'date', 'step', 'event', ...Object.values(MEASURES)];
const COMPARED_COLUMNS = ['previousDate', 'previous', 'previousOverallConversion', 'lift'];

/** One measure of one step. */
interface Measured {
  funnel: string | null;
  segments: readonly string[];
  time?: string;
  step: number;
  event: string;
  measure: string;
  value: unknown;
}

/** One step of a funnel, as a row shows it. */
interface Step extends Omit<Measured, 'measure' | 'value'> {
  measures: Map<string, unknown>;
}

/** Returns whether a report is a funnel: its series contain measures of steps, and its header or the rates say so. */
export function isFunnel({ headers, series }: Report): boolean {
  const named = headers[0] === '$funnel';
  const steps = stepsOf(series, named);
  return named
    ? steps.length > 0
    : steps.some(({ measures }) => measures.has('step_conv_ratio') || measures.has('overall_conv_ratio'));
}

/**
 * Returns a row per funnel, segment, date and step, steps in the order of their numbers. For the shapes and their
 * sources, see docs/decisions/0009-shapes-of-saved-reports.md.
 */
export function funnelRows(report: Report): Row[] {
  const { headers, series, time_comparison: comparison, lift_comparison: lifts } = report;
  const named = headers[0] === '$funnel';
  const steps = stepsOf(series, named);
  const earlier = stepsOf(comparison?.series, named);
  const raised = stepsOf(lifts?.series, named);
  const depth = Math.max(0, ...[...steps, ...earlier].map(({ segments }) => segments.length));
  const extra = [...new Set(steps.flatMap(({ measures }) => [...measures.keys()]))].filter(
    (measure) => !Object.hasOwn(MEASURES, measure) && !FIXED_COLUMNS.includes(measure),
  );
  const columns = columnNames(
    headers.slice(1),
    depth,
    [...FIXED_COLUMNS, ...extra, ...COMPARED_COLUMNS, 'total'],
    (level) => (level === 0 ? 'segment' : `segment${level + 1}`),
  );
  const written = dateWriter(timesOf(steps), {
    dateRange: report.date_range,
    computedAt: report.computed_at,
  });
  const writtenBefore = dateWriter(timesOf(earlier), { dateRange: comparison?.date_range });
  const [dated, datedBefore] = [timesOf(steps).length > 0, timesOf(earlier).length > 0];
  const isTotal = ({ segments }: Pick<Step, 'segments'>) => hasOverall(segments) || segments.length < depth;
  const totals = [...steps, ...earlier].some(isTotal);
  const places = placesOf(steps);
  const before = new Map([...placesOf(earlier)].map(([step, place]) => [place, step]));
  const lifted = new Map([...placesOf(raised)].map(([step, place]) => [place, step]));

  const row = (step: Step, present: boolean, previous?: Step, lift?: Step): Row => {
    const made: Row = { funnel: step.funnel };
    for (const [level, column] of columns.entries()) made[column] = step.segments[level] ?? null;
    if (dated) made.date = present && step.time !== undefined ? written(step.time) : null;
    made.step = step.step;
    made.event = step.event;
    const measures = present ? step.measures : new Map<string, unknown>();
    for (const [measure, column] of Object.entries(MEASURES)) made[column] = measures.get(measure) ?? null;
    for (const measure of extra) made[measure] = measures.get(measure) ?? null;
    if (datedBefore) made.previousDate = previous?.time === undefined ? null : writtenBefore(previous.time);
    if (comparison) {
      made.previous = previous?.measures.get('count') ?? null;
      made.previousOverallConversion = previous?.measures.get('overall_conv_ratio') ?? null;
    }
    if (lifts) made.lift = lift?.measures.get('count') ?? null;
    if (totals) made.total = isTotal(step);
    return made;
  };

  const rows = steps.map((step) => {
    const place = places.get(step)!;
    return row(step, true, before.get(place), lifted.get(place));
  });
  const known = new Set(places.values());
  const beyond = [...before].filter(([place]) => !known.has(place));
  return [...rows, ...beyond.map(([place, step]) => row(step, false, step, lifted.get(place)))];
}

/** Returns a key for each step that is equal for the matching step of another period. */
function placesOf(steps: readonly Step[]): Map<Step, string> {
  const times = [...new Set(timesOf(steps))].sort(compareTimes);
  return new Map(
    steps.map((step) => [
      step,
      JSON.stringify([step.funnel, step.segments, step.step, step.time && times.indexOf(step.time)]),
    ]),
  );
}

function timesOf(steps: readonly Step[]): string[] {
  return steps.flatMap(({ time }) => (time === undefined ? [] : [time]));
}

function stepsOf(series: unknown, named: boolean): Step[] {
  const leaves = leavesOf(Array.isArray(series) ? { steps: series } : series);
  const outer = hasOuterName(leaves);
  const steps = new Map<string, Step>();
  const order = new Map<string, number>();
  for (const leaf of leaves) {
    for (const { measure, value, ...step } of measuredOf(leaf, named, outer)) {
      const group = JSON.stringify([step.funnel, step.segments, step.time]);
      if (!order.has(group)) order.set(group, order.size);
      const key = JSON.stringify([group, step.step, step.event]);
      const known = steps.get(key);
      if (known) known.measures.set(measure, value);
      else steps.set(key, { ...step, measures: new Map([[measure, value]]) });
    }
  }
  const groupOf = ({ funnel, segments, time }: Step) => order.get(JSON.stringify([funnel, segments, time]))!;
  return [...steps.values()].sort((a, b) => groupOf(a) - groupOf(b) || a.step - b.step);
}

/** Returns whether the outermost keys are names of funnels, rather than measures, dates or segments. */
function hasOuterName(leaves: readonly Leaf[]): boolean {
  return !leaves.some(({ path: [first = '', second = ''] }) => {
    return (
      first === OVERALL || first === 'steps' || isTime(first) || (first in MEASURES && STEP.test(second))
    );
  });
}

/** Returns the measures of a leaf: one of a step, or all of a list of steps; empty if it is not a funnel's. */
function measuredOf({ path, value }: Leaf, named: boolean, outer: boolean): Measured[] {
  if (path.at(-1) === 'steps' && Array.isArray(value)) {
    return named ? listedSteps(placeOf(path.slice(0, -1), [], outer), value) : [];
  }
  const knownAt = path.findIndex((key, index) => index < path.length - 1 && Object.hasOwn(MEASURES, key));
  const numberedAt = path.findIndex((key, index) => index > Math.max(0, knownAt) && STEP.test(key));
  const stepAt = numberedAt < 0 && named && knownAt >= 0 ? knownAt + 1 : numberedAt;
  const measureAt = knownAt < 0 && named ? stepAt - 1 : knownAt;
  const [written, measure] = [path[stepAt], path[measureAt]];
  if (written === undefined || measure === undefined) return [];
  const [, number, event] = STEP.exec(written) ?? [];
  const between = path.slice(measureAt + 1, stepAt);
  const place = placeOf(path.slice(0, measureAt), [...between, ...path.slice(stepAt + 1)], outer);
  return [{ ...place, step: Number(number ?? 1), event: event ?? written, measure, value }];
}

function placeOf(
  before: readonly string[],
  after: readonly string[],
  outer: boolean,
): Pick<Measured, 'funnel' | 'segments' | 'time'> {
  const [funnel = null, ...segments] = outer ? before : [null, ...before];
  const last = after.at(-1);
  const inner = last !== undefined && isTimeLevel(last) ? after.slice(0, -1) : after;
  const time = [...segments, ...(inner === after ? [] : [last!])].find((key) => key !== null && isTime(key));
  return {
    funnel,
    segments: [...segments, ...inner].filter((key): key is string => key !== null && key !== time),
    ...(time === undefined || time === null ? {} : { time }),
  };
}

function listedSteps(
  place: Pick<Measured, 'funnel' | 'segments' | 'time'>,
  list: readonly unknown[],
): Measured[] {
  return list.filter(isObject).flatMap((each, index) => {
    const { event, step_label: label, goal } = each;
    const name = String(label ?? event ?? goal ?? `Step ${index + 1}`);
    return Object.keys(MEASURES).map((measure) => ({
      ...place,
      step: index + 1,
      event: name,
      measure,
      value: each[measure] ?? null,
    }));
  });
}
