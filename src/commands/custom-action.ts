import { z } from 'zod';
import type { FieldProblem } from '../command/definition.js';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { findShapeProblem } from '../command/values.js';
import { isObject } from '../json/object.js';
import { describeJsonError } from '../json/syntax-error.js';
import { methodInFront, resolveEndpoint } from '../mixpanel/endpoint.js';
import { toCanonicalProjectId } from '../mixpanel/project-id.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import { checkRequestHeaders, findHeader } from '../mixpanel/request-headers.js';
import { isRows, makeRow, type Row } from '../result/rows.js';
import { ACTION_COST } from './fields/costs.js';
import { replaceRequestDates } from './fields/request-dates.js';
import { cacheSeconds, choice, response } from './fields/shared-fields.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const headerValue = z
  .union([z.string(), z.number(), z.boolean()], { error: 'must be text.' })
  .transform(String);

export const customAction = defineCommand({
  id: 'CUSTOM_ACTION',
  label: 'Custom Action',
  description: 'Any other request to the Mixpanel API, with the credentials of the datasource.',
  documentation: 'https://developer.mixpanel.com/reference/overview',
  columns: [],
  moreColumns:
    'the body: rows if it is an array of objects or has one in results, a row with value for null, else as it came; for /import a row for each record that was refused: index, field, reason',
  cost: ACTION_COST,
  effect: (input) => (methodOf(input) === 'GET' ? 'read' : 'write'),
  freshSeconds: () => 0,
  fields: {
    method: choice(METHODS, {
      label: 'Method',
      help: 'The HTTP method of the endpoint.',
      default: 'GET',
      choices: METHODS.map((value) => ({ label: value, value })),
    }),
    endpoint: field(z.string(), {
      label: 'Endpoint (with query parameters)',
      help: "A URL on a Mixpanel host of the datasource's region, or a path such as /api/query/funnels/list. project_id is added if it is missing. from_date and to_date may be relative, such as -30d and today. A method in front of it, as in DELETE https://…, is the one that is sent.",
      kind: 'text',
      required: true,
      placeholder:
        'https://mixpanel.com/api/query/funnels?funnel_id=67890&from_date=2025-10-01&to_date=2025-11-03',
    }),
    headers: field(z.record(z.string(), headerValue).optional(), {
      label: 'Headers (JSON object)',
      help: 'More request headers. The authorization is always that of the datasource.',
      kind: 'object',
      required: false,
      placeholder: '{"Content-Type": "application/json"}',
      confidential: true,
    }),
    body: field(z.unknown().optional(), {
      label: 'Body',
      help: 'Sent as it stands with POST, PUT, PATCH and DELETE: as JSON, unless the headers have another Content-Type.',
      kind: 'any',
      required: false,
      placeholder: '{"where": "properties[\\"plan\\"] == \\"Premium\\""}',
    }),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [
    {
      label: 'A saved funnel',
      values: {
        method: 'GET',
        endpoint:
          'https://mixpanel.com/api/query/funnels?project_id=1234567&funnel_id=67890&from_date=2025-10-01&to_date=2025-11-03',
      },
    },
  ],
  embeddedDates: {
    projectId({ endpoint, body }, { region }) {
      const target = resolveEndpoint(endpoint, region);
      if ('problem' in target) return undefined;
      const id = target.query.project_id ?? projectIdInPath(target.path) ?? projectIdInBody(body);
      return id === undefined ? undefined : toCanonicalProjectId(id);
    },
    replace: replaceRequestDates,
  },
  *check({ endpoint, headers = {}, method, body }, { region }): Iterable<FieldProblem> {
    const target = resolveEndpoint(endpoint, region);
    if ('problem' in target) {
      // The text before an @ may be a password.
      const received = endpoint.includes('@') ? undefined : endpoint;
      yield { field: 'endpoint', message: target.problem, received };
    }
    for (const message of checkRequestHeaders(headers)) yield { field: 'headers', message };
    const inFront = methodInFront(endpoint);
    if (inFront !== undefined && method !== 'GET' && inFront !== method) {
      yield {
        field: 'method',
        message: `is ${method}, but the endpoint begins with ${inFront}. Use the same method in both.`,
        received: method,
      };
    }
    if (methodOf({ endpoint, method }) === 'GET' && body !== undefined) {
      yield {
        field: 'body',
        message: 'cannot be sent with GET. Put the parameters in the endpoint, or choose another method.',
      };
    } else if (typeof body === 'string' && isJsonBody(body, headers)) {
      const { problem } = parseJsonBody(body);
      if (problem !== undefined) {
        yield {
          field: 'body',
          message: `is not valid JSON: ${problem} If it is not meant to be JSON, set its type in Headers, such as {"Content-Type": "application/x-ndjson"}.`,
        };
      }
    }
  },
  *doubts({ endpoint, method }) {
    const sent = methodOf({ endpoint, method });
    if (sent !== method) yield `${sent} was sent, the method in front of the endpoint, and not ${method}.`;
  },
  request: ({ endpoint, method, headers, body }, context): MixpanelRequest => {
    const target = resolveEndpoint(endpoint, context.region);
    if ('problem' in target) throw new TypeError(target.problem);
    const { family, path, query } = target;
    const given = query.project_id ?? projectIdInBody(body) ?? context.projectId;
    const project = given === undefined ? undefined : toCanonicalProjectId(given);
    const needsProjectId = family === 'query' || family === 'export';
    return {
      family,
      method: methodOf({ endpoint, method }),
      path,
      projectId: project,
      query: needsProjectId && project ? { ...query, project_id: project } : query,
      ...encodeBody(body, headers),
      ...(path === '/import' ? { errorsRead: 'failed-records' as const } : {}),
    };
  },
  answer: z.unknown(),
  *messages(body) {
    const failed = failedRecordsOf(body);
    if (failed) {
      const imported =
        (body as { num_records_imported?: unknown }).num_records_imported ?? 'An unknown number of';
      yield `${imported} records were imported, ${failed.length} were not: a row for each says why.`;
      return;
    }
    const beside = isObject(body) && isRows(body.results) ? Object.entries(body) : [];
    const extras = beside.filter(([name, value]) => !NOT_SHOWN.has(name) && typeof value !== 'object');
    if (extras.length > 0) {
      yield `Besides the rows, the answer contains ${extras.map(([name, value]) => `${name}: ${String(value)}`).join(', ')}.`;
    }
  },
  rows: (body) => {
    const failed = failedRecordsOf(body);
    if (failed) return failed.map(toFailedRow);
    // Hosts show nothing for null, as if the query had not run.
    if (body === null) return [{ value: null }];
    return isObject(body) && isRows(body.results) ? body.results : body;
  },
});

/** Members that only say that the request succeeded. */
const NOT_SHOWN = new Set(['results', 'status', 'code', 'error', 'computed_at']);

function methodOf({ endpoint, method }: { endpoint: string; method: MixpanelRequest['method'] }) {
  return methodInFront(endpoint) ?? method;
}

/** Returns the records that `/import` rejected. Source: https://developer.mixpanel.com/reference/import-events */
function failedRecordsOf(body: unknown): unknown[] | undefined {
  return isObject(body) && Array.isArray(body.failed_records) ? body.failed_records : undefined;
}

/** Returns a row for a rejected record. Identity events are rejected with a sentence only, others also with a field. */
function toFailedRow(failed: unknown): Row {
  if (!isObject(failed)) return { index: null, field: null, reason: String(failed) };
  const { index, field: name, message, ...rest } = failed;
  return makeRow({ index: index ?? null, field: name ?? null, reason: message ?? null }, rest);
}

/** Returns the body to send. Text is sent byte for byte, which keeps the digits of large integers. */
function encodeBody(
  body: unknown,
  headers: Record<string, string> = {},
): Pick<MixpanelRequest, 'json' | 'text' | 'headers'> {
  if (body === undefined) return { headers };
  if (typeof body !== 'string') return { headers, json: body };
  return isJsonBody(body, headers)
    ? { headers: { 'Content-Type': 'application/json', ...headers }, text: body }
    : { headers, text: body };
}

function projectIdInPath(path: string): string | undefined {
  return /\/projects\/(\d+)(?:\/|$)/.exec(path)?.[1];
}

function projectIdInBody(body: unknown): string | undefined {
  const { value } = typeof body === 'string' ? parseJsonBody(body) : { value: body };
  const id =
    typeof value === 'object' && value !== null ? (value as { project_id?: unknown }).project_id : undefined;
  return id === undefined || id === null ? undefined : String(id);
}

function isJsonBody(text: string, headers: Record<string, string>): boolean {
  const type = findHeader(headers, 'content-type');
  return type === undefined ? /^\s*[[{]/.test(text) : /^application\/json\b/i.test(type);
}

function parseJsonBody(text: string): { value?: unknown; problem?: string } {
  const tooMuch = findShapeProblem(text);
  if (tooMuch) return { problem: `it ${tooMuch}` };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: describeJsonError(text) };
  }
}
