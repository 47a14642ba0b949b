import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MEGABYTE } from '../../json/bytes.js';
import type { SandboxRequest } from '../endpoint/definition.js';
import { isObject, parseJson } from '../records/json.js';

/** What is read of a request's body, compressed or not: far above Mixpanel's own limits, far below memory. */
const MAX_BODY_BYTES = 128 * MEGABYTE;

/** A request that cannot be read; `message` says why. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads a request whole. As Mixpanel does, the body is tried as JSON first and as a form next, whatever it is called,
 * and its parameters go before those of the URL.
 *
 * @throws UnreadableRequest when the body is too large, or is no gzip though it says so.
 */
export async function readRequest(incoming: IncomingMessage, receivedAt: number): Promise<SandboxRequest> {
  const url = parseTarget(incoming.url ?? '/');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const rawBody = await decompress(await readBody(incoming), headers['content-encoding']);
  const text = rawBody.toString('utf8');
  const body = parseJson(text);
  const form = body === undefined && isForm(text) ? toRecord(new URLSearchParams(text)) : {};
  return {
    method: incoming.method ?? 'GET',
    // A trailing slash makes no difference to Mixpanel: `/api/app/me/` is what its own client asks for.
    path: url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname,
    url: incoming.url ?? '/',
    params: { ...toRecord(url.searchParams), ...form, ...(isObject(body) ? body : {}) },
    body: body ?? (typeof form.data === 'string' ? parseJson(form.data) : undefined),
    rawBody,
    headers,
    receivedAt,
  };
}

/** A path may begin with two slashes, which `new URL(path, base)` takes for a host. */
function parseTarget(target: string): URL {
  const text = target.startsWith('/') ? `http://sandbox${target}` : target;
  if (URL.canParse(text)) return new URL(text);
  throw new UnreadableRequest(400, 'the address of the request cannot be read');
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new UnreadableRequest(413, `request exceeds max limit of ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function decompress(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding !== 'gzip' || body.byteLength === 0) return body;
  try {
    return await promisify(gunzip)(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch {
    throw new UnreadableRequest(400, 'the body is not the gzip it is called');
  }
}

/** Lines of JSON and of CSV may have an `=` too, but not after a first bare word. */
function isForm(text: string): boolean {
  return /^[^\s{["',=&]+=/.test(text);
}

function toRecord(pairs: URLSearchParams): Record<string, string> {
  return Object.fromEntries(pairs);
}
