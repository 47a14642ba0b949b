import { defineCommand } from '../command/definition.js';
import { dateRangeFreshSeconds } from './fields/date-range.js';
import { events, projectId, workspaceId } from './fields/shared-fields.js';
import { checkSeries, seriesFields, seriesQuery, seriesSchema, toSeriesRows } from './fields/time-series.js';

export const getAggregateEventCounts = defineCommand({
  id: 'GET_AGGREGATE_EVENT_COUNTS',
  label: 'Get Aggregate Event Counts',
  description: 'Total, unique or average counts of events over minutes, hours, days, weeks or months.',
  documentation: 'https://developer.mixpanel.com/reference/list-recent-events',
  columns: ['date', 'event', 'count'],
  effect: 'read',
  freshSeconds: dateRangeFreshSeconds,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    events: events(),
    ...seriesFields('Total counts events, unique counts the users who did them, average is events per user.'),
  },
  check: checkSeries,
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events',
    projectId: input.projectId,
    query: { ...seriesQuery(input), event: JSON.stringify(input.events) },
  }),
  answer: seriesSchema,
  rows: (body, { events }) => toSeriesRows(body, 'event', events),
});
