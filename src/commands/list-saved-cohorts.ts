import { defineCommand } from '../command/definition.js';
import { makeRow } from '../result/rows.js';
import { QUERY_COST } from './fields/costs.js';
import { cacheSeconds, optionalProjectId, response, workspaceId } from './fields/shared-fields.js';
import { arrayOf } from './rows/response-schemas.js';

interface Cohort {
  name: string;
  id: number;
  count?: number;
  description?: string;
  created?: string;
  is_visible?: number | boolean;
}

export const listSavedCohorts = defineCommand({
  id: 'LIST_SAVED_COHORTS',
  label: 'List Saved Cohorts',
  description: 'All cohorts of a project: name, id, count, description, creation date and visibility.',
  documentation: 'https://developer.mixpanel.com/reference/cohorts-list',
  columns: ['name', 'id', 'count', 'description', 'created', 'visible'],
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: () => 600,
  fields: {
    projectId: optionalProjectId(),
    workspaceId: workspaceId(),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  request: (input) => ({
    family: 'query',
    method: 'POST',
    path: '/api/query/cohorts/list',
    projectId: input.projectId,
    query: { project_id: input.projectId, workspace_id: input.workspaceId },
  }),
  answer: arrayOf<Cohort>(),
  rows: (cohorts) =>
    cohorts.map(({ name, id, count, description, created, is_visible }) =>
      makeRow({
        name,
        id,
        count: count ?? null,
        description: description ?? '',
        created: created ?? null,
        visible: is_visible === undefined ? null : Boolean(is_visible),
      }),
    ),
});
