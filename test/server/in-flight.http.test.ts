import { expect, onTestFinished, test } from 'vitest';
import { createPlugin } from '../../src/plugin.js';
import { bound } from '../../src/server/concurrency-limit.js';
import { InFlight } from '../../src/server/in-flight.js';
import { startLocalMixpanel } from './local-mixpanel.js';

const datasource = { username: 'svc.user', password: 's3cret', projectId: '12345' };
const query = { datasource, command: 'GET_TODAYS_TOP_EVENTS' };

test("the page's queries take the same places as Appsmith's", async () => {
  const inFlight = new InFlight(1);
  const { plugin } = await startBound(inFlight);
  const leave = inFlight.enter();
  expect(await plugin.execute(query)).toMatchObject({ ok: false, error: { code: 'BUSY' } });
  leave();
  leave();
  expect(inFlight.running).toBe(0);
  expect(await plugin.execute(query)).toMatchObject({ ok: true });
  expect(inFlight.running).toBe(0);
});

test('a cancelled query ends with a result, a cancelled export with an error', async () => {
  const inFlight = new InFlight(5);
  const { plugin, mixpanel } = await startBound(inFlight);
  const release = mixpanel.hold();
  const running = plugin.execute(query);
  const exporting = readAll(
    plugin.stream({
      datasource,
      command: 'DOWNLOAD_DATA',
      parameters: { fromDate: '2026-01-01', toDate: '2026-01-01' },
    }),
  );
  await mixpanel.arrived(2);
  inFlight.abandon();
  expect(await running).toMatchObject({ ok: false, error: { code: 'CANCELLED' } });
  await expect(exporting).rejects.toMatchObject({ code: 'CANCELLED' });
  release();
});

async function startBound(inFlight: InFlight) {
  const mixpanel = await startLocalMixpanel();
  const plugin = createPlugin({ hosts: mixpanel.hosts });
  onTestFinished(async () => {
    await plugin.close();
    await mixpanel.close();
  });
  return { plugin: bound(plugin, inFlight), mixpanel };
}

async function readAll<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
