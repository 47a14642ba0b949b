import { afterEach, describe, expect, it } from 'vitest';
import { ArrayItemReader } from '../../src/json/array-items.js';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { success } from '../results.js';
import { DATASOURCE, FAST_UNLIMITED, type StubServer, startStubServer } from './stub-server.js';

const EVENTS = Array.from({ length: 200 }, (_, index) => ({
  event: 'Play "it" [again], {Sam}',
  properties: {
    time: 1_700_000_000 + index,
    distinct_id: `ü${index % 3}`,
    deep: { list: [1, [2, '\\"]}']] },
    big: '#',
  },
}));
const bodyOf = (events: unknown[]) =>
  JSON.stringify({ status: 'ok', results: { events } }).replaceAll('"#"', '12345678901234567890');
const BODY = bodyOf(EVENTS);

describe('a list taken apart while it arrives', () => {
  it('is the same wherever its pieces are cut', () => {
    const bytes = Buffer.from(bodyOf(EVENTS.slice(0, 4)));
    const expected = JSON.parse(bytes.toString()).results.events;
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const items = new ArrayItemReader();
      const texts = [...items.read(bytes.subarray(0, cut)), ...items.read(bytes.subarray(cut))];
      expect([texts.map((text) => JSON.parse(text)), items.complete]).toEqual([expected, true]);
    }
  });

  it('is whole only when the document has closed', () => {
    for (const [text, whole] of [
      ['{"results":{"events":[]}}', true],
      ['{"results":{"events":[]}', false],
      ['{"results":{"events":[1', false],
      ['', false],
    ] as const) {
      const items = new ArrayItemReader();
      items.read(Buffer.from(text));
      expect([text, items.complete]).toEqual([text, whole]);
    }
  });
});

describe('the activity of profiles', () => {
  let stubServer: StubServer;
  let plugin: MixpanelPlugin;
  afterEach(async () => {
    await plugin.close();
    await stubServer.close();
  });

  async function serve(cuts: number[]) {
    let calls = 0;
    stubServer = await startStubServer((_, response) => {
      const cut = cuts[calls];
      calls += 1;
      if (cut === undefined) return response.end(BODY);
      response.write(Buffer.from(BODY).subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
    });
    plugin = createPlugin({ hosts: stubServer.hosts, ...FAST_UNLIMITED });
  }

  const call = {
    datasource: DATASOURCE,
    command: 'GET_PROFILE_EVENT_ACTIVITY',
    parameters: { distinctIds: ['ü0'], fromDate: '2023-11-01', toDate: '2023-11-30' },
  };

  async function stream(): Promise<unknown[]> {
    const rows: unknown[] = [];
    for await (const row of plugin.stream(call)) rows.push(row);
    return rows;
  }

  it('streams the rows that one result would hold', async () => {
    await serve([]);
    const rows = await stream();
    expect(rows).toEqual(success(await plugin.execute(call)).body);
    expect(rows).toHaveLength(EVENTS.length);
    expect(rows[7]).toMatchObject({ distinct_id: 'ü1', big: '12345678901234567890' });
  });

  it('is asked for again when it breaks off before the first event', async () => {
    await serve([10]);
    expect(await stream()).toHaveLength(EVENTS.length);
  });

  it('is never taken for whole when it breaks off later', async () => {
    await serve([5000]);
    await expect(stream()).rejects.toMatchObject({
      code: 'INCOMPLETE',
      message: expect.stringMatching(/\d+ rows had been delivered/),
    });
  });
});
