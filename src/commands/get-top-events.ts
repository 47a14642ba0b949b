import { defineCommand } from '../command/definition.js';
import { makeRow } from '../result/rows.js';
import { HOUR_SECONDS } from '../time/durations.js';
import { QUERY_COST } from './fields/costs.js';
import {
  cacheSeconds,
  format,
  limit,
  projectId,
  rankBy,
  response,
  workspaceId,
} from './fields/shared-fields.js';
import { arrayOf } from './rows/response-schemas.js';

export const getTopEvents = defineCommand({
  id: 'GET_TOP_EVENTS',
  label: 'Get Top Events (Last 31 Days)',
  description: 'The most common event names of the last 31 days.',
  documentation: 'https://developer.mixpanel.com/reference/query-months-top-event-names',
  columns: ['event', 'rank'],
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: () => HOUR_SECONDS,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    type: rankBy(),
    // Mixpanel cuts the list at 5,000 names whatever is asked.
    limit: limit({ defaultLimit: 255, max: 5000, help: 'The most events to return. Left empty, 255.' }),
    format: format(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [
    { label: 'By number of events', values: { type: 'general', limit: '255' } },
    { label: 'By number of users', values: { type: 'unique', limit: '255' } },
  ],
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/names',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      type: input.type,
      limit: input.limit,
    },
  }),
  answer: arrayOf<string>(),
  rows: (names) => names.map((event, index) => makeRow({ event, rank: index + 1 })),
});
