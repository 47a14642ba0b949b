import { defineCommand } from '../command.js';
import { checkDates, datesFreshSeconds } from './dates.js';
import {
  cacheSeconds,
  events,
  format,
  fromDate,
  projectId,
  response,
  toDate,
  type,
  unit,
  workspaceId,
} from './fields.js';
import { seriesAnswer, seriesRows } from './series.js';
import { checkUnit } from './unit.js';

export const getAggregateEventCounts = defineCommand({
  id: 'GET_AGGREGATE_EVENT_COUNTS',
  label: 'Get Aggregate Event Counts',
  description: 'Total, unique or average counts of events over minutes, hours, days, weeks or months.',
  documentation: 'https://developer.mixpanel.com/reference/list-recent-events',
  effect: 'read',
  freshSeconds: datesFreshSeconds,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    events: events(),
    type: type(
      ['general', 'unique', 'average'],
      'Total counts events, unique counts the users who did them, average is events per user.',
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
    path: '/api/query/events',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      event: JSON.stringify(input.events),
      type: input.type,
      unit: input.unit,
      from_date: input.fromDate,
      to_date: input.toDate,
      format: input.format,
    },
  }),
  answer: seriesAnswer,
  rows: (body, { events }) => seriesRows(body, 'event', events),
});
