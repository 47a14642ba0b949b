import { addDays } from '../../time/day.js';
import { DAY_MS } from '../../time/durations.js';
import type { DataStore } from '../data/data-store.js';
import type {
  FunnelReport,
  InsightsReport,
  RetentionReport,
  SavedReport,
} from '../data/dataset/saved-objects.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { getProjectZone, requireProject, requireText, toTimeRange } from '../endpoint/parameters.js';
import { formatComputedAt, rawQueryEndpoint } from '../endpoint/query-endpoint.js';
import { type OrderedJson, toOrderedJsonText } from '../records/ordered-json.js';
import type { StoredEvent } from '../records/write.js';
import { createDateBuckets, type DateRange } from '../reports/buckets.js';
import {
  type FunnelEntry,
  type FunnelStep,
  findFunnelEntries,
  groupEntries,
  summarizeFunnel,
} from '../reports/funnel.js';
import {
  ALL_TIME,
  compareSeries,
  countInsights,
  listMetricKeys,
  roundRatio,
  TOTAL,
} from '../reports/insights-series.js';
import { collectVisits, createRetentionTable, type RetentionRow } from '../reports/retention.js';
import type { Series } from '../reports/series.js';
import { toValueLabels } from '../reports/tally.js';
import type { Calendar } from '../time/calendar.js';

/** Mixpanel counts on from the first event; a month is taken for 30 days. */
const PERIOD_DAYS = { day: 1, week: 7, month: 30 } as const;
/** A retention row that averages those of all dates. */
const AVERAGE = '$average';

/** What differs from kind to kind in the answer for a saved report. */
interface ReportAnswer {
  headers: string[];
  series: Series;
  /** `time_comparison` and `lift_comparison`. */
  comparisons?: Record<string, OrderedJson>;
  /** Of `meta.report_sections`: an entry for each metric, and the breakdowns. */
  show: OrderedJson[];
  breakdowns: readonly string[];
  meta?: Record<string, OrderedJson>;
}

interface ReportContext {
  projectId: string;
  store: DataStore;
  zone: Calendar;
  dateRange: DateRange;
}

/** Saved reports of every kind. https://developer.mixpanel.com/reference/insights-query */
export const insightsEndpoints: readonly Endpoint[] = [
  rawQueryEndpoint('GET', '/insights', (request, store) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: toOrderedJsonText(createReportBody(request, store)),
  })),
];

function createReportBody(request: SandboxRequest, store: DataStore): OrderedJson {
  const report = findReport(request);
  const zone = getProjectZone(request, store);
  const last = zone.dayOf(store.now());
  const dateRange = { first: addDays(last, 1 - report.lastDays), last };
  const answer = answerReport(report, { projectId: requireProject(request).id, store, zone, dateRange });
  return {
    computed_at: formatComputedAt(store.now()),
    date_range: formatDateRange(dateRange, zone),
    headers: answer.headers,
    series: answer.series,
    ...answer.comparisons,
    meta: {
      is_segmentation_limit_hit: false,
      min_sampling_factor: 1,
      report_sections: { group: answer.breakdowns.map(describeBreakdown), show: answer.show },
      sub_query_count: answer.show.length,
      ...answer.meta,
    },
  };
}

function findReport(request: SandboxRequest): SavedReport {
  const id = requireText(request, 'bookmark_id');
  const report = requireProject(request).reports.find((each) => String(each.id) === id);
  if (!report) throw new EndpointError(400, 'Invalid insights_id');
  return report;
}

function answerReport(report: SavedReport, context: ReportContext): ReportAnswer {
  switch (report.type) {
    case 'insights':
      return answerInsights(report, context);
    case 'funnels':
      return answerFunnel(report, context);
    case 'retention':
      return answerRetention(report, context);
  }
}

