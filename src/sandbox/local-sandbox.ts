import type { Datasource } from '../command/datasource.js';
import { PluginError } from '../errors.js';
import { type Sandbox, type SandboxOptions, startSandbox } from './index.js';

export interface LocalSandbox extends Pick<Sandbox, 'url' | 'hosts' | 'close'> {
  /** The first account, with the first project. */
  datasource: Datasource;
  /** Lets events in to that project. */
  projectToken: string;
}

/** Starts a local Mixpanel with a datasource that opens it. */
export async function startLocalSandbox(options?: SandboxOptions): Promise<LocalSandbox> {
  const { url, hosts, close, accounts, projects } = await startSandbox(options);
  const [account] = accounts;
  const [project] = projects;
  if (!account || !project) throw new PluginError('INTERNAL', 'The sandbox has no account or no project.');
  return {
    url,
    hosts,
    datasource: { username: account.username, password: account.password, projectId: project.id },
    projectToken: project.token,
    close,
  };
}
