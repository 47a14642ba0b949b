import * as z from 'zod';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { QUERY_COST } from './fields/costs.js';
import { checkDateRange, dateRangeFreshSeconds } from './fields/date-range.js';
import { cacheSeconds, fromDate, projectId, response, toDate, workspaceId } from './fields/shared-fields.js';
import { type EventRecord, toEventRow } from './rows/event-row.js';
import { arrayOf } from './rows/response-schemas.js';

export const getProfileEventActivity = defineCommand({
  id: 'GET_PROFILE_EVENT_ACTIVITY',
  label: 'Get Profile Event Activity',
  description: 'The activity feed of given users. Mixpanel allows 60 queries an hour and 5 at a time.',
  documentation: 'https://developer.mixpanel.com/reference/activity-stream-query',
  columns: ['event', 'time', 'distinct_id'],
  moreColumns: 'each property under its own name',
  cost: QUERY_COST,
  effect: 'read',
  transfer: {
    kind: 'list',
    toAnswer: (records) => ({ results: { events: records as EventRecord[] } }),
  },
  freshSeconds: dateRangeFreshSeconds,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    distinctIds: field(
      z.array(z.string().min(1, 'holds an empty id.')).min(1, 'must name at least one user.'),
      {
        label: 'Distinct IDs (JSON array)',
        help: 'The users whose activity to get, as a JSON array. An id the project does not have is left out.',
        kind: 'list',
        required: true,
        placeholder: '["user1", "user2"]',
      },
    ),
    fromDate: fromDate(),
    toDate: toDate(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [
    { label: 'One user', values: { distinctIds: '["user1"]', fromDate: '2025-10-01', toDate: '2025-11-03' } },
    {
      label: 'Several users',
      values: { distinctIds: '["user1", "user2", "user3"]', fromDate: '2025-10-01', toDate: '2025-11-03' },
    },
  ],
  check: checkDateRange,
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/stream/query',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      workspace_id: input.workspaceId,
      distinct_ids: JSON.stringify(input.distinctIds),
      from_date: input.fromDate,
      to_date: input.toDate,
    },
  }),
  answer: z.object({ results: z.object({ events: arrayOf<EventRecord>() }) }),
  rows: ({ results }) => results.events.map(toEventRow),
});
