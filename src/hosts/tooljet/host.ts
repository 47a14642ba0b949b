import { type Host, toJsonFile } from '../host.js';
import { ICON_SVG } from '../icon.js';
import { buildToolJetManifest } from './manifest.js';
import { buildToolJetOperations } from './operations.js';

/** A marketplace plugin: the folder `marketplace/plugins/mixpanel` of a ToolJet. */
export const toolJet: Host = {
  name: 'tooljet',
  buildForms: (commands) => ({
    'manifest.json': buildToolJetManifest(),
    'operations.json': buildToolJetOperations(commands),
  }),
  async buildPackage({ version, license, readForm, bundle }) {
    return {
      'package.json': toJsonFile({
        name: '@tooljet-marketplace/mixpanel',
        version,
        license,
        main: 'dist/index.js',
      }),
      'lib/manifest.json': await readForm('manifest.json'),
      'lib/operations.json': await readForm('operations.json'),
      'lib/icon.svg': ICON_SVG,
      // One for each way ToolJet loads code: as CommonJS from a string, or as a module from a data: URL.
      'dist/index.js': await bundle('index.ts', { format: 'cjs' }),
      'dist/index.mjs': await bundle('index.ts', { format: 'esm' }),
    };
  },
};
