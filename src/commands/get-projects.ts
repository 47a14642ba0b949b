import { defineCommand } from '../command/definition.js';
import { ME_REQUEST, meSchema, projectsOf } from '../mixpanel/me.js';
import { makeRow } from '../result/rows.js';
import { NO_COST } from './fields/costs.js';
import { cacheSeconds, response } from './fields/shared-fields.js';

export const getProjects = defineCommand({
  id: 'GET_PROJECTS',
  label: 'Get Projects',
  description:
    'Lists the projects the service account can reach, with their ids, organisations and workspaces.',
  documentation: 'https://developer.mixpanel.com/reference/service-accounts',
  columns: [
    'name',
    'id',
    'organization',
    'organizationId',
    'timezone',
    'region',
    'role',
    'workspaceId',
    'workspace',
  ],
  cost: NO_COST,
  effect: 'read',
  freshSeconds: () => 600,
  fields: { response: response(), cacheSeconds: cacheSeconds() },
  request: () => ME_REQUEST,
  answer: meSchema,
  rows: (body) =>
    projectsOf(body).map(({ workspace, ...project }) =>
      makeRow({
        name: project.name,
        id: project.id,
        organization: project.organization,
        organizationId: project.organizationId,
        timezone: project.timezone,
        region: project.region,
        role: project.role,
        workspaceId: workspace?.id ?? null,
        workspace: workspace?.name ?? null,
      }),
    ),
});
