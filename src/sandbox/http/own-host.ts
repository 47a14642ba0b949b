import { isIP } from 'node:net';

/**
 * Returns whether a Host header names this server. A foreign page can make its own name lead here (DNS rebinding), but
 * not an IP address, nor a name that the resolver keeps for this machine.
 *
 * @param allowedHosts further names by which callers reach the server, such as that of a container.
 */
export function isOwnHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return (
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 ||
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    allowedHosts.includes(hostname)
  );
}
