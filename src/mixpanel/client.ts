import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { pipeline, type Readable, type TransformOptions } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import axios, { type AxiosInstance } from 'axios';
import { PluginError } from '../errors.js';
import { MEGABYTE } from '../json/bytes.js';
import { MINUTE_MS, SECOND_MS } from '../time/durations.js';
import {
  acceptsSome,
  errorFromResponse,
  errorFromTransport,
  errorInAnswer,
  listsFailedRecords,
} from './error-mapping.js';
import { Redactor } from './redactor.js';
import { type Family, type Hosts, hostsOf, type Region } from './regions.js';
import type { MixpanelRequest, QueryValue } from './request.js';
import { secretHeaderValues } from './request-headers.js';
import { TimeLimit } from './time-limit.js';

/**
 * How long a call may take when the caller sets no deadline: above Mixpanel's own read deadlines (488 s for the
 * Query API, 120 s for the App API), since giving up earlier loses a query that is charged all the same.
 * Source: Mixpanel's own client, mixpanel-headless `client/url.ts`.
 */
export const FAMILY_TIMEOUT_MS: Record<Family, number> = {
  query: 503 * SECOND_MS,
  app: 135 * SECOND_MS,
  export: 600 * SECOND_MS,
  ingestion: MINUTE_MS,
};

/** Largest answer that is read whole; larger ones are for streams. */
export const MAX_RESPONSE_BYTES = 64 * MEGABYTE;

export interface Credentials {
  username: string;
  password: string;
}

export interface RequestContext {
  region: Region;
  credentials: Credentials;
  signal?: AbortSignal;
  /** Epoch milliseconds by which the answer must be complete. */
  deadline?: number;
  /** Limits each wait for more of the body instead of the whole: for bodies of any length, read at any pace. */
  idleTimeout?: boolean;
  /** Called as soon as status and headers are known, or with the failure before that. */
  onOutcome?: (outcome: RequestOutcome) => void;
}

export type RequestOutcome =
  | { kind: 'answered'; status: number; headers: Readonly<Record<string, string>>; body?: string }
  | { kind: 'failed'; reached: boolean };

export interface MixpanelResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
  /** Removes the call's secrets from whatever is quoted of the response in an error. */
  redactor: Redactor;
}

/** A response whose body is still to be read. */
export interface StreamingResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Removes the call's secrets from whatever is quoted of the response in an error. */
  redactor: Redactor;
  /** Decompressed bytes, back-pressure kept; reading ends with a `PluginError` when the body is not whole. */
  body: AsyncIterable<Buffer>;
  /** Resolves when the body has been read to its end or its connection is closed. Never rejects. */
  done: Promise<void>;
  /** Discards the rest of the body. */
  destroy(): void;
}

export interface MixpanelClient {
  /** Makes the request and reads the answer whole. Rejects with a `PluginError` for anything but a 2xx. */
  send(request: MixpanelRequest, context: RequestContext): Promise<MixpanelResponse>;
  /** Makes the request and returns the body unread. The caller reads it to its end or destroys it. */
  open(request: MixpanelRequest, context: RequestContext): Promise<StreamingResponse>;
}

export interface ClientOptions {
  /** Base URLs instead of Mixpanel's, for a local Mixpanel. */
  hosts?: Hosts;
  answerBytesCap?: number;
}

/** The one place that talks to Mixpanel. */
export function createClient({
  hosts,
  answerBytesCap = MAX_RESPONSE_BYTES,
}: ClientOptions = {}): MixpanelClient {
  const http = axios.create({
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true, minVersion: 'TLSv1.2' }),
    responseType: 'stream',
    decompress: false,
    // A redirect could carry the credentials to another host.
    maxRedirects: 0,
    validateStatus: () => true,
    maxBodyLength: Number.POSITIVE_INFINITY,
    transformRequest: (data) => data,
  });

  async function open(request: MixpanelRequest, context: RequestContext): Promise<StreamingResponse> {
    const host = hostsOf(context.region, hosts)[request.family];
    const limit = new TimeLimit(remainingMs(request.family, context.deadline));
    const timeLimit = limit.signal;
    const signal = context.signal ? AbortSignal.any([context.signal, timeLimit]) : timeLimit;
    const basic = encodeBasicAuth(context.credentials);
    const redactor = new Redactor([
      context.credentials.password,
      basic,
      ...secretHeaderValues(request.headers),
    ]);
    const errorContext = {
      family: request.family,
      region: context.region,
      projectId: request.projectId,
      redactor,
      host,
      signal: context.signal,
      timeLimit,
    };
    let responded = false;
    try {
      const { status, headers, body } = await sendRequest(http, host, request, basic, signal);
      responded = true;
      if ((status >= 200 && status < 300) || request.answerStatuses?.includes(status)) {
        context.onOutcome?.({ kind: 'answered', status, headers });
        if (context.idleTimeout) limit.stop();
        const done = whenClosed(body).then(() => limit.stop());
        return {
          status,
          headers,
          redactor,
          body: withMappedErrors(
            context.idleTimeout ? withIdleTimeout(body, limit) : (body as AsyncIterable<Buffer>),
            errorContext,
          ),
          done,
          destroy: () => body.destroy(),
        };
      }
      const text = await readText(body as AsyncIterable<Buffer>, MAX_ERROR_BODY_BYTES).catch(() => '');
      context.onOutcome?.({ kind: 'answered', status, headers, body: text });
      if (request.errorsRead === 'failed-records' && listsFailedRecords({ status, text })) {
        limit.stop();
        return completeResponse(status, headers, redactor, text);
      }
      throw errorFromResponse({ status, headers, text }, errorContext);
    } catch (thrown) {
      const { error, reached } = errorFromTransport(thrown, errorContext);
      limit.stop();
      if (!responded) context.onOutcome?.({ kind: 'failed', reached });
      throw error;
    }
  }

  return {
    open,
    async send(request, context) {
      const { status, headers, redactor, body, destroy } = await open(request, context);
      try {
        const text = await readText(body, answerBytesCap);
        const error =
          request.errorsRead === 'in-200' ||
          status >= 300 ||
          (request.errorsRead === 'failed-records' && acceptsSome(text))
            ? undefined
            : errorInAnswer(
                { status, headers, text },
                { family: request.family, region: context.region, projectId: request.projectId, redactor },
              );
        if (error) throw error;
        // A password may be a word of the data, and is removed only from what is quoted. This is never data.
        return {
          status,
          headers,
          redactor,
          text: text.replaceAll(encodeBasicAuth(context.credentials), '[redacted]'),
        };
      } finally {
        destroy();
      }
    },
  };
}

