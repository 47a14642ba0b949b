import type { Context } from 'hono';
import { PluginError } from '../errors.js';
import { writeExecuteResult } from '../hosts/appsmith/index.js';
import { asPluginError, type ExecutionResult, failureResult } from '../result/query-result.js';

/**
 * An execution's answer, always with the status 200: on any other, Appsmith shows its own request to the person who
 * edits the query, the datasource's password included (`SaasPlugin.java`).
 */
export function answerExecute(c: Context, result: ExecutionResult, maxBytes?: number): Response {
  return c.body(writeExecuteResult(result, maxBytes), 200, { 'content-type': 'application/json' });
}

/** The same for whatever was thrown on the way. */
export function answerFailure(c: Context, thrown: unknown): Response {
  const error = asPluginError(thrown);
  // The table's title blames Mixpanel, which has not seen this one.
  return error.code === 'BAD_REQUEST'
    ? refuseExecute(c, error.message)
    : answerExecute(c, failureResult(error));
}

/** The same for a request this service cannot use, through no fault of the query. */
export function refuseExecute(c: Context, message: string): Response {
  const result = failureResult(new PluginError('BAD_REQUEST', message));
  return answerExecute(c, { ...result, title: 'The host service cannot use the request' });
}
