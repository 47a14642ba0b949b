import { afterAll, beforeAll, expect, it } from 'vitest';
import { REGIONS, type Region } from '../../../src/mixpanel/regions.js';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';

let clusters: Record<Region, Sandbox>;
let plugin: MixpanelPlugin;

beforeAll(async () => {
  const start = (regionMode: Region) => startSandbox({ events: 500, users: 20, regionMode });
  const [us, eu, india] = await Promise.all([start('US'), start('EU'), start('IN')]);
  clusters = { US: us, EU: eu, IN: india };
  plugin = createPlugin({ hosts: { US: us.hosts, EU: eu.hosts, IN: india.hosts }, quota: { shared: false } });
});

afterAll(async () => {
  await plugin.close();
  await Promise.all(REGIONS.map((region) => clusters[region].close()));
});

it.each<[Region, Region]>([
  ['US', 'EU'],
  ['EU', 'IN'],
  ['IN', 'US'],
])('credentials of %s used in %s end in the right region’s name', async (homeRegion, requestedRegion) => {
  const [account] = clusters[homeRegion].accounts;
  const { username, password } = account!;
  const datasource = { username, password, projectId: '1234567', region: requestedRegion };

  const result = await plugin.execute({ datasource, command: 'GET_TOP_EVENTS', parameters: {} });
  expect(result).toMatchObject({ ok: false, error: { code: 'WRONG_REGION' } });
  expect(await plugin.test(datasource)).toMatchObject({ ok: false, region: homeRegion });

  const corrected = { ...datasource, region: homeRegion };
  expect(
    await plugin.execute({ datasource: corrected, command: 'GET_TOP_EVENTS', parameters: {} }),
  ).toMatchObject({
    ok: true,
  });
  expect(await plugin.test(corrected)).toMatchObject({ ok: true });
});
