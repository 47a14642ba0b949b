import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the workbench's page; the server fills the nonce in, anew for each response. */
export default defineConfig({
  root: 'src/workbench/page',
  base: './',
  plugins: [react()],
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
