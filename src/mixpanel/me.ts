import * as z from 'zod';
import { PluginError } from '../errors.js';
import { parseJson } from '../json/large-integers.js';
import { isObject } from '../json/object.js';
import type { MixpanelResponse } from './client.js';
import type { Region } from './regions.js';
import type { MixpanelRequest } from './request.js';

/**
 * `/api/app/me`: who the credentials are and what they can reach. Costs no query quota.
 * `include_workspace_users=false` because workspaces otherwise carry their member lists, tens of megabytes.
 */
export const ME_REQUEST: MixpanelRequest = {
  family: 'app',
  method: 'GET',
  path: '/api/app/me',
  query: { include_workspace_users: false },
};

const entitySchema = z.looseObject({ name: z.string().optional() });
const entityMapSchema = z.custom<Record<string, z.output<typeof entitySchema> & Record<string, unknown>>>(
  isObject,
  'expected an object',
);

/** Maps keyed by id; every field but the maps may be missing, as in Mixpanel's own client. */
export const meSchema = z.object({
  results: z.object({
    organizations: entityMapSchema.optional(),
    projects: entityMapSchema,
    workspaces: entityMapSchema.optional(),
  }),
});

export type Me = z.output<typeof meSchema>;

/** Parses a response. Throws `PluginError` when it does not describe an account, such as a proxy's login page. */
export function parseMe({ text, redactor }: Pick<MixpanelResponse, 'text' | 'redactor'>): Me {
  try {
    return meSchema.parse(parseJson(text));
  } catch {
    throw new PluginError(
      'UNEXPECTED_ANSWER',
      `The answer to /api/app/me does not describe an account (it begins with ${JSON.stringify(redactor.quote(text, MAX_QUOTED_CHARACTERS))}). Check what stands between this host and Mixpanel.`,
    );
  }
}

const MAX_QUOTED_CHARACTERS = 80;

export interface Workspace {
  id: string;
  name: string;
  projectId: string;
}

export interface Project {
  id: string;
  name: string;
  organizationId: string;
  organization: string;
  timezone: string;
  region: Region;
  role: string;
  /** The workspace Mixpanel would use by itself. */
  workspace?: Workspace;
}

/** The projects the credentials can see, by name. */
export function projectsOf({ results }: Me): Project[] {
  const workspaces = workspacesOf({ results });
  return Object.entries(results.projects)
    .map(([id, project]) => {
      const organizationId = text(project.organization_id);
      return {
        id,
        name: text(project.name),
        organizationId,
        organization: text(results.organizations?.[organizationId]?.name),
        timezone: text(project.timezone),
        region: regionOfDomain(text(project.domain)),
        role:
          typeof project.role === 'object' && project.role !== null
            ? text((project.role as { name?: unknown }).name)
            : text(project.role),
        workspace: workspaces.find(({ projectId }) => projectId === id),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** All visible workspaces, the one Mixpanel itself would choose first: global, then "All Project Data", then default. */
export function workspacesOf({ results }: Pick<Me, 'results'>): Workspace[] {
  const rank = (each: Record<string, unknown>) =>
    [
      each.is_global === true,
      each.name === 'All Project Data',
      each.is_default === true,
      each.is_visible !== false,
    ].indexOf(true);
  return Object.entries(results.workspaces ?? {})
    .map(([id, each]) => ({
      rank: (rank(each) + RANK_COUNT) % RANK_COUNT,
      id,
      name: text(each.name),
      projectId: text(each.project_id),
    }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ rank: _, ...workspace }) => workspace);
}

// A workspace that matches nothing (-1) comes last.
const RANK_COUNT = 5;

// An empty domain means the United States.
function regionOfDomain(domain: string): Region {
  if (domain.startsWith('eu.')) return 'EU';
  return domain.startsWith('in.') ? 'IN' : 'US';
}

function text(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
