import type { LookupRequest } from '../../plugin.js';
import type { OptionsAnswer } from '../wire.js';
import type { Connection } from './sessions.js';

/** Fetches a dropdown's entries. What that cost shows in the ledger alone: a look-up has no result with headers. */
export async function lookUp(
  { plugin, datasource }: Connection,
  call: Omit<LookupRequest, 'datasource'>,
): Promise<OptionsAnswer> {
  const projectId = String(call.parameters?.projectId ?? '') || undefined;
  const left = async () => (await plugin.quota(datasource, projectId)).left ?? 0;
  const before = await left();
  const options = await plugin.options({ ...call, datasource });
  return { options, cost: before > (await left()) ? 1 : 0 };
}