function completeResponse(
  status: number,
  headers: Record<string, string>,
  redactor: Redactor,
  text: string,
): StreamingResponse {
  const body = (async function* () {
    yield Buffer.from(text);
  })();
  return { status, headers, redactor, body, done: Promise.resolve(), destroy: () => undefined };
}

const MAX_ERROR_BODY_BYTES = MEGABYTE;
const MIN_TIMEOUT_MS = 1;

function remainingMs(family: Family, deadline: number | undefined): number {
  const max = FAMILY_TIMEOUT_MS[family];
  return deadline === undefined ? max : Math.max(MIN_TIMEOUT_MS, Math.min(max, deadline - Date.now()));
}

async function sendRequest(
  http: AxiosInstance,
  host: string,
  request: MixpanelRequest,
  basic: string,
  signal: AbortSignal,
): Promise<{ status: number; headers: Record<string, string>; body: Readable }> {
  const { data, type } = encodeBody(request);
  const response = await http.request<Readable>({
    method: request.method,
    url: `${host}${request.path}${encodeQuery(request.query)}`,
    headers: {
      Accept: request.family === 'export' ? 'text/plain' : 'application/json',
      'Accept-Encoding': 'gzip',
      'User-Agent': 'mixpanel-datasource',
      ...(type ? { 'Content-Type': type } : {}),
      ...request.headers,
      ...(request.authenticated === false ? {} : { Authorization: `Basic ${basic}` }),
    },
    data,
    signal,
    // A proxy of the environment cannot reach a local Mixpanel: its loopback is another machine's.
    ...(LOOPBACK_URL.test(host) ? { proxy: false } : {}),
  });
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return { status: response.status, headers, body: gunzipBody(response.data, headers['content-encoding']) };
}

const LOOPBACK_URL = /^https?:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?=[:/]|$)/;

function encodeBasicAuth({ username, password }: Credentials): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/** Size of the chunks an unzipped body comes in: fewer, larger ones make long exports faster. */
const GUNZIP_CHUNK_BYTES = 256 * 1024;
/** Bytes unzipped ahead on another thread while earlier ones are parsed. */
const GUNZIP_HIGH_WATER_MARK_BYTES = 2 * GUNZIP_CHUNK_BYTES;
const GUNZIP_OPTIONS: ZlibOptions & TransformOptions = {
  chunkSize: GUNZIP_CHUNK_BYTES,
  highWaterMark: GUNZIP_HIGH_WATER_MARK_BYTES,
};

// axios would unzip too, but accepts a body that breaks off as whole.
function gunzipBody(body: Readable, encoding: string | undefined): Readable {
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return body;
  return pipeline(body, createGunzip(GUNZIP_OPTIONS), () => undefined);
}

function encodeBody({ form, json, text, bytes }: MixpanelRequest): {
  data?: string | Uint8Array;
  type?: string;
} {
  if (bytes) return { data: bytes };
  if (form)
    return {
      data: new URLSearchParams(definedPairs(form)).toString(),
      type: 'application/x-www-form-urlencoded',
    };
  if (json !== undefined) return { data: JSON.stringify(json), type: 'application/json' };
  return text === undefined ? {} : { data: text };
}

function encodeQuery(query: Record<string, QueryValue> = {}): string {
  const pairs = definedPairs(query);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

function definedPairs(values: Record<string, QueryValue>): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
}

/** Reads a body whole. Throws `ANSWER_TOO_LARGE` beyond `maxBytes`. */
async function readText(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new PluginError(
        'ANSWER_TOO_LARGE',
        `Mixpanel's answer is larger than ${Math.round(maxBytes / MEGABYTE)} MB. Ask for fewer days, set a limit, or stream it to a file with the command line.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Yields the body with its failures mapped: the reader gets a whole answer or a `PluginError`. */
async function* withMappedErrors(
  body: AsyncIterable<Buffer>,
  errorContext: Parameters<typeof errorFromTransport>[1],
): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (thrown) {
    throw errorFromTransport(thrown, errorContext).error;
  }
}

/** Yields the body with a limit on each wait for a chunk, and none on what the reader does with it. */
async function* withIdleTimeout(body: AsyncIterable<Buffer>, limit: TimeLimit): AsyncGenerator<Buffer> {
  limit.start();
  try {
    for await (const chunk of body) {
      limit.stop();
      yield chunk;
      limit.start();
    }
  } finally {
    limit.stop();
  }
}

/** Resolves when the body is closed. Handles an early failure, which would otherwise end the process unread. */
function whenClosed(body: Readable): Promise<void> {
  return finished(body).catch(() => undefined);
}
