import { z } from 'zod';
import type { Problem } from '../command.js';
import { defineCommand, field } from '../command.js';
import {
  ExpressionError,
  explainExpression,
  parseExpression,
  toMixpanel,
} from '../mixpanel/expression/index.js';
import type { QueryValue } from '../mixpanel/request.js';
import { makeRow, type Row } from '../row.js';
import { arrayOf } from './answers.js';
import { cacheSeconds, projectId, response, workspaceId } from './fields.js';

/** The parameters of `/engage`. Source: https://developer.mixpanel.com/reference/engage-query */
const ENGAGE_FIELDS = [
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

const EXCLUSIVE: readonly (readonly [EngageField, EngageField])[] = [
  ['distinct_id', 'distinct_ids'],
  ['behaviors', 'filter_by_cohort'],
];

export const queryProfiles = defineCommand({
  id: 'QUERY_PROFILES',
  label: 'Query Profiles',
  description:
    'User or group profiles that fit a filter. Mixpanel allows 60 queries an hour and 5 at a time; further pages of one session are free.',
  documentation: 'https://developer.mixpanel.com/reference/engage-query',
  effect: 'read',
  delivery: {
    kind: 'pages',
    wanted: ({ pages }) => (pages === 'all' ? 'all' : Number(pages)),
    continues: ({ formData }) => Number(formData?.page ?? 0) > 0,
    records: ({ results }) => results,
    describe: ({ results, session_id, page, page_size, total }) => ({
      sessionId: session_id ?? undefined,
      page: page ?? 0,
      pageSize: page_size,
      total: total ?? undefined,
      length: results.length,
    }),
    page: (input, sessionId, page) => ({
      ...input,
      formData: { ...input.formData, session_id: sessionId, page },
    }),
  },
  freshSeconds: () => 300,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    formData: field(z.record(z.string(), z.unknown()).optional(), {
      label: 'Form Data (JSON object)',
      help: `Filters and paging as a JSON object: ${ENGAGE_FIELDS.join(', ')}. Left empty, all profiles with their default properties.`,
      kind: 'object',
      required: false,
      placeholder:
        '{"where": "properties[\\"$email\\"] == \\"user@example.com\\"", "output_properties": ["$name", "$email"]}',
    }),
    pages: field(
      z
        .string()
        .toLowerCase()
        .regex(/^(?:all|[1-9]\d*)$/, 'must be a number of pages, such as 1, or all.')
        .default('1'),
      {
        label: 'Pages',
        help: 'How many pages of 1,000 profiles to fetch: a number, or all. Only the first page costs a query.',
        kind: 'text',
        required: false,
        default: '1',
        placeholder: '1',
      },
    ),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  check: ({ formData = {} }) => checkEngage(formData),
  request: (input) => ({
    family: 'query',
    method: 'POST',
    path: '/api/query/engage',
    projectId: input.projectId,
    query: { project_id: input.projectId, workspace_id: input.workspaceId },
    form: engageForm(input.formData ?? {}),
  }),
  answer: z.object({
    results: arrayOf<{ $distinct_id: unknown; $properties?: Row }>(),
    page: z.number().optional(),
    page_size: z.number().optional(),
    session_id: z.string().nullish(),
    total: z.number().nullish(),
  }),
  rows: ({ results }) =>
    results.map(({ $distinct_id, $properties }) => makeRow({ distinct_id: $distinct_id }, $properties)),
  headers: ({ session_id, page, page_size, total }) => ({
    'x-session-id': session_id ?? undefined,
    'x-page': page,
    'x-page-size': page_size,
    'x-total': total ?? undefined,
  }),
});

function* checkEngage(form: Record<string, unknown>): Iterable<Problem> {
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

function engageForm(form: Record<string, unknown>): Record<string, QueryValue> {
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
