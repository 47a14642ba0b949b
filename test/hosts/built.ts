import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FaultInput } from '../../src/sandbox/control/faults.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { DAY_MS } from '../../src/time/durations.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The variable by which every host's bundle is sent to a local Mixpanel. */
const MIXPANEL_URL = 'MIXPANEL_DATASOURCE_MIXPANEL_URL';

export interface BuiltHosts {
  /** What `npm run build:hosts` makes. */
  folder: string;
  sandbox: Sandbox;
  /** A datasource form filled in for the sandbox. */
  credentials: { username: string; password: string; region: string; projectId: string };
  /** Lets Mixpanel fail from now on, or behave again. */
  setFault(fault?: FaultInput): Promise<void>;
  close(): Promise<void>;
}

/** Builds the hosts' packages anew and starts a sandbox they query. */
export async function buildHosts(): Promise<BuiltHosts> {
  // Inside the project, so that what a host brings along is found there.
  const folder = await mkdtemp(join(root, 'node_modules', '.hosts-'));
  await promisify(execFile)(process.execPath, ['scripts/build-hosts.js', '--out', folder], { cwd: root });
  const sandbox = await startSandbox({ events: 2_000, users: 50 });
  process.env[MIXPANEL_URL] = sandbox.url;
  const [account] = sandbox.accounts;
  const [project] = sandbox.projects;
  return {
    folder,
    sandbox,
    credentials: {
      username: account!.username,
      password: account!.password,
      region: 'US',
      projectId: String(project!.id),
    },
    async setFault(fault) {
      const url = `${sandbox.url}/_sandbox/faults`;
      await fetch(url, { method: 'DELETE' });
      if (fault) await fetch(url, { method: 'POST', body: JSON.stringify(fault) });
    },
    async close() {
      delete process.env[MIXPANEL_URL];
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A day so many days ago, as `yyyy-mm-dd`. */
export function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
}
