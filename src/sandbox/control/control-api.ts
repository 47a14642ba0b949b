import * as z from 'zod';
import type { Quotas } from '../access/quotas.js';
import type { SandboxProject } from '../data/dataset/project.js';
import { jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';
import type { SandboxClock } from '../time/clock.js';
import { type Faults, faultSchema } from './faults.js';
import type { RequestLog } from './request-log.js';

/** The path prefix of the control API, which no path of Mixpanel's begins with. */
export const CONTROL_PREFIX = '/_sandbox/';

/** The parts of the sandbox that the control API reads and changes. */
export interface ControlContext {
  projects: readonly SandboxProject[];
  clock: SandboxClock;
  faults: Faults;
  log: RequestLog;
  quotas: Quotas;
}

type ControlRequest = Pick<SandboxRequest, 'method' | 'path' | 'params' | 'body' | 'headers'>;

/**
 * Answers a call of the control API in JSON:
 *
 * - `GET /_sandbox/health`
 * - `GET | POST | DELETE /_sandbox/faults`: a fault or a list of them; `DELETE` takes `?id=`
 * - `GET /_sandbox/faults/schema`: every kind of fault, as a JSON schema
 * - `GET | DELETE /_sandbox/requests`
 * - `GET | POST /_sandbox/quota`: `{project?, family?, used?, limit?, concurrent?, reset?}`
 * - `GET | POST /_sandbox/clock`: `{advanceMs}`
 *
 * @example
 * curl localhost:8100/_sandbox/faults -d '{"path": "/api/query/events", "kind": "status", "status": 503, "times": 2}'
 */
export function handleControlRequest(request: ControlRequest, context: ControlContext): Reply {
  // Any page open in a browser can send a request here, so other origins are refused.
  if (isCrossOrigin(request.headers))
    return jsonReply(403, { error: 'The control API refuses calls from other origins.' });
  const handle = HANDLERS[`${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`];
  if (!handle)
    return jsonReply(404, {
      error: `There is no ${request.method} ${request.path}.`,
      try: Object.keys(HANDLERS),
    });
  try {
    return handle(request, context);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return jsonReply(400, { error: z.prettifyError(error) });
  }
}

const QUOTA_CHANGE_SCHEMA = z.strictObject({
  /** Defaults to every project. */
  project: z.coerce.string().optional(),
  family: z.enum(['query', 'export']).default('query'),
  used: z.number().int().nonnegative().max(100_000).optional(),
  limit: z.number().int().nonnegative().optional(),
  concurrent: z.number().int().nonnegative().optional(),
  reset: z.boolean().optional(),
});

const CLOCK_CHANGE_SCHEMA = z.strictObject({ advanceMs: z.number().nonnegative() });

const HANDLERS: Record<string, (request: ControlRequest, context: ControlContext) => Reply> = {
  'GET health': (_, { clock, projects }) =>
    jsonReply(200, { status: 'ok', now: clock.now(), projects: projects.map(({ id }) => id) }),

  'GET faults': (_, { faults }) => jsonReply(200, { faults: faults.list() }),
  'POST faults': ({ body }, { faults }) => jsonReply(201, { faults: faults.add(body) }),
  'GET faults/schema': () => jsonReply(200, faultSchema()),
  'DELETE faults': ({ params }, { faults }) => {
    faults.clear(params.id === undefined ? undefined : Number(params.id));
    return jsonReply(200, { faults: faults.list() });
  },

  'GET requests': (_, { log }) => jsonReply(200, { requests: log.list() }),
  'DELETE requests': (_, { log }) => {
    log.clear();
    return jsonReply(200, { requests: [] });
  },

  'GET quota': (_, context) => quotaReply(context),
  'POST quota': ({ body }, context) => {
    const { project, family, ...change } = QUOTA_CHANGE_SCHEMA.parse(body);
    for (const { id } of context.projects) {
      if (project === undefined || project === id) context.quotas.change(id, family, change);
    }
    return quotaReply(context);
  },

  'GET clock': (_, { clock }) => jsonReply(200, { now: clock.now() }),
  'POST clock': ({ body }, { clock }) => {
    clock.advance(CLOCK_CHANGE_SCHEMA.parse(body).advanceMs);
    return jsonReply(200, { now: clock.now() });
  },
};

function quotaReply({ projects, quotas }: ControlContext): Reply {
  return jsonReply(200, {
    projects: Object.fromEntries(projects.map(({ id }) => [id, quotas.status(id)])),
  });
}

function isCrossOrigin({ origin, host }: Record<string, string>): boolean {
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}
