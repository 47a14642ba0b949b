import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import type { Logger } from 'pino';
import { z } from 'zod';
import { checkDatasource, type Datasource } from '../../command/datasource.js';
import { LOOKUPS } from '../../command/lookup.js';
import type { TransferSpec } from '../../command/transfer-spec.js';
import { PluginError } from '../../errors.js';
import { MEGABYTE } from '../../json/bytes.js';
import type { MixpanelPlugin } from '../../plugin.js';
import type { StartResponse } from '../wire.js';
import { initialQuery } from './initial-query.js';
import { loadLookupOptions } from './lookup-options.js';
import { runQuery } from './query-run.js';
import { streamQuery } from './query-stream.js';
import {
  type Connection,
  createConnectionId,
  createSessions,
  MAX_CONNECTIONS,
  type Session,
  toConnectionView,
} from './sessions.js';
import { createSnippets } from './snippets.js';

export interface WorkbenchApiOptions {
  /** Reaches Mixpanel itself. */
  plugin: MixpanelPlugin;
  sandbox?: Connection;
  logger?: Pick<Logger, 'error'>;
}

type Env = { Variables: { session: Session } };

const SESSION_COOKIE = 'mixpanel-workbench';
/** The largest form: a list of events to track. */
const MAX_BODY_BYTES = 10 * MEGABYTE;

