import type { PluginError } from '../src/errors.js';
import type { QueryResult, QuerySuccess } from '../src/result/query-result.js';

/** Returns a result that succeeded; throws its error when it failed, so that the test says why. */
export function success(result: QueryResult): QuerySuccess {
  if (!result.ok) throw result.error;
  return result;
}

/** Returns the error of a result that failed. */
export function failure(result: QueryResult): PluginError {
  if (result.ok) throw new Error(`The query succeeded: ${JSON.stringify(result)?.slice(0, 200)}`);
  return result.error;
}
