import type { Datasource } from '../command/datasource.js';
import { PluginError } from '../errors.js';
import type { FamilyHosts } from '../mixpanel/regions.js';

export interface OpenSandbox {
  url: string;
  hosts: FamilyHosts;
  /** An account of it, with a project to begin with. */
  datasource: Datasource;
  close(): Promise<void>;
}

/** Starts a local Mixpanel with Mixpanel's own limits; loaded only when asked for. */
export async function openSandbox(): Promise<OpenSandbox> {
  const { startSandbox } = await import('../sandbox/index.js');
  const sandbox = await startSandbox({ quotas: true });
  const [account] = sandbox.accounts;
  const [project] = sandbox.projects;
  if (!account || !project) throw new PluginError('INTERNAL', 'The sandbox has no account or no project.');
  return {
    url: sandbox.url,
    hosts: sandbox.hosts,
    datasource: { username: account.username, password: account.password, projectId: project.id },
    close: () => sandbox.close(),
  };
}
