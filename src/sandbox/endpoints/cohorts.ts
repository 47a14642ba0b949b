import { addDays, toUtcDay } from '../../time/day.js';
import { findCohortMembers } from '../data/cohort-members.js';
import type { DataStore } from '../data/data-store.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { requireProject } from '../endpoint/parameters.js';
import { queryEndpoint } from '../endpoint/query-endpoint.js';

/** https://developer.mixpanel.com/reference/cohorts-list; old clients use GET. */
export const cohortEndpoints: readonly Endpoint[] = (['POST', 'GET'] as const).map((method) =>
  queryEndpoint(method, '/cohorts/list', listCohorts),
);

/** Returns the saved cohorts of a project, hidden ones included. */
export function listCohorts(request: SandboxRequest, store: DataStore) {
  const { id: projectId, cohorts } = requireProject(request);
  const today = toUtcDay(store.now());
  return cohorts.map((cohort) => ({
    count: findCohortMembers(cohort, projectId, store).size,
    is_visible: cohort.visible ? 1 : 0,
    description: cohort.description,
    created: `${addDays(today, -cohort.createdDaysAgo)} 13:00:00`,
    project_id: Number(projectId),
    id: cohort.id,
    name: cohort.name,
  }));
}
