import { isObject } from '../../../json/object.js';
import type { ResultMeta } from '../../../result/query-result.js';
import type { RunRequest, RunResponse } from '../../wire.js';

/** The pages of a list that are not in a result. They cost no query while Mixpanel keeps the session. */
export interface FreeRest {
  /** Fetches the missing pages. */
  request: RunRequest;
  /** The query whose result all pages are. */
  shown: RunRequest;
}

/**
 * Returns how to fetch the pages after those of a result. `undefined` if nothing is missing, or the result does not
 * say where it ended. Follow-up pages are free: https://developer.mixpanel.com/reference/engage-query and its
 * `session_id`.
 */
export function restOf(
  request: RunRequest,
  { total, sessionId, page, pageSize }: ResultMeta,
): FreeRest | undefined {
  const { parameters } = request;
  if (total === undefined || !sessionId || page === undefined || pageSize === undefined) return undefined;
  if ((page + 1) * pageSize >= total) return undefined;
  if (!('pages' in parameters) || !('formData' in parameters)) return undefined;
  const form = parseForm(parameters.formData);
  if (!form) return undefined;
  const formData = JSON.stringify({ ...form, session_id: sessionId, page: page + 1 });
  return {
    request: { ...request, parameters: { ...parameters, pages: 'all', formData } },
    shown: { ...request, parameters: { ...parameters, pages: 'all' } },
  };
}

function parseForm(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'string' || value.trim() === '') return {};
  try {
    const form: unknown = JSON.parse(value);
    return isObject(form) ? form : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the result of all pages, from the result before and that of the missing pages. A failure stays one. */
export function withRest(before: RunResponse, rest: RunResponse): RunResponse {
  if (!before.result.ok || !rest.result.ok) return rest;
  const [first, more] = [before.result, rest.result];
  if (!Array.isArray(first.body) || !Array.isArray(more.body)) return rest;
  const body = [...first.body, ...more.body];
  const meta: ResultMeta = {
    ...more.meta,
    total: first.meta.total ?? more.meta.total,
    rows: body.length,
    pages: (first.meta.pages ?? 1) + (more.meta.pages ?? 1),
  };
  return {
    ...rest,
    result: { ...more, body, meta, messages: [...new Set([...first.messages, ...more.messages])] },
  };
}

/** Returns whether a result has as many rows as its field Limit allows, so that there may be more. */
export function isLimitReached({ parameters }: RunRequest, rows: number): boolean {
  const limit = Number(parameters.limit);
  return Number.isInteger(limit) && limit > 0 && rows === limit;
}

/** Returns whether the form has changed since a query ran. */
export function isChanged(shown: RunRequest, current: RunRequest): boolean {
  if (shown.connectionId !== current.connectionId || shown.command !== current.command) return true;
  const names = new Set([...Object.keys(shown.parameters), ...Object.keys(current.parameters)]);
  return [...names].some((name) => text(shown.parameters[name]) !== text(current.parameters[name]));
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
