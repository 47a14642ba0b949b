import * as z from 'zod';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { QUERY_COST } from './fields/costs.js';
import { cacheSeconds, choice, projectId, response, workspaceId } from './fields/shared-fields.js';
import { reportDates, reportMessages, reportRows, samplingFactor } from './insights/report.js';
import type { Report } from './insights/report-answer.js';

/**
 * Matches `report-67890` in the URL of a board, `#report/67890` in the URL of a report, `#view/67890` in that of a funnel,
 * and `bookmark_id=67890`.
 */
const REPORT_IN_ADDRESS = /(?:report[-/]|#view\/|bookmark(?:_id)?[=/])(\d+)/gi;

export const queryInsightsReport = defineCommand({
  id: 'QUERY_INSIGHTS_REPORT',
  label: 'Query Insights Report',
  description:
    'The data of a saved report: Insights, Funnels or Retention, over the dates the report is saved with. Mixpanel allows 60 queries an hour and 5 at a time.',
  documentation: 'https://developer.mixpanel.com/reference/insights-query',
  columns: [],
  moreColumns:
    'Insights: metric and breakdowns, date where there is a time axis, value. Funnels: funnel, breakdowns, date, step, event, count, stepConversion, overallConversion, avgTime, avgTimeFromStart. Retention: metric, date of the cohort, breakdowns, period, first, count, rate, average. With a comparison: previousDate, previous, lift. total is true for rows that sum up others',
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: () => 600,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    bookmarkId: field(
      z
        .string()
        .transform((text) => [...text.matchAll(REPORT_IN_ADDRESS)].at(-1)?.[1] ?? text)
        .pipe(
          z.string().regex(/^\d+$/, "must be a number, such as 67890, or the address of the report's page."),
        ),
      {
        label: 'Bookmark ID',
        help: "A saved report: choose it by name, type or board, or give the number after report- in the URL of its page, or the whole URL. Its dates and filters are those it was saved with; the result's meta says which days they are now and when Mixpanel computed them.",
        kind: 'text',
        required: true,
        placeholder: '67890',
        lookup: 'reports',
      },
    ),
    totals: choice(['yes', 'no'], {
      label: 'Totals',
      help: 'A report with breakdowns has rows that sum up others; the column total is true in them. No leaves them out, so that sums and stacked charts count nothing twice.',
      default: 'yes',
      choices: [
        { label: 'With totals', value: 'yes' },
        { label: 'Without totals', value: 'no' },
      ],
    }),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [{ label: 'A saved report', values: { bookmarkId: '67890' } }],
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/insights',
    projectId: input.projectId,
    query: { project_id: input.projectId, workspace_id: input.workspaceId, bookmark_id: input.bookmarkId },
  }),
  answer: z.looseObject({
    headers: z.array(z.string()).default([]),
    series: z.custom<unknown>(
      (series) => typeof series === 'object' && series !== null,
      'expected an object',
    ),
  }) as unknown as z.ZodType<Report>,
  messages: (report, _input, { now }) => reportMessages(report, now),
  meta: ({ computed_at: computedAt, meta, date_range }) => ({
    dates: reportDates(date_range),
    computedAt: typeof computedAt === 'string' ? computedAt : undefined,
    samplingFactor: samplingFactor(meta),
    breakdownCut: meta?.is_segmentation_limit_hit === true ? true : undefined,
  }),
  rows: (report, { totals }) => reportRows(report, { totals: totals === 'yes' }),
});
