import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import * as z from 'zod';
import { checkDatasource, type Datasource } from '../../command/datasource.js';
import { LOOKUPS } from '../../command/lookup.js';
import type { TransferSpec } from '../../command/transfer-spec.js';
import { PluginError } from '../../errors.js';
import { MEGABYTE } from '../../json/bytes.js';
import type { MixpanelPlugin } from '../../plugin.js';
import type { StartResponse } from '../wire.js';
import { initialQuery } from './initial-query.js';
import { jsonBody, MALFORMED_MESSAGE, sendProblem } from './json-body.js';
import { findTimeZone } from './projects.js';
import { runQuery } from './query-run.js';
import { streamQuery } from './query-stream.js';
import {
  type Connection,
  createConnectionId,
  createSessions,
  MAX_CONNECTIONS,
  requireConnection,
  type Session,
  toConnectionView,
} from './sessions.js';
import { createSnippets } from './snippets.js';
import { createUploadRoutes } from './uploads/upload-routes.js';

export interface WorkbenchApiOptions {
  /** Queries Mixpanel itself. */
  plugin: MixpanelPlugin;
  sandbox?: Connection;
  logger?: Pick<Logger, 'error'>;
}

type Env = { Variables: { session: Session } };

const SESSION_COOKIE = 'mixpanel-workbench';
/** Leaves room for the largest form, a list of events to track. */
const MAX_BODY_BYTES = 10 * MEGABYTE;

/** Longer than any id the page makes. */
const MAX_STREAM_ID_CHARACTERS = 64;

const MAX_NAME_CHARACTERS = 60;
const connectionName = z
  .string()
  .transform((name) => name.trim().slice(0, MAX_NAME_CHARACTERS))
  .optional();
