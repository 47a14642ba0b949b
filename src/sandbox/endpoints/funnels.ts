import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../time/durations.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import {
  invalidParameter,
  readChoice,
  readInteger,
  readText,
  requireProject,
  requireText,
} from '../endpoint/parameters.js';
import { reportEndpoints } from '../endpoint/query-endpoint.js';
import { readReportQuery } from '../endpoint/report-query.js';
import { createDateBuckets, type DateBuckets, type DateRange } from '../reports/buckets.js';
import { type FunnelEntry, findFunnelEntries, groupEntries, summarizeFunnel } from '../reports/funnel.js';
import { toValueLabels } from '../reports/tally.js';
import type { Calendar } from '../time/calendar.js';

const UNIT_MS = { day: DAY_MS, hour: HOUR_MS, minute: MINUTE_MS, second: SECOND_MS } as const;
const LENGTH_UNITS = ['day', 'hour', 'minute', 'second'] as const;
const BUCKET_UNITS = ['day', 'week', 'month'] as const;
/** https://developer.mixpanel.com/reference/funnels-query */
const MAX_WINDOW_MS = 90 * DAY_MS;
const MAX_SEGMENTS = 10_000;

export const funnelEndpoints: readonly Endpoint[] = [
  ...reportEndpoints('/funnels/list', (request) =>
    requireProject(request).funnels.map(({ id, name }) => ({ funnel_id: id, name })),
  ),

  ...reportEndpoints('/funnels', (request, store) => {
    const id = requireText(request, 'funnel_id');
    const funnel = requireProject(request).funnels.find((each) => String(each.id) === id);
    if (!funnel) throw invalidParameter('funnel_id', `funnel ${id} not found`);
    const lengthUnit = readChoice(request, 'length_unit', LENGTH_UNITS, funnel.lengthUnit);
    const windowMs = (readInteger(request, 'length', { min: 1 }) ?? funnel.length) * UNIT_MS[lengthUnit];
    if (windowMs > MAX_WINDOW_MS) throw invalidParameter('length', 'may not be greater than 90 days');
    const limit = readInteger(request, 'limit', { min: 1, max: MAX_SEGMENTS }) ?? 255;
    const query = readReportQuery(request, store);
    const on = query.valueBy('on');
    const { dateRange, range } = query.readDates();
    const { dates, dateOf } = readBuckets(request, dateRange, query.zone, store.now());
    const entries = findFunnelEntries(query.projectId, store, {
      steps: funnel.steps,
      range,
      windowMs,
      dateOf,
      where: query.filterBy('where'),
      segmentOf: on && ((event) => toValueLabels(on(event))[0] ?? 'undefined'),
    });
    const byDate = groupEntries(entries, 'date');

    return {
      meta: { dates },
      data: Object.fromEntries(
        dates.map((date) => {
          const dateEntries = byDate.get(date) ?? [];
          if (!on) return [date, summarize(funnel.steps, dateEntries)];
          // By segment the steps alone, those of all among them: mixpanel_data live_query.py, which reads such answers.
          const top = [...groupEntries(dateEntries, 'segment')]
            .sort(([, a], [, b]) => b.length - a.length)
            .slice(0, limit);
          return [
            date,
            Object.fromEntries([
              ['$overall', listSteps(funnel.steps, dateEntries)],
              ...top.map(([segment, subset]) => [segment, listSteps(funnel.steps, subset)] as const),
            ]),
          ];
        }),
      ),
    };
  }),
];

/** The steps of one date or segment, as the Query API lists them. */
function listSteps(steps: readonly string[], entries: readonly FunnelEntry[]) {
  return summarizeFunnel(steps, entries).map(
    ({ event, count, stepConversion, overallConversion, avgTime, avgTimeFromStart }) => ({
      count,
      // Described as null for the first step, but typed as an integer, and a number in the example.
      avg_time: avgTime ?? 0,
      avg_time_from_start: avgTimeFromStart ?? 0,
      step_conv_ratio: stepConversion,
      goal: event,
      step_label: event,
      overall_conv_ratio: overallConversion,
      event,
    }),
  );
}

function summarize(steps: readonly string[], entries: readonly FunnelEntry[]) {
  const table = listSteps(steps, entries);
  const counts = table.map(({ count }) => count);
  const losses = counts.map((count, index) => (index === 0 ? 0 : (counts[index - 1] ?? 0) - count));
  return {
    steps: table,
    analysis: {
      completion: counts.at(-1) ?? 0,
      starting_amount: counts[0] ?? 0,
      steps: steps.length,
      worst: losses.indexOf(Math.max(...losses)),
    },
  };
}

/** By `unit`, or by `interval` days from the first; by default day by day. */
function readBuckets(
  request: SandboxRequest,
  dateRange: DateRange,
  zone: Calendar,
  now: number,
): DateBuckets {
  const interval = readInteger(request, 'interval', { min: 1, max: 366 });
  const unit = readChoice(request, 'unit', BUCKET_UNITS, 'day');
  const bucketSize = interval === undefined || readText(request, 'unit') !== undefined ? unit : interval;
  return createDateBuckets(dateRange, bucketSize, zone, now);
}
