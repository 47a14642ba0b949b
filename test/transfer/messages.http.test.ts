import { afterEach, expect, test } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { DATASOURCE, FAST_UNLIMITED, type StubServer, startStubServer } from './stub-server.js';

let stubServer: StubServer;
let plugin: MixpanelPlugin;

afterEach(async () => {
  await plugin.close();
  await stubServer.close();
});

async function answerWith(body: string): Promise<() => number> {
  let calls = 0;
  stubServer = await startStubServer((_, response) => {
    calls += 1;
    response.end(body);
  });
  plugin = createPlugin({ hosts: stubServer.hosts, ...FAST_UNLIMITED });
  return () => calls;
}

const record = (event: string) =>
  JSON.stringify({ event, properties: { time: 1_700_000_000, distinct_id: 'u' } });

test('a stream reports doubts about its filter and skipped lines once each', async () => {
  const calls = await answerWith(`${record('A')}\nNOT JSON\n${record('B')}\n`);
  const messages: string[] = [];
  const events: unknown[] = [];
  for await (const row of plugin.stream({
    datasource: DATASOURCE,
    command: 'DOWNLOAD_DATA',
    parameters: { fromDate: '2025-10-01', toDate: '2025-10-01', where: 'lower(properties["a"]) == "x"' },
    onMessage: (message) => messages.push(message),
  })) {
    events.push(row.event);
  }
  expect(events).toEqual(['A', 'B']);
  expect(calls()).toBe(2);
  expect(messages).toEqual([
    expect.stringMatching(/sent as written.*lower\(\)/),
    expect.stringMatching(/^1 line of the download could not be read and is left out\.$/),
  ]);
});

test("an error in place of a list is a stream's failure in Mixpanel's words, and is not asked for again", async () => {
  const calls = await answerWith('{"status":"error","error":"Query could not be computed"}');
  const stream = plugin.stream({
    datasource: DATASOURCE,
    command: 'GET_PROFILE_EVENT_ACTIVITY',
    parameters: { distinctIds: '["a"]', fromDate: '2025-10-01', toDate: '2025-10-01' },
  });
  await expect(stream.batches().next()).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('Query could not be computed'),
  });
  expect(calls()).toBe(1);
});

test('a refused filter names what was doubtful about it', async () => {
  stubServer = await startStubServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end('{"error":"unknown function lower"}');
  });
  plugin = createPlugin({ hosts: stubServer.hosts, ...FAST_UNLIMITED });
  const result = await plugin.execute({
    datasource: DATASOURCE,
    command: 'QUERY_PROFILES',
    parameters: { formData: '{"where":"lower(properties[\\"a\\"]) == \\"x\\""}' },
  });
  expect(result.ok ? '' : result.error.message).toMatch(
    /unknown function lower.*does not document.*lower\(\)/,
  );
});

test('an error inside a 200 is not kept: the next query asks again', async () => {
  const calls = await answerWith('{"error":"Query could not be computed"}');
  for (let round = 0; round < 2; round += 1) {
    const { ok } = await plugin.execute({
      datasource: DATASOURCE,
      command: 'QUERY_INSIGHTS_REPORT',
      parameters: { bookmarkId: '1', response: round === 0 ? 'rows' : 'raw' },
    });
    expect(ok).toBe(false);
  }
  expect(calls()).toBe(2);
});
