import { z } from 'zod';
import type { Problem } from '../command.js';
import { defineCommand, field } from '../command.js';
import { endpointOf } from '../mixpanel/endpoint.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import { cacheSeconds, choice, response } from './fields.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** Set by the client, or able to point the credentials elsewhere. */
const OWN_HEADERS = new Set([
  'authorization',
  'host',
  'cookie',
  'content-length',
  'transfer-encoding',
  'connection',
  'proxy-authorization',
]);

export const customAction = defineCommand({
  id: 'CUSTOM_ACTION',
  label: 'Custom Action',
  description: 'Any other request to the Mixpanel API, with the credentials of the datasource.',
  documentation: 'https://developer.mixpanel.com/reference/overview',
  effect: ({ method }) => (method === 'GET' ? 'read' : 'write'),
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
      help: "A URL on a Mixpanel host of the datasource's region, or a path such as /api/query/funnels/list. project_id is added where it is missing.",
      kind: 'text',
      required: true,
      placeholder:
        'https://mixpanel.com/api/query/funnels?funnel_id=67890&from_date=2025-10-01&to_date=2025-11-03',
    }),
    headers: field(z.record(z.string(), z.coerce.string()).optional(), {
      label: 'Headers (JSON object)',
      help: 'More request headers. The authorization is always that of the datasource.',
      kind: 'object',
      required: false,
      placeholder: '{"Content-Type": "application/json"}',
    }),
    body: field(z.unknown().optional(), {
      label: 'Body',
      help: 'Sent with POST, PUT, PATCH and DELETE: JSON as JSON, any other text as it is.',
      kind: 'any',
      required: false,
      placeholder: '{"where": "properties[\\"plan\\"] == \\"Premium\\""}',
    }),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  *check({ endpoint, headers = {}, method, body }, { region }): Iterable<Problem> {
    const target = endpointOf(endpoint, region);
    if ('problem' in target) yield { field: 'endpoint', message: target.problem, received: endpoint };
    for (const name of Object.keys(headers)) {
      if (OWN_HEADERS.has(name.toLowerCase())) {
        yield { field: 'headers', message: `must not set ${name}: it is set for you.` };
      }
    }
    if (method === 'GET' && body !== undefined) {
      yield {
        field: 'body',
        message: 'is not sent with GET. Put parameters in the endpoint, or choose another method.',
      };
    }
  },
  request: ({ endpoint, method, headers, body }, context): MixpanelRequest => {
    const target = endpointOf(endpoint, context.region);
    if ('problem' in target) throw new TypeError(target.problem);
    const { family, path, query } = target;
    const project = query.project_id ?? projectOfBody(body) ?? context.projectId;
    const takesProject = family === 'query' || family === 'export';
    return {
      family,
      method,
      path,
      projectId: project,
      query: takesProject && project ? { ...query, project_id: project } : query,
      headers,
      ...payload(body),
    };
  },
  answer: z.unknown(),
  rows: (body) => body,
});

function payload(body: unknown): Pick<MixpanelRequest, 'json' | 'text'> {
  if (body === undefined) return {};
  return typeof body === 'string' ? { text: body } : { json: body };
}

function projectOfBody(body: unknown): string | undefined {
  const id =
    typeof body === 'object' && body !== null ? (body as { project_id?: unknown }).project_id : undefined;
  return id === undefined ? undefined : String(id);
}
