import { type Host, toJsonFile } from '../host.js';
import { DARK_ICON_SVG, ICON_SVG } from '../icon.js';
import { buildN8nCredentialForm, buildN8nNodeForm } from './properties.js';

const NAME = 'n8n-nodes-mixpanel-datasource';
const DOCUMENTATION = 'https://developer.mixpanel.com/reference/overview';

const NODE = 'dist/nodes/Mixpanel';
const CREDENTIALS = 'dist/credentials';

/** A community node: an npm package. n8n finds a class by the name of its file. */
export const n8n: Host = {
  name: 'n8n',
  buildForms: (commands) => ({
    'node-form.json': buildN8nNodeForm(commands),
    'credential-form.json': buildN8nCredentialForm(),
  }),
  async buildPackage({ version, license, licenseText, bundle }) {
    const node = `${NODE}/Mixpanel.node.js`;
    const credentials = `${CREDENTIALS}/MixpanelServiceAccountApi.credentials.js`;
    const icons = [NODE, CREDENTIALS].flatMap((folder) => [
      [`${folder}/mixpanel.svg`, ICON_SVG],
      [`${folder}/mixpanel.dark.svg`, DARK_ICON_SVG],
    ]);
    return {
      'package.json': toJsonFile({
        name: NAME,
        version,
        description: 'Mixpanel in n8n: fourteen operations, one rate-limit queue, an item per row.',
        keywords: ['n8n-community-node-package', 'mixpanel'],
        license,
        homepage: DOCUMENTATION,
        files: ['dist'],
        n8n: { n8nNodesApiVersion: 1, strict: false, nodes: [node], credentials: [credentials] },
        peerDependencies: { 'n8n-workflow': '*' },
      }),
      LICENSE: licenseText,
      [node]: await bundle('Mixpanel.node.ts', { format: 'cjs' }),
      [`${NODE}/Mixpanel.node.json`]: toJsonFile({
        node: `${NAME}.mixpanel`,
        nodeVersion: '1.0',
        codexVersion: '1.0',
        categories: ['Analytics'],
        resources: { primaryDocumentation: [{ url: DOCUMENTATION }] },
      }),
      [credentials]: await bundle('MixpanelServiceAccountApi.credentials.ts', { format: 'cjs' }),
      ...Object.fromEntries(icons),
    };
  },
};