function answerInsights(
  report: InsightsReport,
  { projectId, store, zone, dateRange }: ReportContext,
): ReportAnswer {
  const current = countInsights(report, projectId, store, zone, dateRange);
  const comparisons: Record<string, OrderedJson> = {};
  if (report.comparison) {
    const previousRange = {
      first: addDays(dateRange.first, -report.lastDays),
      last: addDays(dateRange.first, -1),
    };
    const { series } = countInsights(report, projectId, store, zone, previousRange);
    comparisons.time_comparison = { date_range: formatDateRange(previousRange, zone), series };
    if (report.comparison === 'lift')
      comparisons.lift_comparison = { series: compareSeries(current.series, series) };
  }
  return {
    headers: ['$metric', ...report.breakdowns],
    series: current.series,
    comparisons,
    show: listMetricKeys(report).map((key) => ({ metric_key: key })),
    breakdowns: report.breakdowns,
    meta: {
      is_segmentation_limit_hit: current.isSegmentationLimitHit,
      min_sampling_factor: report.samplingFactor ?? 1,
      ...(report.comparison === 'lift' ? { liftComparison: { type: 'timeComparison' } } : {}),
    },
  };
}

/**
 * A level for the funnel, one for the segment or date, one for the measure, one for the step, and `all`. Without
 * significance tests, so `p_value` is absent.
 * Source: bookmark 60391431 of the Storybook vectors in mixpanel/mixpanel-headless; the dates follow its client.
 */
function answerFunnel(report: FunnelReport, context: ReportContext): ReportAnswer {
  const { projectId, store, zone, dateRange } = context;
  const { steps, trend, breakdown } = report;
  const buckets = createDateBuckets(dateRange, trend ?? 'day', zone, store.now());
  const entries = findFunnelEntries(projectId, store, {
    steps,
    range: toTimeRange(dateRange, zone),
    windowMs: report.windowDays * DAY_MS,
    // Without a trend each user goes through the funnel once.
    dateOf: trend ? buckets.dateOf : () => ALL_TIME,
    segmentOf: breakdown === undefined ? undefined : (event) => labelOf(event, breakdown),
  });
  const measure = (group: readonly FunnelEntry[]) => toFunnelMeasures(summarizeFunnel(steps, group));
  const name = `${steps[0]} through ${steps.at(-1)}`;
  let content = measure(entries);
  if (trend) {
    const byDate = groupEntries(entries, 'date');
    content = new Map(
      buckets.dates.map((date) => [zone.formatIso(zone.startOfDay(date)), measure(byDate.get(date) ?? [])]),
    );
  } else if (breakdown !== undefined) {
    const segments = [...groupEntries(entries, 'segment')].sort(([, a], [, b]) => b.length - a.length);
    content = new Map([
      [TOTAL, content],
      ...segments.map(([segment, group]) => [segment, measure(group)] as const),
    ]);
  }
  return {
    headers: ['$funnel', ...(breakdown === undefined ? [] : [breakdown]), 'Metric', 'Step'],
    series: new Map([[name, content]]),
    show: [{ metric_key: name }],
    breakdowns: breakdown === undefined ? [] : [breakdown],
  };
}

