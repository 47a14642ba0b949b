import { membersOf } from '../cohorts.js';
import type { Endpoint } from '../exchange.js';
import { projectOf } from '../parameters.js';
import { DAY_MS } from '../zone.js';
import { queryEndpoint } from './query-endpoint.js';

/** https://developer.mixpanel.com/reference/cohorts-list; old clients use GET. */
export const cohortEndpoints: readonly Endpoint[] = (['POST', 'GET'] as const).map((method) =>
  queryEndpoint(method, '/cohorts/list', (exchange, world) => {
    const { id: projectId, cohorts } = projectOf(exchange);
    const today = Math.floor(world.now() / DAY_MS) * DAY_MS;
    return cohorts.map((cohort) => ({
      count: membersOf(cohort, projectId, world).size,
      is_visible: cohort.visible ? 1 : 0,
      description: cohort.description,
      created: new Date(today - cohort.madeDaysAgo * DAY_MS + 13 * 3_600_000)
        .toISOString()
        .slice(0, 19)
        .replace('T', ' '),
      project_id: Number(projectId),
      id: cohort.id,
      name: cohort.name,
    }));
  }),
);
