import type { Context } from 'hono';
import { asPluginError, PluginError } from '../errors.js';
import { writeExecuteResult } from '../hosts/appsmith/index.js';
import { failureOf, type QueryResult } from '../result/query-result.js';
import { SECOND_MS } from '../time/durations.js';

/**
 * Sends the result of an execution, always with status 200. For any other status, Appsmith shows its own request,
 * including the datasource's password, to the person who edits the query (`SaasPlugin.java`).
 */
export function answerExecute(c: Context, result: QueryResult, maxBytes?: number): Response {
  return c.body(writeExecuteResult(result, maxBytes), 200, {
    'content-type': 'application/json',
    ...(result.ok ? {} : retryAfter(result.error)),
  });
}

/** Sends anything thrown during an execution as a failed result. */
export function answerFailure(c: Context, thrown: unknown): Response {
  return answerExecute(c, failureOf(asPluginError(thrown)));
}

/** Sends a failed result for a request that this service cannot handle. */
export function refuseExecute(c: Context, message: string): Response {
  return answerExecute(c, failureOf(new PluginError('UNUSABLE_REQUEST', message)));
}

/** Returns the `Retry-After` header of a `BUSY` error, in whole seconds. */
export function retryAfter({ code, retryAt }: PluginError): Record<string, string> {
  if (code !== 'BUSY' || retryAt === undefined) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil((retryAt - Date.now()) / SECOND_MS))) };
}
