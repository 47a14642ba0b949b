import { redactSecrets } from '../../redaction.js';

export interface LinkedQuery {
  command: string;
  parameters: Record<string, string>;
}

/** The address that reopens a query. It stands after the `#`, which browsers send to no server. */
export function createQueryLink({
  command,
  parameters,
}: {
  command: string;
  parameters: Record<string, unknown>;
}): string {
  const given = Object.entries(redactSecrets(parameters)).filter(([, value]) => value !== '');
  const url = new URL(window.location.href);
  url.hash = `${command}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
  return url.href;
}

/**
 * The query in an address, if there is one. It is shown, never run: a link from anybody must not spend a query or
 * write something.
 */
export function parseQueryLink(hash: string): LinkedQuery | undefined {
  const [command = '', search = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  if (!/^[A-Z_]+$/.test(command)) return undefined;
  return { command, parameters: Object.fromEntries(new URLSearchParams(search)) };
}
