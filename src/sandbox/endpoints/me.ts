import { isProjectMember } from '../data/accounts.js';
import type { Endpoint } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { okJsonReply } from '../endpoint/query-endpoint.js';

/**
 * The account and what it can see. Undocumented, but the example of the authentication page. The user and the
 * organizations are as recorded in July 2026 (NangoHQ/integration-templates), projects and workspaces as Mixpanel's own
 * client reads them.
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
          user_bio: null,
          user_phone: '',
          date_joined_iso: '2026-01-05T09:00:00',
          is_staff: false,
          organizations: Object.fromEntries(
            visibleProjects.map(({ organizationId, organizationName }) => [
              organizationId,
              {
                id: Number(organizationId),
                name: organizationName,
                role: account.role,
                permissions: [],
                ...ORGANIZATION_FLAGS,
              },
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

const ORGANIZATION_FLAGS = {
  is_demo: false,
  should_show_fyt_modal: false,
  is_actionable_admin_org: false,
  twofactor_auth_required: false,
  has_india_datacenter_access: false,
};

const DOMAINS = { US: 'mixpanel.com', EU: 'eu.mixpanel.com', IN: 'in.mixpanel.com' };
