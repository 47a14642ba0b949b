import { defineCommand } from '../command.js';
import { checkDates, datesFreshSeconds } from './dates.js';
import {
  cacheSeconds,
  event,
  format,
  fromDate,
  projectId,
  propertyName,
  response,
  toDate,
  type,
  unit,
  workspaceId,
} from './fields.js';
import { seriesAnswer, seriesRows } from './series.js';
import { checkUnit } from './unit.js';

export const getAggregatedEventPropertyValues = defineCommand({
  id: 'GET_AGGREGATED_EVENT_PROPERTY_VALUES',
  label: 'Get Aggregated Event Property Values',
  description: 'Counts of one event by the values of one of its properties, over time.',
  documentation: 'https://developer.mixpanel.com/reference/query-event-properties',
  effect: 'read',
  freshSeconds: datesFreshSeconds,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    event: event(),
    propertyName: propertyName(),
    type: type(
      ['general', 'unique', 'average'],
      'Total counts events with each value, unique counts users for each value, average is events per user.',
    ),
    unit: unit(),
    fromDate: fromDate(),
    toDate: toDate(),
    format: format(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  *check(input, context) {
    yield* checkUnit(input);
    yield* checkDates(input, context);
  },
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/properties',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      event: input.event,
      name: input.propertyName,
      type: input.type,
      unit: input.unit,
      from_date: input.fromDate,
      to_date: input.toDate,
      format: input.format,
    },
  }),
  answer: seriesAnswer,
  rows: (body) => seriesRows(body, 'value'),
});
