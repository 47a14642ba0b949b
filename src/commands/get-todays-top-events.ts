import * as z from 'zod';
import { defineCommand } from '../command/definition.js';
import { makeRow } from '../result/rows.js';
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

export const getTodaysTopEvents = defineCommand({
  id: 'GET_TODAYS_TOP_EVENTS',
  label: "Get Today's Top Events",
  description: 'The most active events of today, with their counts and the change against yesterday.',
  documentation: 'https://developer.mixpanel.com/reference/query-top-events',
  columns: ['event', 'amount', 'percentChange'],
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: () => 120,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    type: rankBy(),
    limit: limit({
      defaultLimit: 100,
      help: 'The most events to return. Left empty, 100; 255 is the most that is recommended.',
    }),
    format: format(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [
    { label: 'By number of events', values: { type: 'general', limit: '100' } },
    { label: 'By number of users', values: { type: 'unique', limit: '100' } },
  ],
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/top',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      type: input.type,
      limit: input.limit,
    },
  }),
  answer: z.object({ events: arrayOf<{ event: string; amount: number; percent_change?: number | null }>() }),
  rows: ({ events }) =>
    events.map(({ event, amount, percent_change }) =>
      makeRow({ event, amount, percentChange: percent_change ?? null }),
    ),
});
