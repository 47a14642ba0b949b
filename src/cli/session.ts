import type { Datasource } from '../command/datasource.js';
import { hostsAtUrl } from '../mixpanel/regions.js';
import { createPlugin, type MixpanelPlugin, type PluginOptions } from '../plugin.js';
import type { ConnectionOptions } from './options/connection.js';
import { readCredentials } from './options/credentials.js';
import { openQuota } from './quota-file.js';
import { type ReportOptions, writeMessage } from './report.js';
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
  options: ConnectionOptions & ReportOptions,
  terminal: Terminal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const abortController = new AbortController();
  // A second Ctrl-C ends the process at once, as the system does by itself.
  const stopListening = terminal.onSignal(['SIGINT'], () => {
    stopListening();
    abortController.abort();
  });
  const sandbox = options.sandbox ? await openSandbox() : undefined;
  let plugin: MixpanelPlugin | undefined;
  try {
    const datasource = sandbox?.datasource ?? (await readCredentials(options, terminal));
    const hosts = sandbox?.hosts ?? (options.mixpanelUrl ? hostsAtUrl(options.mixpanelUrl) : undefined);
    plugin = createPlugin(hosts ? { hosts } : await countQueries(options, terminal));
    return await work({ plugin, datasource, signal: abortController.signal });
  } finally {
    stopListening();
    await plugin?.close();
    await sandbox?.close();
  }
}

/** A local Mixpanel has projects of its own, so only queries to the real one are counted between runs. */
async function countQueries(options: ReportOptions, terminal: Terminal): Promise<PluginOptions> {
  return {
    quota: await openQuota(terminal),
    onEvent: (event) => {
      if (event.type === 'file-trouble') writeMessage(event.message, options, terminal);
    },
  };
}

async function openSandbox() {
  const { startLocalSandbox } = await import('../sandbox/local-sandbox.js');
  return startLocalSandbox();
}
