import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPlugin } from '../../src/plugin.js';
import { failure, success } from '../results.js';
import { type SandboxFixture, startSandboxFixture } from './sandbox-fixture.js';
import { FAST_UNLIMITED } from './stub-server.js';

const EXPORT = '/api/2.0/export';

let fixture: SandboxFixture;
beforeAll(async () => {
  fixture = await startSandboxFixture({}, FAST_UNLIMITED);
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

const download = (parameters: Record<string, unknown> = {}) => ({
  datasource: fixture.datasource,
  command: 'DOWNLOAD_DATA',
  parameters: { ...fixture.lastDays(5), cacheSeconds: 0, ...parameters },
});

describe('a download in one result', () => {
  it('is an array of flat rows, or of records as they came', async () => {
    const truth = await fixture.exportedLines(fixture.lastDays(5));
    const rows = await fixture.plugin.execute(download());
    expect(success(rows).body).toHaveLength(truth.length);
    expect(Object.keys((success(rows).body as object[])[0]!).slice(0, 3)).toEqual([
      'event',
      'time',
      'distinct_id',
    ]);
    expect(rows.meta.rows).toBe(truth.length);
    expect(rows.meta.truncated).toBeUndefined();
    const raw = await fixture.plugin.execute(download({ response: 'raw' }));
    expect((success(raw).body as object[])[0]).toEqual({
      event: expect.any(String),
      properties: expect.any(Object),
    });
  });

  it('without events is an empty table', async () => {
    const { body } = success(await fixture.plugin.execute(download({ events: ['No Such Event'] })));
    expect(body).toEqual([]);
  });

  it('is completed when Mixpanel gives it up half-way', async () => {
    await fixture.injectFault({ path: EXPORT, kind: 'terminated-early', afterLines: 12 });
    const { body } = success(await fixture.plugin.execute(download()));
    expect(body).toHaveLength((await fixture.exportedLines(fixture.lastDays(5))).length);
  });

  it('fails rather than be taken for whole when it cannot be completed', async () => {
    await fixture.injectFault({ path: EXPORT, kind: 'terminated-early', afterLines: 0, times: 50 });
    const { code, message } = failure(await fixture.plugin.execute(download()));
    expect(code).toBe('INCOMPLETE');
    expect(message).toMatch(/The download ended before it was complete/);
  });

  it('that fails half-way offers no way to go on, since nothing of it was handed over', async () => {
    await fixture.injectFault({ path: EXPORT, kind: 'terminated-early', afterLines: 30 });
    await fixture.injectFault({ path: EXPORT, kind: 'status', status: 503, times: 20 });
    const { code, message, resumeToken } = failure(await fixture.plugin.execute(download()));
    expect([code, resumeToken]).toEqual(['SERVER_TROUBLE', undefined]);
    expect(message).not.toMatch(/resume token/);
  });

  it.each([
    ['rows', { rows: 10 }, 10],
    ['bytes', { bytes: 1 }, undefined],
  ])('that outgrows the host’s cap of %s is cut, and says so', async (_, caps, rows) => {
    const plugin = createPlugin({ hosts: fixture.sandbox.hosts, caps, ...FAST_UNLIMITED });
    const range = fixture.lastDays(38);
    const { body, meta, messages } = success(await plugin.execute(download(range)));
    await plugin.close();
    const got = (body as unknown[]).length;
    if (rows) expect(got).toBe(rows);
    expect(got).toBeLessThan((await fixture.exportedLines(range)).length);
    expect(meta.truncated).toBe(true);
    expect(messages).toEqual([expect.stringMatching(/^Only the first [\d,]+ rows are here/)]);
  });

  it('that just fits the cap is whole, and nothing is said', async () => {
    const { length } = await fixture.exportedLines(fixture.lastDays(5));
    const plugin = createPlugin({ hosts: fixture.sandbox.hosts, caps: { rows: length }, ...FAST_UNLIMITED });
    const { body, meta, messages } = success(await plugin.execute(download()));
    await plugin.close();
    expect([(body as unknown[]).length, meta.truncated, messages]).toEqual([length, undefined, []]);
  });

  it('ends at its deadline, retries included', async () => {
    await fixture.injectFault({ path: EXPORT, kind: 'latency', ms: 60_000, times: 5 });
    const result = await fixture.plugin.execute({ ...download(), timeoutMs: 150 });
    expect(failure(result).code).toBe('TIMEOUT');
  });
});

describe('a stream', () => {
  it('gives the rows of execute, one by one, and says how far it is', async () => {
    const seen: { rows: number; slicesDone: number }[] = [];
    const rows: unknown[] = [];
    for await (const row of fixture.plugin.stream({ ...download(), onProgress: (now) => seen.push(now) }))
      rows.push(row);
    expect(rows).toEqual(success(await fixture.plugin.execute(download())).body);
    expect(seen.at(-1)).toMatchObject({
      rows: rows.length,
      slicesDone: 1,
      slicesTotal: 1,
      checkpoint: expect.any(String),
    });
  });

  it('gives each of several readers its own row', async () => {
    const iterator = fixture.plugin.stream(download())[Symbol.asyncIterator]();
    const first = await Promise.all(Array.from({ length: 20 }, () => iterator.next()));
    await iterator.return?.();
    const { body } = success(await fixture.plugin.execute(download()));
    expect(first.map(({ value }) => value)).toEqual((body as unknown[]).slice(0, 20));
  });

  it('asks for nothing before somebody reads, and closes the connection when they leave', async () => {
    const stream = fixture.plugin.stream(download(fixture.lastDays(38)));
    expect(await fixture.requestsTo(EXPORT)).toEqual([]);
    await fixture.injectFault({ path: EXPORT, kind: 'drip', bytes: 500, everyMs: 5 });
    for await (const _ of stream) break;
    await expect.poll(() => fixture.requestsTo(EXPORT)).toHaveLength(1);
    const status = await fixture.plugin.execute({ ...download(), timeoutMs: 5000 });
    expect(status.ok).toBe(true);
  });

  it('of a wrong input ends at once, with every mistake', async () => {
    const stream = fixture.plugin.stream(download({ fromDate: 'someday', limit: 'many' }));
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ field: 'fromDate' }, { field: 'limit' }],
    });
  });

  it('ends when its caller aborts, with a token to go on', async () => {
    const abort = new AbortController();
    await fixture.injectFault({ path: EXPORT, kind: 'drip', bytes: 500, everyMs: 5 });
    const read = async () => {
      for await (const _ of fixture.plugin.stream({ ...download(), signal: abort.signal })) abort.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: 'CANCELLED', resumeToken: expect.any(String) });
  });

  it('cuts a long range by what its first slice held, delivers in order, and can go on from every checkpoint', async () => {
    const plugin = createPlugin({
      hosts: fixture.sandbox.hosts,
      ...FAST_UNLIMITED,
      transfer: { ...FAST_UNLIMITED.transfer, firstDays: 4, recordsPerSlice: 500 },
    });
    const call = download({ ...fixture.lastDays(38), response: 'raw' });
    const marks: { token: string; rows: number }[] = [];
    const all: string[] = [];
    const onProgress = ({ checkpoint, rows }: { checkpoint?: string; rows: number }) => {
      if (checkpoint) marks.push({ token: checkpoint, rows });
    };
    for await (const record of plugin.stream({ ...call, onProgress })) all.push(JSON.stringify(record));
    expect(marks.length).toBeGreaterThan(3);
    expect(marks.length).toBeLessThan(20);
    expect(await fixture.requestsTo(EXPORT)).toHaveLength(marks.length);
    expect(all.toSorted()).toEqual((await collectJson(fixture.plugin.stream(call))).toSorted());
    for (const { token, rows } of marks) {
      expect(await collectJson(plugin.stream({ ...call, resumeToken: token }))).toEqual(all.slice(rows));
    }
    await plugin.close();
  });
});

describe('a project of before 2023, whose days are its own and not UTC’s', () => {
  it('loses and doubles nothing at the seams of slices', async () => {
    const old = fixture.sandbox.projects.find(({ createdBefore2023 }) => createdBefore2023)!;
    const call = {
      ...download({ ...fixture.lastDays(30), response: 'raw' }),
      datasource: { ...fixture.datasource, projectId: old.id },
    };
    const sliced = createPlugin({
      hosts: fixture.sandbox.hosts,
      ...FAST_UNLIMITED,
      transfer: { firstDays: 1, recordsPerSlice: 40 },
    });
    const all = await collectJson(sliced.stream(call));
    await sliced.close();
    expect((await fixture.requestsTo(EXPORT)).length).toBeGreaterThan(5);
    expect(all.length).toBeGreaterThan(100);
    expect(all).toEqual(await collectJson(fixture.plugin.stream(call)));
  });
});

async function collectJson(rows: AsyncIterable<unknown>): Promise<string[]> {
  const all: string[] = [];
  for await (const row of rows) all.push(JSON.stringify(row));
  return all;
}
