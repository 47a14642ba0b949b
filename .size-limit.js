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
    path: ['dist/workbench-page/assets/index-*.js', 'dist/workbench-page/assets/index-*.css'],
    limit: '270 kB',
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
