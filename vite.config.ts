import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Also when a test runner with a NODE_ENV of its own starts the build: React's development build is larger and slower.
process.env.NODE_ENV = 'production';

/** Builds the workbench's page; the server fills the nonce in, anew for each response. */
export default defineConfig({
  root: 'src/workbench/page',
  base: './',
  plugins: [react(), sourcesOfPage()],
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: {
    alias: {
      'csv-stringify/sync': 'csv-stringify/browser/esm/sync',
      'csv-parse/sync': 'csv-parse/browser/esm/sync',
    },
  },
  build: {
    outDir: '../../../dist/workbench-page',
    emptyOutDir: true,
    license: { fileName: 'licenses.md' },
    // A data: URL in a stylesheet would need a looser policy for fonts and the like.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
});

/** Writes down of which files the page was built, by hash, so that tests build it only when it is stale. */
function sourcesOfPage(): Plugin {
  return {
    name: 'sources-of-page',
    generateBundle() {
      const files = [...this.getModuleIds()]
        .map((id) => id.replace(/\?.*/, ''))
        .filter((file) => file.startsWith(`${import.meta.dirname}/src/`))
        .concat(['package-lock.json', 'vite.config.ts'].map((file) => `${import.meta.dirname}/${file}`));
      const hashes = [...new Set(files)]
        .sort()
        .map((file) => [
          relative(import.meta.dirname, file),
          createHash('sha256').update(readFileSync(file)).digest('hex'),
        ]);
      this.emitFile({
        type: 'asset',
        fileName: 'sources.json',
        source: JSON.stringify(Object.fromEntries(hashes), null, 2),
      });
    },
  };
}
