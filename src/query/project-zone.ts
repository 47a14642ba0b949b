import { createCancelledError, PluginError } from '../errors.js';
import type { Project } from '../mixpanel/me.js';
import { createZone, isZone } from '../time/zone.js';
import { type ProjectZone, UTC } from './relative-dates.js';

/**
 * Returns the time zone of a project, or UTC and why: a query must not fail because its time zone cannot be read.
 *
 * @param listProjects requests the projects that the credentials can reach.
 * @throws `PluginError` when the caller has cancelled the query.
 */
export async function findProjectZone(
  projectId: string | undefined,
  listProjects: () => Promise<Project[]>,
  signal?: AbortSignal,
): Promise<ProjectZone> {
  if (projectId === undefined) return unknownZone('the query names no project');
  let projects: Project[];
  try {
    projects = await listProjects();
  } catch (thrown) {
    if (signal?.aborted) throw createCancelledError();
    if (!PluginError.is(thrown)) throw thrown;
    return unknownZone(`the projects of the account could not be listed (${thrown.code})`);
  }
  const project = projects.find(({ id }) => id === projectId);
  if (!project) return unknownZone(`the account does not list the project ${projectId}`);
  if (!isZone(project.timezone)) {
    return unknownZone(
      project.timezone === ''
        ? `Mixpanel names no time zone for the project ${projectId}`
        : `this machine does not know the project's time zone, ${project.timezone}`,
    );
  }
  return { zone: createZone(project.timezone) };
}

function unknownZone(unknownBecause: string): ProjectZone {
  return { zone: UTC, unknownBecause };
}
