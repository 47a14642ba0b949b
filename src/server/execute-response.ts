import type { Context } from 'hono';
import { asPluginError, PluginError } from '../errors.js';
import { writeExecuteResult } from '../hosts/appsmith/index.js';
import { failureOf, type QueryResult } from '../result/query-result.js';
import { SECOND_MS } from '../time/durations.js';

/**
 * Answers an execution, always with the status 200: on any other, Appsmith shows its own request to the person who
 * edits the query, the datasource's password included (`SaasPlugin.java`).
 */
export function answerExecute(c: Context, result: QueryResult, maxBytes?: number): Response {
  return c.body(writeExecuteResult(result, maxBytes), 200, {
    'content-type': 'application/json',
    ...(result.ok ? {} : retryAfter(result.error)),
  });
}

/** Answers an execution with whatever was thrown on the way. */
export function answerFailure(c: Context, thrown: unknown): Response {
  return answerExecute(c, failureOf(asPluginError(thrown)));
}

/** Answers a request that this service cannot use, through no fault of the query. */
export function refuseExecute(c: Context, message: string): Response {
  return answerExecute(c, failureOf(new PluginError('UNUSABLE_REQUEST', message)));
}

/** Returns the header that says when a busy service may be asked again, in whole seconds. */
export function retryAfter({ code, retryAt }: PluginError): Record<string, string> {
  if (code !== 'BUSY' || retryAt === undefined) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil((retryAt - Date.now()) / SECOND_MS))) };
}
