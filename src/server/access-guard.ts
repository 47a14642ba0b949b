import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { EXECUTE_PATH } from '../hosts/appsmith/index.js';
import { refuseExecute } from './execute-response.js';
import type { Logger } from './logger.js';

export interface GuardOptions {
  /** The secret first segment of every path. Absent if none is needed. */
  prefix?: string;
  /** Names by which the service may be called, besides IP addresses and `localhost`. */
  allowedHosts: readonly string[];
}

/** Paths that reveal nothing, so that probes need no secret. */
const OPEN_PATHS = new Set(['/healthz', '/readyz']);

/**
 * Checks the Host header and the secret path prefix. A page of another site whose name was pointed at this address (DNS
 * rebinding) still sends its own name; an IP address cannot be forged that way.
 */
export function guard({ prefix, allowedHosts }: GuardOptions, logger: Logger): MiddlewareHandler {
  const names = new Set(allowedHosts.map((name) => name.toLowerCase()));
  return async (c, next) => {
    const { hostname, pathname: givenPath } = new URL(c.req.url);
    const pathname = withoutExtraSlashes(givenPath);
    const execute = c.req.method === 'POST' && pathname.endsWith(EXECUTE_PATH);
    if (!isAddress(hostname) && !isLocalName(hostname) && !names.has(hostname)) {
      logger.warn({ hostname }, 'a request by a name that is not ours was refused');
      const said = `This service does not answer to the name ${hostname}. If it is right, start it with --allowed-host ${hostname}.`;
      return execute ? refuseExecute(c, said) : c.json({ error: said }, 421);
    }
    if (prefix !== undefined && !OPEN_PATHS.has(pathname) && !sameText(firstSegment(pathname), prefix)) {
      logger.warn('a request without the secret prefix was refused');
      const said =
        "The path does not begin with this service's secret prefix. Set APPSMITH_CLOUD_SERVICES_BASE_URL to the address it printed at its first start.";
      return execute ? refuseExecute(c, said) : c.json({ error: 'Not found.' }, 404);
    }
    return next();
  };
}

/** Returns the path without the prefix, which the guard has compared. */
export function pathBehind(prefix: string | undefined, pathname: string): string {
  const path = withoutExtraSlashes(pathname);
  if (prefix === undefined || OPEN_PATHS.has(path)) return path;
  return withoutExtraSlashes(path.slice(firstSegment(path).length + 1) || '/');
}

/** A base URL with a slash at its end gives paths that begin with two. */
function withoutExtraSlashes(pathname: string): string {
  return pathname.replace(/^\/{2,}/, '/');
}

function firstSegment(pathname: string): string {
  const end = pathname.indexOf('/', 1);
  return pathname.slice(1, end < 0 ? undefined : end);
}

/** Compares in constant time. The digests make both equally long. */
function sameText(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

/** Browsers resolve these names to this machine themselves, whatever a name server says. */
function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}
