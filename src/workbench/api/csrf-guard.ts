import { isIP } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';
import { WORKBENCH_HEADER } from '../wire.js';

/**
 * Rejects requests that a page of another origin could make a browser send: without our custom header (which needs a
 * CORS preflight), from another origin, or with an unknown host name (DNS rebinding). Loopback names, IP addresses and
 * the names in `allowedHosts` cannot be rebound.
 */
export function csrfGuard(allowedHosts: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (!isAllowedHost(host, allowedHosts)) {
      return forbid(
        context,
        `The host name ${JSON.stringify(host)} is not allowed. Add it with --allowed-host, or with the option allowedHosts.`,
      );
    }
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    if ((origin !== undefined && hostOf(origin) !== host) || site === 'cross-site' || site === 'same-site') {
      return forbid(context, 'The workbench accepts requests only from its own page.');
    }
    if (context.req.method !== 'GET' && context.req.header(WORKBENCH_HEADER) === undefined) {
      return forbid(
        context,
        `The header ${WORKBENCH_HEADER} is missing. Requests must come from the workbench's page.`,
      );
    }
    return next();
  };
}

function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  const bare = name.replace(/^\[|\]$/g, '');
  return isIP(bare) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowed.includes(name);
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}

function forbid(context: Context, error: string): Response {
  return context.json({ error }, 403);
}
