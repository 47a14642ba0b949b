import * as z from 'zod';
import type { FieldProblem } from '../command/definition.js';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { findShapeProblem } from '../command/values.js';
import { isObject } from '../json/object.js';
import { describeJsonError } from '../json/syntax-error.js';
import {
  fillProjectPlaceholder,
  hasProjectPlaceholder,
  methodInFront,
  readEndpoint,
  resolveEndpoint,
} from '../mixpanel/endpoint.js';
import { toCanonicalProjectId } from '../mixpanel/project-id.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import { checkRequestHeaders, findHeader } from '../mixpanel/request-headers.js';
import { isRows } from '../result/rows.js';
import { ACTION_COST } from './fields/costs.js';
import { replaceRequestDates } from './fields/request-dates.js';
import { cacheSeconds, choice, response } from './fields/shared-fields.js';
import { type AskedRequest, namedRequests, type ReadAnswer, readAnswer } from './requests/index.js';

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
    'those of the request, for funnels, retention, segmentation, saved reports, profile updates, annotations, Lexicon schemas and lists; else the body: rows if it is an array of objects or has one in results, a row with value for null, or as it came',
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
      help: "A URL on a Mixpanel host of the datasource's region, or a path such as /api/query/funnels/list. project_id is added if it is missing, and {projectId} stands for the default project. from_date and to_date may be relative, such as -30d and today. A method in front of it, as in DELETE https://…, is the one that is sent.",
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
  examples: namedRequests,
  embeddedDates: {
    projectId({ endpoint, body }, { region, projectId }) {
      const target = resolveEndpoint(withProject(endpoint, projectId), region);
      if ('problem' in target) return undefined;
      const id = target.query.project_id ?? projectIdInPath(target.path) ?? projectIdInBody(body);
      return id === undefined ? undefined : toCanonicalProjectId(id);
    },
    replace: replaceRequestDates,
  },
  *check({ endpoint, headers = {}, method, body }, { region, projectId }): Iterable<FieldProblem> {
    if (hasProjectPlaceholder(endpoint) && projectId === undefined) {
      yield {
        field: 'endpoint',
        message:
          'has {projectId} in it, but the datasource has no default project. Set one, or write the number.',
        received: endpoint,
      };
    }
    const target = resolveEndpoint(withProject(endpoint, projectId), region);
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
    const target = resolveEndpoint(withProject(endpoint, context.projectId), context.region);
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
      ...(family === 'ingestion' ? { errorsRead: 'failed-records' as const } : {}),
    };
  },
  answer: z.unknown(),
  meta: (body, input) => {
    const read = readOnce(body, input);
    const { computed_at: computedAt } = isObject(body) ? body : {};
    return {
      ...(read && 'rows' in read ? read.meta : {}),
      ...(typeof computedAt === 'string' ? { computedAt } : {}),
    };
  },
  *messages(body, input, { now }) {
    const read = readOnce(body, input);
    if (read && 'rows' in read) yield* read.messages?.(now) ?? [];
    if (input.response === 'raw') return;
    if (read && 'unknownShape' in read && typeof body !== 'string') {
      yield `The answer does not have the shape this endpoint is known for (${read.unknownShape}), so it is shown as it came.`;
    }
    const leftOver = read && 'rows' in read ? (read.leftOver ?? {}) : besideResults(body, input);
    const extras = Object.entries(leftOver).filter(([name]) => !NOT_SHOWN.has(name));
    if (extras.length > 0) {
      yield `Besides the rows, the answer contains ${extras.map(([name, value]) => `${name}: ${shown(value)}`).join(', ')}.`;
    }
  },
  rows: (body, input) => {
    const read = readOnce(body, input);
    return read && 'rows' in read ? read.rows : generalRows(body, input);
  },
});

/** Members that only say that the request succeeded. */
const NOT_SHOWN = new Set(['results', 'status', 'code', 'error', 'computed_at']);

interface ActionInput {
  method: MixpanelRequest['method'];
  endpoint: string;
  headers?: Record<string, string> | undefined;
  body?: unknown;
}

/** Rows, messages and metadata are asked for one after the other, and are all made of one reading. */
const readings = new WeakMap<object, { input: ActionInput; read: ReadAnswer | undefined }>();

function readOnce(body: unknown, input: ActionInput): ReadAnswer | undefined {
  const known = isKey(body) ? readings.get(body) : undefined;
  if (known?.input === input) return known.read;
  const asked = askedBy(input);
  const read = asked && readAnswer(body, asked);
  if (isKey(body)) readings.set(body, { input, read });
  return read;
}

function isKey(body: unknown): body is object {
  return typeof body === 'object' && body !== null;
}

/** Returns what an input asks, however its endpoint and its body are written. */
function askedBy({ method, endpoint, headers = {}, body }: ActionInput): AskedRequest | undefined {
  const target = readEndpoint(endpoint);
  if (!target) return undefined;
  const isForm = /x-www-form-urlencoded/i.test(findHeader(headers, 'content-type') ?? '');
  const sent =
    typeof body !== 'string'
      ? body
      : isForm
        ? Object.fromEntries(new URLSearchParams(body))
        : parseJsonBody(body).value;
  return {
    method: methodOf({ endpoint, method }),
    path: target.path,
    parameters: isObject(sent) ? { ...target.query, ...sent } : target.query,
    body: isForm ? undefined : sent,
  };
}

/** Returns the rows of an answer whose endpoint has none of its own, or the body if it holds no rows. */
function generalRows(body: unknown, { endpoint }: ActionInput): unknown {
  // Hosts show nothing for null, as if the query had not run.
  if (body === null) return [{ value: null }];
  if (!isObject(body)) return body;
  const { results } = body;
  if (isRows(results)) return results;
  const isAppList = readEndpoint(endpoint)?.path.startsWith('/api/app/') && Array.isArray(results);
  return isAppList && !results.some(isKey) ? results.map((value) => ({ value })) : body;
}

/** Returns what stands beside the rows of `results`. */
function besideResults(body: unknown, input: ActionInput): Record<string, unknown> {
  return isObject(body) && generalRows(body, input) !== body ? body : {};
}

const MAX_SHOWN_CHARACTERS = 200;

function shown(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

function withProject(endpoint: string, projectId: string | undefined): string {
  return projectId === undefined ? endpoint : fillProjectPlaceholder(endpoint, projectId);
}

function methodOf({ endpoint, method }: { endpoint: string; method: MixpanelRequest['method'] }) {
  return methodInFront(endpoint) ?? method;
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
