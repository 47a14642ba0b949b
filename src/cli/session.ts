import type { Datasource } from '../command/datasource.js';
import { hostsAtUrl } from '../mixpanel/regions.js';
import { createPlugin, type MixpanelPlugin, type PluginOptions } from '../plugin.js';
import type { ConnectionOptions } from './options/connection.js';
import { readCredentials } from './options/credentials.js';
import type { Terminal } from './terminal.js';

export interface Session {
  plugin: MixpanelPlugin;
  datasource: Datasource;
  signal: AbortSignal;
}

/**
 * Runs `work` with a plugin and its datasource, against the local Mixpanel when asked; Ctrl-C aborts the work
 * and everything is closed whichever way it ends.
 */
export async function withSession<T>(
  options: ConnectionOptions,
  terminal: Terminal,
  work: (session: Session) => Promise<T>,
  pluginOptions: PluginOptions = {},
): Promise<T> {
  const abortController = new AbortController();
  // A second Ctrl-C ends the process at once, as the system does by itself.
  const stopListening = terminal.onSignal(['SIGINT'], () => {
    stopListening();
    abortController.abort();
  });
  const sandbox = options.sandbox ? await openSandbox() : undefined;
  const plugin = createPlugin({
    ...pluginOptions,
    ...(sandbox ? { hosts: sandbox.hosts } : {}),
    ...(options.mixpanelUrl ? { hosts: hostsAtUrl(options.mixpanelUrl) } : {}),
  });
  try {
    const datasource = sandbox?.datasource ?? (await readCredentials(options, terminal));
    return await work({ plugin, datasource, signal: abortController.signal });
  } finally {
    stopListening();
    await plugin.close();
    await sandbox?.close();
  }
}

async function openSandbox() {
  const { startLocalSandbox } = await import('../sandbox/local-sandbox.js');
  return startLocalSandbox();
}