function toFunnelMeasures(steps: readonly FunnelStep[]): Series {
  const measures: Record<string, (step: FunnelStep) => number | null> = {
    avg_time: ({ avgTime }) => avgTime ?? null,
    avg_time_from_start: ({ avgTimeFromStart }) => avgTimeFromStart ?? null,
    count: ({ count }) => count,
    overall_conv_ratio: ({ overallConversion }) => roundRatio(overallConversion),
    property_sum: () => null,
    step_conv_ratio: ({ stepConversion }) => roundRatio(stepConversion),
  };
  return new Map(
    Object.entries(measures).map(([name, read]) => [
      name,
      // As texts, the tenth step comes before the second.
      new Map(
        steps
          .map((step, index): [string, Series] => [
            `${index + 1}. ${step.event}`,
            new Map([[ALL_TIME, read(step)]]),
          ])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    ]),
  );
}

/**
 * A level for the pair of events, one for the cohort's date, one for the segment, and the counts of each period. The
 * average of all dates stands beside the dates of a report without segments.
 * Source: a saved report of December 2025 (test/recorded, retention-segments-below-dates); Mixpanel's client.
 */
function answerRetention(report: RetentionReport, context: ReportContext): ReportAnswer {
  const { projectId, store, zone, dateRange } = context;
  const { bornEvent, event, unit, breakdown } = report;
  const visits = [
    ...collectVisits(projectId, store, {
      isBirth: (each) => each.event === bornEvent,
      isReturn: (each) => each.event === event,
      segmentOf: breakdown === undefined ? undefined : (each) => labelOf(each, breakdown),
    }).values(),
  ];
  const query = {
    ...createDateBuckets(dateRange, unit, zone, store.now()),
    type: 'birth' as const,
    range: toTimeRange(dateRange, zone),
    periodMs: PERIOD_DAYS[unit] * DAY_MS,
    periods: report.periods,
    unbounded: false,
  };
  const overall = createRetentionTable(visits, query);
  const segments = breakdown === undefined ? [] : [...new Set(visits.map(({ segment }) => segment))].sort();
  const bySegment = segments.map(
    (segment) =>
      [
        segment,
        createRetentionTable(
          visits.filter((each) => each.segment === segment),
          query,
        ),
      ] as const,
  );

  const content: Series = new Map();
  for (const [date, row] of overall) {
    // Periods that have not begun yet are left out.
    const startsAt = zone.startOfDay(date);
    const begun = Math.max(1, Math.ceil((store.now() - startsAt) / query.periodMs));
    const cell = (each: RetentionRow) => toRetentionCell(each, Math.min(begun, report.periods));
    const dateKey = zone.formatIso(startsAt);
    if (breakdown === undefined) content.set(dateKey, cell(row));
    else {
      const cells: Series = new Map([[TOTAL, cell(row)]]);
      for (const [segment, table] of bySegment) {
        const segmentRow = table.get(date);
        if (segmentRow && segmentRow.first > 0) cells.set(segment, cell(segmentRow));
      }
      content.set(dateKey, cells);
    }
  }
  if (breakdown === undefined) content.set(AVERAGE, averageCells([...content.values()]));

  const name = `${bornEvent} and then ${event}`;
  return {
    headers: ['$retention', ...(breakdown === undefined ? [] : [breakdown])],
    series: new Map([[name, content]]),
    show: [{ metric_key: name, retention_buckets_size: report.periods }],
    breakdowns: breakdown === undefined ? [] : [breakdown],
  };
}

function toRetentionCell({ first, counts }: RetentionRow, periods: number) {
  const begun = counts.slice(0, periods);
  return {
    first,
    counts: begun,
    rates: begun.map((count) => (first === 0 ? 0 : roundRatio(count / first))),
  };
}

/** How Mixpanel weighs the dates is in no source; here each of the dates that have a period counts the same. */
function averageCells(cells: readonly OrderedJson[]) {
  const rows = cells as readonly ReturnType<typeof toRetentionCell>[];
  const mean = (values: readonly number[]) =>
    values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  const longest = Math.max(0, ...rows.map(({ counts }) => counts.length));
  const meanOf = (field: 'counts' | 'rates') =>
    Array.from({ length: longest }, (_, period) => mean(rows.flatMap((row) => row[field][period] ?? [])));
  return {
    first: Math.round(mean(rows.map(({ first }) => first))),
    counts: meanOf('counts').map(Math.round),
    rates: meanOf('rates').map(roundRatio),
  };
}

function labelOf({ properties }: StoredEvent, property: string): string {
  return Object.hasOwn(properties, property)
    ? (toValueLabels(properties[property])[0] ?? 'undefined')
    : 'undefined';
}

function formatDateRange({ first, last }: DateRange, zone: Calendar) {
  return {
    from_date: zone.formatIso(zone.startOfDay(first)),
    to_date: zone.formatIso(zone.startOfDay(addDays(last, 1)) - 1).replace('.999', '.999000'),
  };
}

/** As bookmark 60327221 of the Storybook vectors has it; every property of the sandbox is taken for a text. */
function describeBreakdown(value: string): OrderedJson {
  return {
    bookmark: {
      dataset: '$mixpanel',
      propertyType: 'string',
      resourceType: 'events',
      search: '',
      value,
    },
  };
}
