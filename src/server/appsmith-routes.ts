import { type Context, Hono } from 'hono';
import { asPluginError, PluginError } from '../errors.js';
import {
  buildPluginFeed,
  EXECUTE_PATH,
  FEED_PATH,
  MAX_RESPONSE_BYTES,
  readExecuteRequest,
} from '../hosts/appsmith/index.js';
import { parseJson } from '../json/large-integers.js';
import { exceededShapeLimit } from '../json/shape.js';
import type { MixpanelPlugin } from '../plugin.js';
import { answerExecute, answerFailure, refuseExecute, retryAfter } from './execute-response.js';
import { type InFlight, withSlot } from './in-flight.js';
import type { Logger } from './logger.js';
import { BodyReader, receivedBody } from './request-body.js';
import type { Upstream } from './upstream.js';

export interface AppsmithParts {
  plugin: MixpanelPlugin;
  upstream?: Upstream;
  inFlight: InFlight;
  logger: Logger;
  /** Bytes a request may have. */
  maxBodyBytes: number;
  /** Bytes an answer may have. Further rows are cut. */
  maxAnswerBytes?: number;
}

/** What Appsmith asks of its cloud service: the plugin list, executions, and everything else, proxied upstream. */
export function appsmith(parts: AppsmithParts): Hono {
  const { plugin, upstream, inFlight, logger, maxBodyBytes, maxAnswerBytes = MAX_RESPONSE_BYTES } = parts;
  const { manifest } = plugin;
  const bodies = new BodyReader({ inFlight, maxBytes: maxBodyBytes });
  const app = new Hono();

  app.get(FEED_PATH, async (c) => c.json(buildPluginFeed(manifest, await upstream?.plugins(c))));

  app.post(EXECUTE_PATH, bodies.middleware(answerFailure), withSlot(inFlight, answerFailure), async (c) => {
    try {
      return await execute(c);
    } catch (thrown) {
      const error = asPluginError(thrown);
      if (error.code === 'INTERNAL') logger.error({ err: thrown }, 'an execution failed by our own fault');
      return answerFailure(c, error);
    }
  });

  // On any other answer Appsmith shows the request, password included, to the person who edits the query.
  app.post('*', async (c, next) =>
    c.req.path.endsWith(EXECUTE_PATH) ? refuseExecute(c, WRONG_BASE) : next(),
  );

  async function execute(c: Context): Promise<Response> {
    // A form on another site can send any text, but not with this content type.
    if (!c.req.header('content-type')?.toLowerCase().startsWith('application/json')) {
      return refuseExecute(c, 'An execution is sent as application/json.');
    }
    const body = receivedBody(c);
    const request = readExecuteRequest(parseBody(body), manifest.pluginName);
    if (request.mine) {
      const signal = AbortSignal.any([inFlight.signal, c.req.raw.signal]);
      return answerExecute(c, await plugin.execute({ ...request.call, signal }), maxAnswerBytes);
    }
    if (!upstream) return refuseExecute(c, notOurPlugin(request.pluginName));
    try {
      return await upstream.forward(c, body);
    } catch (thrown) {
      logger.warn({ err: thrown }, 'the upstream did not answer');
      return refuseExecute(c, NO_UPSTREAM);
    }
  }

  function notOurPlugin(name: string): string {
    return `This service runs ${manifest.pluginName} only, not ${shorten(name)}. To keep the other remote plugins of Appsmith working, start it with --appsmith-upstream https://cs.appsmith.com.`;
  }

  app.all('/api/*', bodies.middleware(refuse), withSlot(inFlight, refuse), async (c) => {
    if (!upstream) return c.json({ error: `${c.req.method} ${c.req.path} ${NOT_OURS}` }, 404);
    const hasBody = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    try {
      return await upstream.forward(c, hasBody ? receivedBody(c) : undefined);
    } catch (thrown) {
      logger.warn({ err: thrown }, 'the upstream did not answer');
      return c.json({ error: NO_UPSTREAM }, 502);
    }
  });

  return app;
}

const WRONG_BASE = `The path has more in front of ${EXECUTE_PATH} than this service's address. Set APPSMITH_CLOUD_SERVICES_BASE_URL to the address the service printed at its first start.`;
const NOT_OURS =
  'is for the cloud service of Appsmith. Start this service with --appsmith-upstream https://cs.appsmith.com to have it passed on.';
const NO_UPSTREAM =
  'The cloud service of Appsmith did not answer. Check the address given with --appsmith-upstream and that this service can reach it.';

/** More values than this take seconds to parse, and block the event loop. */
const MAX_SHAPE = { maxDepth: 1000, maxValues: 1_000_000 };

const BODY_STATUS = { REQUEST_TOO_LARGE: 413, TIMEOUT: 408 } as const;

function refuse(c: Context, error: PluginError): Response {
  const status = error.code in BODY_STATUS ? BODY_STATUS[error.code as keyof typeof BODY_STATUS] : 503;
  return c.json({ error: error.message }, status, retryAfter(error));
}

function parseBody(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  if (exceededShapeLimit(text, MAX_SHAPE)) {
    throw new PluginError(
      'REQUEST_TOO_LARGE',
      'The request holds more values, or more levels of them, than this service reads. Send fewer events at a time.',
    );
  }
  try {
    return parseJson(text);
  } catch {
    // The error of JSON.parse quotes the text, which may contain the password.
    throw new PluginError(
      'UNUSABLE_REQUEST',
      'The request is not JSON. It must be the JSON that Appsmith sends.',
    );
  }
}

const NAME_CHARACTERS = 60;

function shorten(name: string): string {
  return name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name;
}
