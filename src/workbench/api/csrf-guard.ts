import { isIP } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';
import { WORKBENCH_HEADER } from '../wire.js';

/**
 * Refuses what a foreign page could make a browser send: calls without our own header (a cross-site request cannot
 * set one unasked), from another origin, or under a host name that is not this server's (DNS rebinding; a name in
 * `allowedHosts`, a loopback name or an IP address cannot have been rebound).
 */
export function csrfGuard(allowedHosts: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (!isAllowedHost(host, allowedHosts)) {
      return forbid(context, `This server does not answer to the name ${JSON.stringify(host)}.`);
    }
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    if ((origin !== undefined && hostOf(origin) !== host) || site === 'cross-site' || site === 'same-site') {
      return forbid(context, 'The workbench answers only to its own page.');
    }
    if (context.req.method !== 'GET' && context.req.header(WORKBENCH_HEADER) === undefined) {
      return forbid(
        context,
        `The header ${WORKBENCH_HEADER} is missing; only the workbench's page sends it.`,
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
