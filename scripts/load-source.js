// Loads a TypeScript module of src/ as it stands, without a build before it.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Returns the exports of a module, by its path below the project's root. */
export async function loadSource(path) {
  // Inside the project, so that packages are found from there.
  const directory = await mkdtemp(join(root, 'node_modules', '.source-'));
  try {
    const outfile = join(directory, 'module.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: [path],
      bundle: true,
      packages: 'external',
      platform: 'node',
      target: 'node20',
      format: 'esm',
      outfile,
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
