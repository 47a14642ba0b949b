import type { Datasource } from '../command/datasource.js';
import { hostsAtUrl } from '../mixpanel/regions.js';
import { createPlugin, type MixpanelPlugin, type PluginOptions } from '../plugin.js';
import { type ConnectionOptions, readCredentials } from './options/credentials.js';

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
  work: (session: Session) => Promise<T>,
  pluginOptions: PluginOptions = {},
): Promise<T> {
  const abortController = new AbortController();
  const onInterrupt = () => abortController.abort();
  process.once('SIGINT', onInterrupt);
  const sandbox = options.sandbox ? await openSandbox() : undefined;
  const plugin = createPlugin({
    ...pluginOptions,
    ...(sandbox ? { hosts: sandbox.hosts } : {}),
    ...(options.mixpanelUrl ? { hosts: hostsAtUrl(options.mixpanelUrl) } : {}),
  });
  try {
    const datasource = sandbox?.datasource ?? (await readCredentials(options));
    return await work({ plugin, datasource, signal: abortController.signal });
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    await plugin.close();
    await sandbox?.close();
  }
}

async function openSandbox() {
  const { startLocalSandbox } = await import('../sandbox/local-sandbox.js');
  return startLocalSandbox();
}