const datasourceBody = z.object({
  name: connectionName,
  username: z.string().default(''),
  password: z.string().default(''),
  region: z.string().optional(),
  projectId: z.string().optional(),
});
/** An empty password keeps the one that the server has. */
const datasourceChangeBody = z.object({
  name: connectionName,
  username: z.string().optional(),
  password: z.string().optional(),
  region: z.string().optional(),
  projectId: z.string().optional(),
});
const queryBody = z.object({
  connectionId: z.string(),
  command: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
const streamBody = queryBody.extend({
  resumeToken: z.string().optional(),
  streamId: z.string().min(1).max(MAX_STREAM_ID_CHARACTERS).optional(),
});
const optionsBody = queryBody.extend({ lookup: z.enum(LOOKUPS), search: z.string().optional() });
const quotaBody = z.object({ connectionId: z.string(), projectId: z.string().optional() });

/** Type of the API, for the page's typed client (`hc`). */
export type WorkbenchApi = ReturnType<typeof createApiRoutes>;

/** Creates the routes the page calls. Every path except `start` and `manifest` needs the session that `start` opens. */
export function createApiRoutes({ plugin, sandbox, logger }: WorkbenchApiOptions) {
  const sessions = createSessions(sandbox ? [sandbox] : []);
  const { manifest } = sandbox?.plugin ?? plugin;

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

  return new Hono<Env>()
    .onError((error, context) => {
      if (PluginError.is(error)) return sendProblem(context, 422, error.message, error.issues);
      if (error instanceof HTTPException && error.status === 400) {
        return sendProblem(context, 400, MALFORMED_MESSAGE);
      }
      // Logs only name and message: other properties of an unexpected error may include a request with credentials.
      logger?.error({ kind: error.name, reason: error.message }, 'the workbench failed');
      return sendProblem(
        context,
        500,
        'Internal error in the workbench. Try again. If it fails again, see the log of the server.',
      );
    })
    .use(
      bodyLimit({
        maxSize: MAX_BODY_BYTES,
        onError: (context) => sendProblem(context, 413, TOO_LARGE_MESSAGE),
      }),
    )
    .use(async (context, next) => {
      await next();
      context.header('Cache-Control', 'no-store');
    })
    .get('/manifest', (context) => context.json(manifest))
    .get('/start', async (context) => {
      const session = sessions.find(getCookie(context, SESSION_COOKIE)) ?? openSession(context);
      const opening = initialQuery(plugin.commands, sandbox?.datasource);
      const answer = sandbox ? await runQuery(sandbox, opening, context.req.raw.signal) : undefined;
      const start: StartResponse = {
        manifest,
        connections: [...session.connections.values()].map(toConnectionView),
        streamable: commandsOfKinds(plugin, STREAMED_KINDS),
        uploadable: commandsOfKinds(plugin, UPLOADED_KINDS),
        opening: { ...opening, answer },
      };
      return context.json(start);
    })
    .use(async (context, next) => {
      const session = sessions.find(getCookie(context, SESSION_COOKIE));
      if (!session) return sendProblem(context, 401, 'This session has ended. Reload the page.');
      context.set('session', session);
      return next();
    })
    .post('/datasources/test', jsonBody(datasourceBody), async (context) => {
      const { name: _, ...values } = context.req.valid('json');
      const datasource = checkDatasource(values as Datasource);
      return context.json(await plugin.test(datasource, { signal: context.req.raw.signal }));
    })
    .post('/datasources', jsonBody(datasourceBody), async (context) => {
      const { connections } = context.get('session');
      if (connections.size > MAX_CONNECTIONS) {
        return sendProblem(
          context,
          409,
          'This session has too many datasources. Forget one, then add the new one.',
        );
      }
      const { name, ...values } = context.req.valid('json');
      const datasource = checkDatasource(values as Datasource);
      const connection: Connection = { id: createConnectionId(), kind: 'account', plugin, datasource, name };
      connections.set(connection.id, connection);
      return context.json(toConnectionView(connection), 201);
    })
    .post('/datasources/:id/test', jsonBody(datasourceChangeBody), async (context) => {
      const connection = requireConnection(context.get('session'), context.req.param('id'));
      const { datasource } = withChanges(connection, context.req.valid('json'));
      return context.json(await connection.plugin.test(datasource, { signal: context.req.raw.signal }));
    })
    .patch('/datasources/:id', jsonBody(datasourceChangeBody), (context) => {
      const { connections } = context.get('session');
      const connection = requireConnection(context.get('session'), context.req.param('id'));
      const changed = withChanges(connection, context.req.valid('json'));
      connections.set(changed.id, changed);
      return context.json(toConnectionView(changed));
    })
    .delete('/datasources/:id', (context) => {
      const connection = requireConnection(context.get('session'), context.req.param('id'));
      context.get('session').connections.delete(connection.id);
      return context.body(null, 204);
    })
    .post('/run', jsonBody(queryBody), async (context) => {
      const { connectionId, ...query } = context.req.valid('json');
      const connection = requireConnection(context.get('session'), connectionId);
      return context.json(await runQuery(connection, query, context.req.raw.signal));
    })
    .post('/stream', jsonBody(streamBody), (context) => {
      const { connectionId, streamId, ...query } = context.req.valid('json');
      const { streams } = context.get('session');
      const connection = requireConnection(context.get('session'), connectionId);
      const stop = new AbortController();
      if (streamId !== undefined) streams.set(streamId, stop);
      const signal = AbortSignal.any([context.req.raw.signal, stop.signal]);
      return context.body(streamQuery(connection, query, signal), 200, {
        'Content-Type': 'application/x-ndjson; charset=utf-8',
        // Keeps proxies from buffering the progress lines.
        'X-Accel-Buffering': 'no',
      });
    })
    .post('/streams/:id/stop', (context) => {
      const { streams } = context.get('session');
      streams.get(context.req.param('id'))?.abort();
      streams.delete(context.req.param('id'));
      return context.body(null, 204);
    })
    .post('/options', jsonBody(optionsBody), async (context) => {
      const { connectionId, ...request } = context.req.valid('json');
      const { plugin, datasource } = requireConnection(context.get('session'), connectionId);
      const { signal } = context.req.raw;
      return context.json(await plugin.options({ ...request, datasource, signal }));
    })
    .post('/quota', jsonBody(quotaBody), async (context) => {
      const { connectionId, projectId } = context.req.valid('json');
      const { plugin, datasource } = requireConnection(context.get('session'), connectionId);
      const { region } = datasource;
      return context.json(await plugin.quota({ region, projectId: projectId || datasource.projectId }));
    })
    .post('/time-zone', jsonBody(quotaBody), async (context) => {
      const { connectionId, projectId } = context.req.valid('json');
      const connection = requireConnection(context.get('session'), connectionId);
      return context.json(await findTimeZone(connection, projectId));
    })
    .post('/snippets', jsonBody(queryBody), async (context) => {
      const request = context.req.valid('json');
      const connection = requireConnection(context.get('session'), request.connectionId);
      return context.json(await createSnippets(connection, request));
    })
    .route('/uploads', createUploadRoutes());
}

/** Throws `PluginError` if the changed datasource cannot be right. */
function withChanges(
  connection: Connection,
  { name = connection.name, password, ...values }: z.output<typeof datasourceChangeBody>,
): Connection {
  const given = Object.entries({ ...values, password: password || undefined });
  const changes = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const datasource = checkDatasource({ ...connection.datasource, ...changes } as Datasource);
  return { ...connection, name, datasource };
}

const TOO_LARGE_MESSAGE = `The request is larger than ${MAX_BODY_BYTES / MEGABYTE} MB. Send fewer events at once.`;

/** Results that are truncated, or grow without bound, when read whole. */
const STREAMED_KINDS: ReadonlySet<TransferSpec['kind']> = new Set(['export', 'pages', 'list']);
/** Lists that can also come from a file. */
const UPLOADED_KINDS: ReadonlySet<TransferSpec['kind']> = new Set(['batches']);

function commandsOfKinds({ commands }: MixpanelPlugin, kinds: ReadonlySet<TransferSpec['kind']>): string[] {
  return commands
    .filter(({ transfer }) => transfer !== undefined && kinds.has(transfer.kind))
    .map(({ id }) => id);
}
