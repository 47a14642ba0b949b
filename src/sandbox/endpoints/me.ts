import { isProjectMember } from '../data/accounts.js';
import type { Endpoint } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { okJsonReply } from '../endpoint/query-endpoint.js';

/**
 * Who calls and what that account can see. Undocumented, but the example of the authentication page; the shape is
 * what Mixpanel's own client reads.
 */
export const meEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/api/app/me',
    family: 'app',
    handle({ account }, { projects }) {
      if (!account) throw new EndpointError(401, 'Invalid service account credentials');
      const visibleProjects = projects.filter(({ id }) => isProjectMember(account, id));
      return okJsonReply({
        status: 'ok',
        results: {
          user_id: account.userId,
          user_email: account.username,
          user_name: account.username.split('.')[0],
          organizations: Object.fromEntries(
            visibleProjects.map(({ organizationId, organizationName }) => [
              organizationId,
              { id: Number(organizationId), name: organizationName, role: account.role, permissions: [] },
            ]),
          ),
          // The key is the id: the object has none.
          projects: Object.fromEntries(
            visibleProjects.map((project) => [
              project.id,
              {
                name: project.name,
                organization_id: Number(project.organizationId),
                timezone: project.timezone,
                has_workspaces: true,
                domain: DOMAINS[account.region],
                type: 'PROJECT',
                role: { id: 1, name: account.role },
                permissions: ['view_base_reports'],
              },
            ]),
          ),
          workspaces: Object.fromEntries(
            visibleProjects.map((project) => [
              project.workspaceId,
              {
                id: Number(project.workspaceId),
                name: 'All Project Data',
                project_id: Number(project.id),
                is_default: true,
                is_global: true,
                is_restricted: false,
                is_visible: true,
                description: '',
                creator_name: 'Ada Roast',
              },
            ]),
          ),
        },
      });
    },
  },
];

const DOMAINS = { US: 'mixpanel.com', EU: 'eu.mixpanel.com', IN: 'in.mixpanel.com' };
