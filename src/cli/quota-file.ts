import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginOptions } from '../plugin.js';
import type { Terminal } from './terminal.js';
import { stateFolder } from './user-folders.js';

const OWNER_ONLY_FOLDER = 0o700;

/** Returns where the queries of the command line are counted, so that one run knows of those before it. */
export async function openQuota({
  env,
}: Pick<Terminal, 'env'>): Promise<NonNullable<PluginOptions['quota']>> {
  const folder = stateFolder(env);
  // Without the folder this run counts for itself.
  const isThere = await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER }).then(
    () => true,
    () => false,
  );
  return { shared: false, ...(isThere ? { persistTo: join(folder, 'quota.json') } : {}) };
}
