import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { DATASOURCE, FAST_UNLIMITED, type StubServer, startStubServer } from './stub-server.js';

const MEGABYTE = 1024 * 1024;
const PIECE = Buffer.alloc(MEGABYTE, 'a');

let stubServer: StubServer;
let plugin: MixpanelPlugin;
afterEach(async () => {
  await plugin.close();
  await stubServer.close();
});

/** Sends `start` and then letters without an end; counts the bytes taken and tells when the connection is closed. */
async function startEndlessServer(start: string, compressed: boolean) {
  const state = { written: 0, closed: false, calls: 0 };
  const send = (response: ServerResponse) => {
    state.calls += 1;
    const body = compressed ? createGzip({ level: 1 }) : response;
    if (compressed) {
      response.setHeader('Content-Encoding', 'gzip');
      body.pipe(response);
    }
    response.once('close', () => {
      state.closed = true;
      body.destroy();
    });
    const writeOn = () => {
      while (!body.destroyed && body.write(PIECE)) state.written += PIECE.length;
      state.written += PIECE.length;
    };
    body.on('error', () => {});
    body.on('drain', writeOn);
    body.write(start);
    writeOn();
  };
  stubServer = await startStubServer((_, response) => send(response));
  plugin = createPlugin({ hosts: stubServer.hosts, ...FAST_UNLIMITED });
  return state;
}

const QUERIES = [
  ['an export', 'DOWNLOAD_DATA', '{"event":"', { fromDate: '2025-10-01', toDate: '2025-10-01' }],
  [
    'an activity stream',
    'GET_PROFILE_EVENT_ACTIVITY',
    '{"status":"ok","results":{"events":[{"event":"',
    { distinctIds: '["a"]', fromDate: '2025-10-01', toDate: '2025-10-01' },
  ],
] as const;

describe.each(QUERIES)('a record without an end in %s', (_, command, start, parameters) => {
  test.each([
    ['plain', false],
    ['gzipped', true],
  ])('is given up after 64 MB and the connection closed: %s', async (_, compressed) => {
    const state = await startEndlessServer(start, compressed);
    const read = async () => {
      for await (const _ of plugin.stream({ datasource: DATASOURCE, command, parameters }));
    };
    await expect(read()).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
    await expect.poll(() => state.closed).toBe(true);
    expect(state.calls).toBe(1);
    // A little compressed data on its way is many megabytes.
    expect(state.written).toBeLessThan((compressed ? 1000 : 160) * MEGABYTE);
  });
});
