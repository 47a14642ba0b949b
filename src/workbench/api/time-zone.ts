import type { Row } from '../../result/rows.js';
import type { TimeZoneResponse } from '../wire.js';
import type { Connection } from './sessions.js';

/**
 * Returns the time zone of a project, in which its days begin and end. Costs no query quota. Without one, the page
 * shows days as UTC's and says so.
 */
export async function findTimeZone(
  { plugin, datasource }: Connection,
  projectId: string | undefined,
  signal: AbortSignal,
): Promise<TimeZoneResponse> {
  const project = projectId || datasource.projectId;
  const lister = plugin.commands.find(({ lookupOptions }) => lookupOptions?.projects);
  if (!project || !lister) return {};
  const result = await plugin.execute({ datasource, command: lister.id, parameters: {}, signal });
  const rows = result.ok && Array.isArray(result.body) ? (result.body as Row[]) : [];
  const timezone = rows.find(({ id }) => String(id) === project)?.timezone;
  return typeof timezone === 'string' ? { timezone } : {};
}
