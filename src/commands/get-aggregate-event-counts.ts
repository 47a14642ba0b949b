import { defineCommand } from '../command/definition.js';
import { QUERY_COST } from './fields/costs.js';
import { dateRangeFreshSeconds } from './fields/date-range.js';
import { events, projectId, workspaceId } from './fields/shared-fields.js';
import { checkSeries, seriesFields, seriesQuery, seriesSchema, toSeriesRows } from './fields/time-series.js';

export const getAggregateEventCounts = defineCommand({
  id: 'GET_AGGREGATE_EVENT_COUNTS',
  label: 'Get Aggregate Event Counts',
  description: 'Total, unique or average counts of events over minutes, hours, days, weeks or months.',
  documentation: 'https://developer.mixpanel.com/reference/list-recent-events',
  columns: ['date', 'event', 'count'],
  moreColumns: 'or, wide, date and a column for each event',
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: dateRangeFreshSeconds,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    events: events(),
    ...seriesFields('Total counts events, unique counts the users who did them, average is events per user.'),
  },
  examples: [
    {
      label: 'One event',
      values: {
        events: '["Signup"]',
        type: 'unique',
        unit: 'day',
        fromDate: '2025-10-01',
        toDate: '2025-11-03',
      },
    },
    {
      label: 'Several events',
      values: {
        events: '["Signup", "Purchase", "Page View"]',
        type: 'general',
        unit: 'day',
        fromDate: '2025-10-01',
        toDate: '2025-11-03',
      },
    },
  ],
  check: checkSeries,
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events',
    projectId: input.projectId,
    query: { ...seriesQuery(input), event: JSON.stringify(input.events) },
  }),
  answer: seriesSchema,
  rows: (body, input) => toSeriesRows(body, 'event', input),
});
