import { defineCommand } from '../command/definition.js';
import { makeRow } from '../result/rows.js';
import { HOUR_SECONDS } from '../time/durations.js';
import { QUERY_COST } from './fields/costs.js';
import {
  cacheSeconds,
  event,
  format,
  limit,
  projectId,
  propertyName,
  response,
  workspaceId,
} from './fields/shared-fields.js';
import { arrayOf } from './rows/response-schemas.js';

export const getTopEventPropertyValues = defineCommand({
  id: 'GET_TOP_EVENT_PROPERTY_VALUES',
  label: 'Get Top Event Property Values',
  description: 'The most common values of one property of an event.',
  documentation: 'https://developer.mixpanel.com/reference/query-events-top-property-values',
  columns: ['value', 'rank'],
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: () => HOUR_SECONDS,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    event: event(),
    propertyName: propertyName(),
    limit: limit({ defaultLimit: 255, help: 'The most values to return. Left empty, 255.' }),
    format: format(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [
    { label: 'Plans of Signup', values: { event: 'Signup', propertyName: 'PlanType', limit: '255' } },
    { label: 'Tiers of Signup', values: { event: 'Signup', propertyName: 'SubscriptionTier', limit: '255' } },
  ],
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/properties/values',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      event: input.event,
      name: input.propertyName,
      limit: input.limit,
    },
  }),
  answer: arrayOf<string>(),
  rows: (values) => values.map((value, index) => makeRow({ value, rank: index + 1 })),
});
