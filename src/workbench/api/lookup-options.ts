import type { LookupRequest } from '../../query/lookups.js';
import type { OptionsResponse } from '../wire.js';
import type { Connection } from './sessions.js';

/** Fetches the entries of a dropdown, and what they cost. */
export function loadLookupOptions(
  { plugin, datasource }: Connection,
  request: Omit<LookupRequest, 'datasource'>,
): Promise<OptionsResponse> {
  return plugin.options({ ...request, datasource });
}
