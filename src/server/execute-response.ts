import type { Context } from 'hono';
import { asPluginError, PluginError } from '../errors.js';
import { writeExecuteResultInTurns, writeFailure } from '../hosts/appsmith/index.js';
import { failureOf, type QueryFailure, type QueryResult } from '../result/query-result.js';
import { SECOND_MS } from '../time/durations.js';

/**
 * Sends the result of an execution, always with status 200. For any other status, Appsmith shows its own request,
 * including the datasource's password, to the person who edits the query (`SaasPlugin.java`).
 */
export async function answerExecute(c: Context, result: QueryResult, maxBytes?: number): Promise<Response> {
  if (!result.ok) return answerWithFailure(c, result);
  return c.body(await writeExecuteResultInTurns(result, maxBytes), 200, {
    'content-type': 'application/json',
  });
}

/** Sends anything thrown during an execution as a failed result. */
export function answerFailure(c: Context, thrown: unknown): Response {
  return answerWithFailure(c, failureOf(asPluginError(thrown)));
}

function answerWithFailure(c: Context, failure: QueryFailure): Response {
  return c.body(writeFailure(failure), 200, {
    'content-type': 'application/json',
    ...retryAfter(failure.error),
  });
}

/** Sends a failed result for a request that this service cannot handle. */
export function refuseExecute(c: Context, message: string): Response {
  return answerFailure(c, new PluginError('UNUSABLE_REQUEST', message));
}

/** Returns the `Retry-After` header of a `BUSY` error, in whole seconds. */
export function retryAfter({ code, retryAt }: PluginError): Record<string, string> {
  if (code !== 'BUSY' || retryAt === undefined) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil((retryAt - Date.now()) / SECOND_MS))) };
}
