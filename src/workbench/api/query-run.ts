import { MINUTE_MS } from '../../time/durations.js';
import type { RunRequest, RunResponse } from '../wire.js';
import type { Connection } from './sessions.js';

/** The timeout that hosts give a query (`settings.ts` of the manifest). */
const TIMEOUT_MS = MINUTE_MS;

/** Runs a query for the page. */
export async function runQuery(
  { plugin, datasource }: Connection,
  { command, parameters }: Omit<RunRequest, 'connectionId'>,
  signal?: AbortSignal,
): Promise<RunResponse> {
  const started = performance.now();
  const result = await plugin.execute({ datasource, command, parameters, timeoutMs: TIMEOUT_MS, signal });
  return { result, elapsedMs: Math.round(performance.now() - started) };
}
