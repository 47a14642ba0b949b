import { type Me, type Project, projectsOf } from '../../mixpanel/me.js';
import { findProjectZone } from '../../query/project-zone.js';
import { HOUR_SECONDS } from '../../time/durations.js';
import type { TimeZoneResponse } from '../wire.js';
import type { Connection } from './sessions.js';

/** Lists the projects through the cache of the look-ups. Uses no query quota. */
export async function listProjects({ plugin, datasource }: Connection): Promise<Project[]> {
  const result = await plugin.execute({
    datasource,
    command: 'GET_PROJECTS',
    parameters: { response: 'raw', cacheSeconds: HOUR_SECONDS },
  });
  if (!result.ok) throw result.error;
  return projectsOf(result.body as Me);
}

/** Returns the time zone in which a project's days begin and end, or UTC and why. Uses no query quota. */
export async function findTimeZone(
  connection: Connection,
  projectId: string | undefined,
): Promise<TimeZoneResponse> {
  const { zone, unknownBecause } = await findProjectZone(
    projectId || connection.datasource.projectId || undefined,
    () => listProjects(connection),
  );
  return { timezone: zone.name, ...(unknownBecause ? { unknownBecause } : {}) };
}
