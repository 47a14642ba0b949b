import { toActionExecutionResult } from '../../hosts/appsmith/result.js';
import { MINUTE_MS } from '../../time/durations.js';
import type { RunRequest, RunResponse } from '../wire.js';
import { describeRequest } from './sent-request.js';
import type { Connection } from './sessions.js';

/** The timeout that hosts give a query (`settings.ts` of the manifest). */
const TIMEOUT_MS = MINUTE_MS;

/** Runs a query for the page. */
export async function runQuery(
  connection: Connection,
  { command, parameters }: Omit<RunRequest, 'connectionId'>,
  signal?: AbortSignal,
): Promise<RunResponse> {
  const { plugin, datasource } = connection;
  const startedAt = Date.now();
  const started = performance.now();
  const result = await plugin.execute({ datasource, command, parameters, timeoutMs: TIMEOUT_MS, signal });
  const elapsedMs = Math.round(performance.now() - started);
  // Afterwards, so that looking up the time zone of relative dates delays no query.
  const described = await describeRequest(connection, { command, parameters }, startedAt);
  const sent = 'request' in described ? described.request : undefined;
  const headers = Object.entries(toActionExecutionResult(result).headers).map(([name, [value = '']]) => [
    name,
    value,
  ]);
  return { result, elapsedMs, sent, headers: Object.fromEntries(headers) };
}
