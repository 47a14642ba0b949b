import { createHash } from 'node:crypto';
import { type Host, toJsonFile } from '../host.js';
import { ICON_SVG } from '../icon.js';
import { buildBudibaseSchema } from './schema.js';

const NAME = 'budibase-datasource-mixpanel';

/** A datasource plugin: its files, and the tarball of them that Budibase takes. */
export const budibase: Host = {
  name: 'budibase',
  buildForms: (commands) => ({ 'schema.json': buildBudibaseSchema(commands) }),
  async buildPackage({ version, license, readForm, bundle, tarball }) {
    // Budibase requires the file and wants the default export itself.
    const footer = 'module.exports = module.exports.default;';
    const plugin = await bundle('index.ts', { format: 'cjs', footer });
    const hash = createHash('sha1').update(plugin).digest('hex');
    const description = 'A Mixpanel datasource: fourteen queries by a service account.';
    const files = {
      'schema.json': toJsonFile({ ...JSON.parse(await readForm('schema.json')), hash, version }),
      'package.json': toJsonFile({ name: NAME, version, description, license }),
      'icon.svg': ICON_SVG,
      'plugin.min.js': plugin,
    };
    return { ...files, [`${NAME}-${version}.tar.gz`]: await tarball(files) };
  },
};
