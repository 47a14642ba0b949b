import type { LookupRequest } from '../../query/lookups.js';
import type { OptionsAnswer } from '../wire.js';
import type { Connection } from './sessions.js';

/** Fetches the entries of a dropdown, and what they cost. */
export function lookUp(
  { plugin, datasource }: Connection,
  request: Omit<LookupRequest, 'datasource'>,
): Promise<OptionsAnswer> {
  return plugin.options({ ...request, datasource });
}
