import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/**
 * Returns the address of a request's connection, because a forwarded address in a header can be forged. Behind a proxy
 * it is the proxy's address for all callers. Returns `undefined` for requests without a connection.
 */
export function callerOf(c: Context): string | undefined {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  // Dual-stack sockets report IPv4 addresses in this form.
  return incoming?.socket?.remoteAddress?.replace(/^::ffff:/, '');
}
