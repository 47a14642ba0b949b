import type { FieldProblem } from '../../command/definition.js';
import { isUnsafeInteger } from '../../json/large-integers.js';
import {
  ExpressionError,
  explainExpressionError,
  normalizeOperators,
  parseExpression,
} from '../../mixpanel/expression/index.js';
import type { QueryValue } from '../../mixpanel/request.js';
import { doubtsAboutFilter } from './filter.js';

/** The parameters of `/engage`. Source: https://developer.mixpanel.com/reference/engage-query */
export const ENGAGE_PARAMETERS = [
  'distinct_id',
  'distinct_ids',
  'data_group_id',
  'where',
  'output_properties',
  'session_id',
  'page',
  'behaviors',
  'as_of_timestamp',
  'filter_by_cohort',
  'include_all_users',
  // Undocumented, but sent by Mixpanel's own client (mixpanel-headless `query_user`) and by Airbyte (`page_size`).
  'sort_key',
  'sort_order',
  'search',
  'limit',
  'page_size',
] as const;
type EngageParameter = (typeof ENGAGE_PARAMETERS)[number];

/** Sent as JSON array text. */
const LIST_PARAMETERS: readonly EngageParameter[] = ['distinct_ids', 'output_properties', 'behaviors'];

const EXCLUSIVE_PARAMETERS: readonly (readonly [EngageParameter, EngageParameter])[] = [
  ['distinct_id', 'distinct_ids'],
  ['behaviors', 'filter_by_cohort'],
];

/** Yields problems of single parameters and of combinations. */
export function* checkEngageForm(form: Record<string, unknown>): Iterable<FieldProblem> {
  const isSet = (name: EngageParameter) =>
    form[name] !== undefined && form[name] !== null && form[name] !== '';
  const problem = (message: string, received?: unknown): FieldProblem => ({
    field: 'formData',
    message,
    received,
  });

  for (const name of Object.keys(form)) {
    if (!ENGAGE_PARAMETERS.includes(name as EngageParameter)) {
      yield problem(`has no field ${JSON.stringify(name)}; it takes ${ENGAGE_PARAMETERS.join(', ')}.`);
    }
  }
  for (const name of LIST_PARAMETERS) {
    if (isSet(name) && !isJsonArray(form[name])) {
      yield problem(`${name} must be a JSON array, such as ["a", "b"].`, form[name]);
    }
  }
  for (const name of ENGAGE_PARAMETERS) {
    if ([form[name]].flat().some(isUnsafeInteger)) {
      yield problem(
        `${name} holds a number too large for JavaScript to keep exactly. Write it in quotes.`,
        form[name],
      );
    }
  }
  for (const [one, other] of EXCLUSIVE_PARAMETERS) {
    if (isSet(one) && isSet(other)) yield problem(`takes ${one} or ${other}, not both.`);
  }
  if (isSet('where')) {
    try {
      parseExpression(String(form.where));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      yield problem(`where ${explainExpressionError(String(form.where), error)}`);
    }
  }
  if (isSet('page')) {
    if (!/^\d+$/.test(String(form.page))) yield problem('page must be a whole number from 0.', form.page);
    else if (Number(form.page) > 0 && !isSet('session_id')) {
      yield problem(
        'page above 0 needs the session_id of the first page; it is in the header x-session-id.',
        form.page,
      );
    }
  }
}

/** Yields doubts about parameters that Mixpanel ignores, or about undocumented parts of their filter. */
export function* doubtsAboutEngageForm(form: Record<string, unknown>): Iterable<string> {
  const isSet = (name: EngageParameter) => ![undefined, null, ''].includes(form[name] as string | undefined);
  if (isSet('include_all_users') && !isSet('filter_by_cohort')) {
    yield 'include_all_users has no effect: Mixpanel reads it only together with filter_by_cohort.';
  }
  yield* doubtsAboutFilter(form.where);
}

function isJsonArray(value: unknown): boolean {
  if (typeof value !== 'string') return Array.isArray(value);
  try {
    return Array.isArray(JSON.parse(value));
  } catch {
    return false;
  }
}

/** Returns the parameters to send, with lists and objects as JSON text. */
export function encodeEngageForm(form: Record<string, unknown>): Record<string, QueryValue> {
  return Object.fromEntries(
    ENGAGE_PARAMETERS.filter(
      (name) => form[name] !== undefined && form[name] !== null && form[name] !== '',
    ).map((name) => [
      name,
      name === 'where' ? normalizeOperators(String(form.where)) : encodeEngageValue(name, form[name]),
    ]),
  );
}

function encodeEngageValue(name: EngageParameter, value: unknown): QueryValue {
  // Users write a bare cohort id; Mixpanel expects an object.
  if (name === 'filter_by_cohort' && /^\d+$/.test(String(value)))
    return JSON.stringify({ id: Number(value) });
  return typeof value === 'object' ? JSON.stringify(value) : (value as QueryValue);
}