const datasourceBody = z.object({
  username: z.string().default(''),
  password: z.string().default(''),
  region: z.string().optional(),
  projectId: z.string().optional(),
});
const datasourceChangeBody = z.object({ region: z.string().optional(), projectId: z.string().optional() });
const queryBody = z.object({
  connectionId: z.string(),
  command: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
const streamBody = queryBody.extend({ resumeToken: z.string().optional() });
const optionsBody = queryBody.extend({ lookup: z.enum(LOOKUPS) });
const quotaBody = z.object({ connectionId: z.string(), projectId: z.string().optional() });

/** What the page asks of the server. Every path but `start` and `manifest` needs the session that `start` opens. */
export function createApiRoutes({ plugin, sandbox, logger }: WorkbenchApiOptions): Hono<Env> {
  const sessions = createSessions(sandbox ? [sandbox] : []);
  const api = new Hono<Env>();
  const { manifest } = sandbox?.plugin ?? plugin;

  api.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) => sendProblem(context, 413, TOO_LARGE_MESSAGE),
    }),
  );
  api.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
  });
  api.onError((error, context) => {
    if (PluginError.is(error)) return sendProblem(context, 422, error.message);
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      return sendProblem(context, 400, 'The request is not what the workbench sends. Reload the page.');
    }
    // Only its kind and words: what an unforeseen error carries beside them may be a request with credentials.
    logger?.error({ kind: error.name, reason: error.message }, 'the workbench failed');
    return sendProblem(context, 500, 'The workbench failed; its log says why. Try again.');
  });

  api.get('/manifest', (context) => context.json(manifest));

  api.get('/start', async (context) => {
    const session = sessions.find(getCookie(context, SESSION_COOKIE)) ?? openSession(context);
    const opening = initialQuery(plugin.commands, sandbox?.datasource);
    const answer = sandbox ? await runQuery(sandbox, opening, context.req.raw.signal) : undefined;
    const start: StartResponse = {
      manifest,
      connections: [...session.connections.values()].map(toConnectionView),
      streamable: streamable(plugin),
      opening: { ...opening, answer },
    };
    return context.json(start);
  });

  function openSession(context: Context): Session {
    const { key, session } = sessions.open();
    setCookie(context, SESSION_COOKIE, key, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: new URL(context.req.url).protocol === 'https:',
    });
    return session;
  }

  api.use(async (context, next) => {
    const session = sessions.find(getCookie(context, SESSION_COOKIE));
    if (!session) return sendProblem(context, 401, 'This session has ended. Reload the page.');
    context.set('session', session);
    return next();
  });

  api.post('/datasources/test', async (context) => {
    const values = datasourceBody.parse(await context.req.json());
    return context.json(await plugin.test(values as Datasource, { signal: context.req.raw.signal }));
  });

  api.post('/datasources', async (context) => {
    const { connections } = context.get('session');
    if (connections.size > MAX_CONNECTIONS) {
      return sendProblem(context, 409, 'There are too many datasources in this session. Forget one first.');
    }
    const datasource = checkDatasource(datasourceBody.parse(await context.req.json()) as Datasource);
    const connection: Connection = { id: createConnectionId(), kind: 'account', plugin, datasource };
    connections.set(connection.id, connection);
    return context.json(toConnectionView(connection), 201);
  });

  api.post('/datasources/:id/test', async (context) => {
    const { plugin, datasource } = requireConnection(context.get('session'), context.req.param('id'));
    return context.json(await plugin.test(datasource, { signal: context.req.raw.signal }));
  });

  api.patch('/datasources/:id', async (context) => {
    const { connections } = context.get('session');
    const connection = requireConnection(context.get('session'), context.req.param('id'));
    const change = datasourceChangeBody.parse(await context.req.json());
    const datasource = checkDatasource({ ...connection.datasource, ...change } as Datasource);
    const changed = { ...connection, datasource };
    connections.set(changed.id, changed);
    return context.json(toConnectionView(changed));
  });

  api.delete('/datasources/:id', (context) => {
    const connection = requireConnection(context.get('session'), context.req.param('id'));
    context.get('session').connections.delete(connection.id);
    return context.body(null, 204);
  });

  api.post('/run', async (context) => {
    const { connectionId, ...call } = queryBody.parse(await context.req.json());
    const connection = requireConnection(context.get('session'), connectionId);
    return context.json(await runQuery(connection, call, context.req.raw.signal));
  });

  api.post('/stream', async (context) => {
    const { connectionId, ...call } = streamBody.parse(await context.req.json());
    const connection = requireConnection(context.get('session'), connectionId);
    return context.body(streamQuery(connection, call, context.req.raw.signal), 200, {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      // Progress must not wait in a proxy's buffer.
      'X-Accel-Buffering': 'no',
    });
  });

  api.post('/options', async (context) => {
    const { connectionId, ...call } = optionsBody.parse(await context.req.json());
    const connection = requireConnection(context.get('session'), connectionId);
    return context.json(await loadLookupOptions(connection, { ...call, signal: context.req.raw.signal }));
  });

  api.post('/quota', async (context) => {
    const { connectionId, projectId } = quotaBody.parse(await context.req.json());
    const { plugin, datasource } = requireConnection(context.get('session'), connectionId);
    const { region } = datasource;
    return context.json(await plugin.quota({ region, projectId: projectId || datasource.projectId }));
  });

  api.post('/snippets', async (context) => {
    const call = queryBody.parse(await context.req.json());
    return context.json(createSnippets(requireConnection(context.get('session'), call.connectionId), call));
  });

  return api;
}

const TOO_LARGE_MESSAGE = `The request is larger than ${MAX_BODY_BYTES / MEGABYTE} MB. Send fewer events at once.`;

function requireConnection(session: Session, id: string): Connection {
  const connection = session.connections.get(id);
  if (!connection) {
    throw new PluginError(
      'INVALID_DATASOURCE',
      'This datasource is no longer connected. Choose another, or add it again.',
    );
  }
  return connection;
}

const STREAMED_KINDS: ReadonlySet<TransferSpec['kind']> = new Set(['export', 'pages', 'list']);

/** Commands whose answer is cut or grows without a bound when read whole. */
function streamable(plugin: MixpanelPlugin): string[] {
  return plugin.commands
    .filter(({ transfer }) => transfer !== undefined && STREAMED_KINDS.has(transfer.kind))
    .map(({ id }) => id);
}

function sendProblem(context: Context, status: 400 | 401 | 409 | 413 | 422 | 500, error: string): Response {
  return context.json({ error }, status);
}
