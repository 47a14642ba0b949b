import * as z from 'zod';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { isObject } from '../json/object.js';
import { makeRow, type Row } from '../result/rows.js';
import { PROFILES_COST } from './fields/costs.js';
import {
  checkEngageForm,
  doubtsAboutEngageForm,
  ENGAGE_PARAMETERS,
  encodeEngageForm,
} from './fields/engage-form.js';
import { cacheSeconds, projectId, response, workspaceId } from './fields/shared-fields.js';
import { arrayOf } from './rows/response-schemas.js';

export const queryProfiles = defineCommand({
  id: 'QUERY_PROFILES',
  label: 'Query Profiles',
  description:
    'User or group profiles that fit a filter. Mixpanel allows 60 queries an hour and 5 at a time; further pages of one session are free.',
  documentation: 'https://developer.mixpanel.com/reference/engage-query',
  columns: ['distinct_id'],
  moreColumns: 'each property under its own name',
  cost: PROFILES_COST,
  effect: 'read',
  transfer: {
    kind: 'pages',
    maxPages: ({ pages }) => (pages === 'all' ? 'all' : Number(pages)),
    isContinuation: ({ formData }) => Number(formData?.page ?? 0) > 0,
    // A raw response is returned whatever its shape.
    records: (body) => (isObject(body) ? (body.results ?? []) : []),
    pageInfo: (body) => {
      const { results = [], session_id, page, page_size, total } = isObject(body) ? body : {};
      return {
        sessionId: session_id ?? undefined,
        page: page ?? 0,
        pageSize: page_size,
        total: total ?? undefined,
        length: results.length,
      };
    },
    withPage: (input, sessionId, page) => ({
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
      help: `Filters and paging as a JSON object: ${ENGAGE_PARAMETERS.join(', ')}. Left empty, all profiles with their default properties.`,
      kind: 'object',
      required: false,
      completes: { properties: 'profileProperties', values: 'profilePropertyValues' },
      inserts: [
        { label: 'Filter by cohort', lookup: 'cohorts', path: ['filter_by_cohort', 'id'], as: 'value' },
        { label: 'Output properties', lookup: 'profileProperties', path: ['output_properties'], as: 'list' },
        { label: 'Sort by', lookup: 'profileProperties', path: ['sort_key'], as: 'property' },
      ],
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
  examples: [
    {
      label: 'One user',
      values: {
        formData: '{"distinct_id": "user123", "output_properties": ["$last_name", "$email", "Total Spent"]}',
      },
    },
    {
      label: 'By email',
      values: {
        formData:
          '{"where": "properties[\\"$email\\"] == \\"user@example.com\\"", "page": 0, "output_properties": ["$name", "$email", "SubscriptionTier"]}',
      },
    },
    {
      label: 'Next page',
      values: { formData: '{"session_id": "abc123", "page": 1, "output_properties": ["$name", "$email"]}' },
    },
  ],
  check: ({ formData = {} }) => checkEngageForm(formData),
  request: (input) => ({
    family: 'query',
    method: 'POST',
    path: '/api/query/engage',
    projectId: input.projectId,
    query: { project_id: input.projectId, workspace_id: input.workspaceId },
    form: encodeEngageForm(input.formData ?? {}),
  }),
  doubts: ({ formData = {} }) => doubtsAboutEngageForm(formData),
  answer: z.object({
    results: arrayOf<{ $distinct_id: unknown; $properties?: Row | null }>(),
    page: z.number().optional(),
    page_size: z.number().optional(),
    session_id: z.string().nullish(),
    total: z.number().nullish(),
  }),
  rows: ({ results }) =>
    results.map(({ $distinct_id, $properties }) => makeRow({ distinct_id: $distinct_id }, $properties ?? {})),
  meta: ({ session_id, page, page_size, total }) => ({
    sessionId: session_id ?? undefined,
    page,
    pageSize: page_size,
    total: total ?? undefined,
  }),
});
