import type { LookupSource } from '../../command/lookup-source.js';
import { projectsOf, workspacesOf } from '../../mixpanel/me.js';
import { getProjects } from '../get-projects.js';

export const projects: LookupSource = {
  load: async (_values, ask) =>
    projectsOf(await ask(getProjects, {})).map(({ id, name }) => ({ label: `${name} (${id})`, value: id })),
};

export const workspaces: LookupSource = {
  load: async ({ projectId }, ask) =>
    workspacesOf(await ask(getProjects, {}))
      .filter((each) => projectId === undefined || each.projectId === String(projectId))
      .map(({ id, name }) => ({ label: `${name} (${id})`, value: id })),
};
