import { checkDatasource } from '../../command/datasource.js';
import { type ErrorCode, type Issue, PluginError } from '../../errors.js';
import { readInput } from '../../query/input-reader.js';
import type { ExecutionResult } from '../../result/query-result.js';
import { MINUTE_MS } from '../../time/durations.js';
import type { QueryCall, RunAnswer } from '../wire.js';
import type { Connection } from './sessions.js';

/** As long as a host gives a query (`settings.ts` of the manifest). */
const TIMEOUT_MS = MINUTE_MS;

/** Runs a query for the page, with what it cost and where it was wrong. */
export async function runQuery(
  { plugin, datasource }: Connection,
  { command, parameters }: Omit<QueryCall, 'connectionId'>,
  signal?: AbortSignal,
): Promise<RunAnswer> {
  const started = performance.now();
  const result = await plugin.execute({ datasource, command, parameters, timeoutMs: TIMEOUT_MS, signal });
  return {
    result,
    elapsedMs: Math.round(performance.now() - started),
    cost: costOf(result),
    issues: issuesOf(plugin.commands, datasource, command, parameters, result),
  };
}

/** Failures Mixpanel does not count. Source: https://developer.mixpanel.com/reference/rate-limits */
const FREE_FAILURES: ReadonlySet<string> = new Set<ErrorCode>([
  'INVALID_INPUT',
  'UNKNOWN_COMMAND',
  'INVALID_DATASOURCE',
  'WRONG_CREDENTIALS',
  'WRONG_REGION',
  'PLAN_LACKS_API',
  'RATE_LIMITED_HOURLY',
  'RATE_LIMITED_CONCURRENT',
  'RATE_LIMITED_LOAD',
  'BUSY',
]);
const FREE_CACHE_STATES: ReadonlySet<string> = new Set(['HIT', 'SHARED', 'STALE']);

function costOf({ isExecutionSuccess, headers }: ExecutionResult): number {
  const value = (name: string) => headers[name]?.[0] ?? '';
  if (headers['x-quota-limit'] === undefined) return 0;
  const free = isExecutionSuccess
    ? FREE_CACHE_STATES.has(value('x-cache'))
    : FREE_FAILURES.has(value('x-error-code'));
  return free ? 0 : 1;
}

/** The result names the wrong fields; reading the input again, which sends nothing, gives each its sentence. */
function issuesOf(
  commands: Connection['plugin']['commands'],
  given: Connection['datasource'],
  id: string,
  parameters: Record<string, unknown>,
  { headers }: ExecutionResult,
): readonly Issue[] {
  const command = commands.find((each) => each.id === id);
  if (headers['x-error-code']?.[0] !== 'INVALID_INPUT' || !command) return [];
  try {
    const { region, projectId } = checkDatasource(given);
    readInput(command, parameters, { region, projectId, now: Date.now() });
    return [];
  } catch (thrown) {
    return (PluginError.is(thrown) && thrown.issues) || [];
  }
}
