import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/**
 * Returns the address a request comes from: that of the connection, since anybody can write a forwarded address into
 * a header. Behind a proxy all callers have the proxy's. Undefined for requests that came over no connection.
 */
export function callerOf(c: Context): string | undefined {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  // An IPv4 address that reaches a socket of both families.
  return incoming?.socket?.remoteAddress?.replace(/^::ffff:/, '');
}
