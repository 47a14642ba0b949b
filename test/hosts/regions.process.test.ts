import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { requireFromString } from 'module-from-string';
import nock from 'nock';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BuiltHosts, buildHosts } from './built.js';

const require = createRequire(import.meta.url);

const CREDENTIALS = { username: 'svc.user', password: 's3cret-pass', region: 'US' };
/** What Mixpanel answers where an account is not known, and where it is; as in `test/plugin.test.ts`. */
const UNKNOWN = { status: 'error', error: 'Invalid service account credentials' };
const ME = {
  status: 'ok',
  results: { organizations: {}, workspaces: {}, projects: { 1: { name: 'Shop', organization_id: 9 } } },
};

/** Each host's connection test, as the host calls it. */
const tests: Record<string, (folder: string) => Promise<unknown>> = {
  ToolJet: async (folder) => {
    const text = await readFile(join(folder, 'tooljet/dist/index.js'), 'utf8');
    const { default: Service } = requireFromString(text, { useCurrentGlobal: true });
    return new Service().testConnection(CREDENTIALS);
  },
  Budibase: (folder) => {
    const { integration: Integration } = require(join(folder, 'budibase/plugin.min.js'));
    return new Integration(CREDENTIALS).testConnection();
  },
  n8n: (folder) => {
    const { Mixpanel } = require(join(folder, 'n8n/dist/nodes/Mixpanel/Mixpanel.node.js'));
    return new Mixpanel().methods.credentialTest.testMixpanelCredential.call({}, { data: CREDENTIALS });
  },
};

let hosts: BuiltHosts;

beforeAll(async () => {
  hosts = await buildHosts();
  // To Mixpanel itself, whose regions are played here.
  vi.stubEnv('MIXPANEL_DATASOURCE_MIXPANEL_URL', '');
  nock.disableNetConnect();
  for (const [host, status, body] of [
    ['https://mixpanel.com', 401, UNKNOWN],
    ['https://eu.mixpanel.com', 200, ME],
    ['https://in.mixpanel.com', 401, UNKNOWN],
  ] as const) {
    nock(host).get('/api/app/me').query(true).reply(status, body).persist();
  }
});
afterAll(async () => {
  nock.cleanAll();
  nock.enableNetConnect();
  vi.unstubAllEnvs();
  await hosts?.close();
});

test.each(Object.entries(tests))(
  'the connection test of %s names the region in which credentials work',
  async (_, run) => {
    const told = JSON.stringify(await run(hosts.folder));
    expect(told).toContain('European Union (EU)');
    expect(told).toMatch(/region to EU/);
    expect(told).not.toContain(CREDENTIALS.password);
  },
);
