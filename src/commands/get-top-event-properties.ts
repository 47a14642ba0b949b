import { defineCommand } from '../command/definition.js';
import { entriesOf } from '../json/key-order.js';
import { makeRow, type Row } from '../result/rows.js';
import { HOUR_SECONDS } from '../time/durations.js';
import { QUERY_COST } from './fields/costs.js';
import {
  cacheSeconds,
  event,
  format,
  limit,
  projectId,
  response,
  workspaceId,
} from './fields/shared-fields.js';
import { objectOf } from './rows/response-schemas.js';

export const getTopEventProperties = defineCommand({
  id: 'GET_TOP_EVENT_PROPERTIES',
  label: 'Get Top Event Properties',
  description: 'The most common property names of one event.',
  documentation: 'https://developer.mixpanel.com/reference/query-events-top-properties',
  columns: ['property', 'count'],
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: () => HOUR_SECONDS,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    event: event(),
    limit: limit({ defaultLimit: 10, help: 'The most properties to return. Left empty, 10.' }),
    format: format(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [{ label: 'Properties of Signup', values: { event: 'Signup', limit: '10' } }],
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/properties/top',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      event: input.event,
      limit: input.limit,
    },
  }),
  answer: objectOf<{ count?: number } | null>(),
  // Mixpanel omits `count` for some properties. It is then unknown, not 0, and sorted last.
  rows: (properties) =>
    entriesOf(properties)
      .map(([property, value]) => makeRow({ property, count: value?.count ?? null }))
      .sort((one, other) => countOf(other) - countOf(one)),
});

function countOf({ count }: Row): number {
  return typeof count === 'number' ? count : -1;
}
