import { redactSecrets } from '../../redaction.js';

export interface LinkedQuery {
  command: string;
  parameters: Record<string, string>;
}

/** Returns a link that reopens a query. The query is in the fragment, which browsers never send to a server. */
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
 * Returns the query of a link, if it has one. The page shows it and does not run it: a link from someone else must
 * not spend quota or write data.
 */
export function parseQueryLink(hash: string): LinkedQuery | undefined {
  const [command = '', search = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  if (!/^[A-Z_]+$/.test(command)) return undefined;
  return { command, parameters: Object.fromEntries(new URLSearchParams(search)) };
}
