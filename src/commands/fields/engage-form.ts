import type { Problem } from '../../command/definition.js';
import { hasLostDigits } from '../../json/large-integers.js';
import {
  ExpressionError,
  explainExpression,
  parseExpression,
  toMixpanel,
} from '../../mixpanel/expression/index.js';
import type { QueryValue } from '../../mixpanel/request.js';

/** The parameters of `/engage`. Source: https://developer.mixpanel.com/reference/engage-query */
export const ENGAGE_FIELDS = [
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
] as const;
type EngageField = (typeof ENGAGE_FIELDS)[number];

/** Sent as JSON array text. */
const LISTS: readonly EngageField[] = ['distinct_ids', 'output_properties', 'behaviors'];

const EXCLUSIVE: readonly (readonly [EngageField, EngageField])[] = [
  ['distinct_id', 'distinct_ids'],
  ['behaviors', 'filter_by_cohort'],
];

/** What is wrong with the parameters, or with two of them together. */
export function* checkEngage(form: Record<string, unknown>): Iterable<Problem> {
  const has = (name: EngageField) => form[name] !== undefined && form[name] !== null && form[name] !== '';
  const problem = (message: string, received?: unknown): Problem => ({
    field: 'formData',
    message,
    received,
  });

  for (const name of Object.keys(form)) {
    if (!ENGAGE_FIELDS.includes(name as EngageField)) {
      yield problem(`has no field ${JSON.stringify(name)}; it takes ${ENGAGE_FIELDS.join(', ')}.`);
    }
  }
  for (const name of LISTS) {
    if (has(name) && !isList(form[name])) {
      yield problem(`${name} must be a JSON array, such as ["a", "b"].`, form[name]);
    }
  }
  for (const name of ENGAGE_FIELDS) {
    if ([form[name]].flat().some(hasLostDigits)) {
      yield problem(
        `${name} holds a number too large for JavaScript to keep exactly. Write it in quotes.`,
        form[name],
      );
    }
  }
  for (const [one, other] of EXCLUSIVE) {
    if (has(one) && has(other)) yield problem(`takes ${one} or ${other}, not both.`);
  }
  if (has('where')) {
    try {
      parseExpression(String(form.where));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      yield problem(`where ${explainExpression(String(form.where), error)}`);
    }
  }
  if (has('page')) {
    if (!/^\d+$/.test(String(form.page))) yield problem('page must be a whole number from 0.', form.page);
    else if (Number(form.page) > 0 && !has('session_id')) {
      yield problem(
        'page above 0 needs the session_id of the first page; it is in the header x-session-id.',
        form.page,
      );
    }
  }
  if (has('include_all_users') && !has('filter_by_cohort')) {
    yield problem('include_all_users goes only with filter_by_cohort.');
  }
}

function isList(value: unknown): boolean {
  if (typeof value !== 'string') return Array.isArray(value);
  try {
    return Array.isArray(JSON.parse(value));
  } catch {
    return false;
  }
}

/** The parameters as they are sent: lists and objects as JSON text. */
export function engageForm(form: Record<string, unknown>): Record<string, QueryValue> {
  return Object.fromEntries(
    ENGAGE_FIELDS.filter((name) => form[name] !== undefined && form[name] !== null && form[name] !== '').map(
      (name) => [name, name === 'where' ? toMixpanel(String(form.where)) : engageValue(name, form[name])],
    ),
  );
}

function engageValue(name: EngageField, value: unknown): QueryValue {
  // A bare cohort id is what people write; Mixpanel wants an object.
  if (name === 'filter_by_cohort' && /^\d+$/.test(String(value)))
    return JSON.stringify({ id: Number(value) });
  return typeof value === 'object' ? JSON.stringify(value) : (value as QueryValue);
}
