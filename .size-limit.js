import { readFileSync } from 'node:fs';

/** Size budgets, compressed. Raise one only with a reason in the commit. */
export default [
  {
    name: "import 'mixpanel-datasource', bundled with what it imports",
    path: 'dist/index.js',
    limit: '220 kB',
    gzip: true,
    // Loaded only if a Redis is named.
    ignore: ['ioredis'],
    modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', format: 'esm' }),
  },
  {
    name: 'the first load of the page: script and style',
    path: firstLoad(),
    limit: '255 kB',
    gzip: true,
    disablePlugins: ['@size-limit/esbuild'],
  },
  {
    name: 'the chart of the first screen',
    path: 'dist/workbench-page/assets/ChartView-*.js',
    limit: '190 kB',
    gzip: true,
    disablePlugins: ['@size-limit/esbuild'],
  },
];

/** Returns the scripts and styles that the page names, with those that they import at once. */
function firstLoad() {
  const html = readFileSync('dist/workbench-page/index.html', 'utf8');
  return [...html.matchAll(/assets\/[\w-]+\.(?:js|css)/g)].map(([file]) => `dist/workbench-page/${file}`);
}
