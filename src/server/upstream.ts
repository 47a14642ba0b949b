import type { Context } from 'hono';
import { proxy } from 'hono/proxy';
import { PluginError } from '../errors.js';
import { FEED_PATH } from '../hosts/appsmith/index.js';

/** Appsmith's own cloud service, to which all other requests are forwarded. */
export interface Upstream {
  /** Forwards the request and returns the answer, redirects and failures unchanged. Rejects when nothing answers. */
  forward(c: Context, body?: Uint8Array<ArrayBuffer>): Promise<Response>;
  /** Returns the plugins of Appsmith's own list, or none if it is not available; Appsmith treats that as no change. */
  plugins(c: Context): Promise<unknown[]>;
}

/** Longer than any query Appsmith waits for. */
const FORWARD_TIMEOUT_MS = 120_000;
/** A background task of Appsmith fetches the list. */
const FEED_TIMEOUT_MS = 15_000;

/** Marks requests that have been forwarded, so that an upstream that is this service itself is noticed. */
const VIA = '1.1 mixpanel-datasource';

/**
 * Headers that are not forwarded. Browsers send cookies that other services set for this host, and URLs that contain
 * our prefix; `host` is set for the upstream.
 */
const KEPT_BACK = ['host', 'cookie', 'referer', 'origin', 'proxy-connection', 'content-length'] as const;

/** Creates the proxy. Throws `INVALID_INPUT` if the address is not a URL. */
export function createUpstream(address: string): Upstream {
  const root = readAddress(address);
  return {
    async forward(c, body) {
      if (hasBeenHere(c)) return c.json({ error: LOOP }, 508);
      const headers = new Headers(c.req.raw.headers);
      for (const name of KEPT_BACK) headers.delete(name);
      headers.append('via', VIA);
      const answer = await proxy(`${root}${c.req.path}${new URL(c.req.url).search}`, {
        raw: new Request(c.req.url, { method: c.req.method, headers }),
        strictConnectionProcessing: true,
        body,
        redirect: 'manual',
        signal: AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(FORWARD_TIMEOUT_MS)]),
      });
      answer.headers.delete('set-cookie');
      return answer;
    },
    async plugins(c) {
      if (hasBeenHere(c)) return [];
      try {
        const answer = await fetch(`${root}${FEED_PATH}${new URL(c.req.url).search}`, {
          headers: { accept: 'application/json', via: VIA },
          redirect: 'manual',
          signal: AbortSignal.timeout(FEED_TIMEOUT_MS),
        });
        const { data } = (await answer.json()) as { data?: unknown };
        return Array.isArray(data) ? data : [];
      } catch {
        return [];
      }
    },
  };
}

function readAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash) return url.href.replace(/\/+$/, '');
  throw new PluginError(
    'INVALID_INPUT',
    'The upstream must be an http or https address, such as https://cs.appsmith.com.',
  );
}

function hasBeenHere(c: Context): boolean {
  return c.req.header('via')?.includes(VIA) ?? false;
}

const LOOP =
  'The request has come back to this service. --appsmith-upstream must be the address of the cloud service of Appsmith itself, https://cs.appsmith.com.';
