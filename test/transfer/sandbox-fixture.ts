import type { PluginOptions } from '../../src/plugin.js';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { daysAgo } from '../days.js';

/** A local Mixpanel whose data do not change while it runs, and the plugin before it. */
export interface SandboxFixture {
  sandbox: Sandbox;
  plugin: MixpanelPlugin;
  datasource: { username: string; password: string; projectId: string };
  /** The last `days` whole days. */
  lastDays(days: number): { fromDate: string; toDate: string };
  /** What the sandbox itself gives for these dates, a text for each record, in a fixed order. */
  exportedLines(dates: { fromDate: string; toDate: string }): Promise<string[]>;
  /** Asks for a fault; see the sandbox's control API. */
  injectFault(injectFault: Record<string, unknown>): Promise<void>;
  /** Calls of a path since the last `forget`. */
  requestsTo(path: string): Promise<Record<string, unknown>[]>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function startSandboxFixture(
  sandboxOptions: SandboxOptions = {},
  pluginOptions: PluginOptions = {},
): Promise<SandboxFixture> {
  const sandbox = await startSandbox({ events: 4000, users: 200, days: 40, ...sandboxOptions });
  const [account] = sandbox.accounts;
  const project = sandbox.projects.find(({ createdBefore2023 }) => !createdBefore2023);
  if (!account || !project) throw new Error('The sandbox has no account or no project of today');
  const { username, password } = account;
  const plugin = createPlugin({ hosts: sandbox.hosts, transfer: { retryPauseMs: 1 }, ...pluginOptions });
  const control = (path: string, init?: RequestInit) => fetch(`${sandbox.url}/_sandbox/${path}`, init);
  return {
    sandbox,
    plugin,
    datasource: { username, password, projectId: project.id },
    lastDays: (days) => ({ fromDate: daysAgo(days), toDate: daysAgo(1) }),
    async exportedLines({ fromDate, toDate }) {
      const query = new URLSearchParams({ project_id: project.id, from_date: fromDate, to_date: toDate });
      const answer = await fetch(`${sandbox.url}/api/2.0/export?${query}`, {
        headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
      });
      return (await answer.text()).split('\n').filter(Boolean).sort();
    },
    async injectFault(fault) {
      const answer = await control('faults', {
        method: 'POST',
        body: JSON.stringify(fault),
        headers: JSON_TYPE,
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async requestsTo(path) {
      const { requests } = (await (await control('requests')).json()) as {
        requests: { path: string; [name: string]: unknown }[];
      };
      return requests.filter((each) => each.path === path);
    },
    async reset() {
      await control('requests', { method: 'DELETE' });
      await control('faults', { method: 'DELETE' });
    },
    async close() {
      await plugin.close();
      await sandbox.close();
    },
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };
