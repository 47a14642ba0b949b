import { NO_COST } from '../fields/costs.js';
import { ingestionPath } from './answer-path.js';
import { readObject, readObjects } from './answer-shape.js';
import type { RequestGroup } from './named-request.js';

/** Lists that need no reader of their own: whatever the App API has in `results` becomes rows. */
export const listRequests: RequestGroup = {
  label: 'Other lists',
  requests: [
    {
      id: 'lookup-tables',
      label: 'Lookup tables',
      description: 'The lookup tables of the project.',
      rows: 'id, name',
      cost: NO_COST,
      documentation: 'https://developer.mixpanel.com/reference/list-lookup-tables',
      values: { method: 'GET', endpoint: '/lookup-tables?project_id={projectId}' },
    },
    {
      id: 'workspaces',
      label: 'Data views',
      description:
        'The data views (workspaces) of the project; id is the Workspace ID of the other commands.',
      rows: 'id, name, and what else Mixpanel tells of a data view',
      cost: NO_COST,
      documentation: 'https://docs.mixpanel.com/docs/orgs-and-projects/managing-projects',
      values: { method: 'GET', endpoint: '/api/app/projects/{projectId}/workspaces/public' },
    },
  ],
  answers: [
    {
      methods: ['GET'],
      path: ingestionPath('/lookup-tables'),
      read: (body) => {
        const { results, ...leftOver } = readObject(body, 'the answer');
        // A project without any has null here (recorded in July 2026, NangoHQ/integration-templates).
        return { rows: results === null ? [] : readObjects(results, 'results'), leftOver };
      },
    },
  ],
};
