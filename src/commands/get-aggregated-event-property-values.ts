import { defineCommand } from '../command/definition.js';
import { dateRangeFreshSeconds } from './fields/date-range.js';
import { event, projectId, propertyName, workspaceId } from './fields/shared-fields.js';
import { checkSeries, seriesFields, seriesQuery, seriesSchema, toSeriesRows } from './fields/time-series.js';

export const getAggregatedEventPropertyValues = defineCommand({
  id: 'GET_AGGREGATED_EVENT_PROPERTY_VALUES',
  label: 'Get Aggregated Event Property Values',
  description: 'Counts of one event by the values of one of its properties, over time.',
  documentation: 'https://developer.mixpanel.com/reference/query-event-properties',
  columns: ['date', 'value', 'count'],
  effect: 'read',
  freshSeconds: dateRangeFreshSeconds,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    event: event(),
    propertyName: propertyName(),
    ...seriesFields(
      'Total counts events with each value, unique counts users for each value, average is events per user.',
    ),
  },
  check: checkSeries,
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/properties',
    projectId: input.projectId,
    query: { ...seriesQuery(input), event: input.event, name: input.propertyName },
  }),
  answer: seriesSchema,
  rows: (body) => toSeriesRows(body, 'value'),
});
