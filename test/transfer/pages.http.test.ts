import { afterEach, describe, expect, it } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { HOUR_MS } from '../../src/time/durations.js';
import { failure, success } from '../results.js';
import { DATASOURCE, FAST_UNLIMITED, type StubServer, startStubServer } from './stub-server.js';

const PAGE_SIZE = 100;

interface PageRequest {
  page: number;
  session: string | undefined;
  where: string | undefined;
  group: string | undefined;
}

let stubServer: StubServer;
let plugin: MixpanelPlugin;
let requests: PageRequest[];
let maxConcurrent: number;

afterEach(async () => {
  await plugin.close();
  await stubServer.close();
});

/**
 * Serves `total` profiles. Further pages wait until `together` of them have arrived; `fail` gives the status of a page
 * that fails.
 */
async function serve(
  total: number,
  { together = 1, fail = (_: PageRequest, __: number): number => 0, tellTotal = true } = {},
) {
  requests = [];
  maxConcurrent = 0;
  let running = 0;
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  stubServer = await startStubServer(async (request, response) => {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const page = Number(form.get('page') ?? 0);
    const call = {
      page,
      session: form.get('session_id') ?? undefined,
      where: form.get('where') ?? undefined,
      group: form.get('data_group_id') ?? undefined,
    };
    const times = requests.filter((each) => each.page === page).length;
    requests.push(call);
    running += 1;
    maxConcurrent = Math.max(maxConcurrent, running);
    if (running >= together) arrived();
    if (page > 0) await arrival;
    running -= 1;
    const status = fail(call, times);
    if (status) {
      response.statusCode = status;
      return response.end(JSON.stringify({ error: 'request for page in uncached query for params' }));
    }
    const first = page * PAGE_SIZE;
    const length = Math.max(0, Math.min(PAGE_SIZE, total - first));
    const results = Array.from({ length }, (_, index) => ({
      $distinct_id: `u${first + index}`,
      $properties: { $email: `u${first + index}@example.com` },
    }));
    const answer = { page, page_size: PAGE_SIZE, session_id: 'session-1', status: 'ok', results };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(page === 0 && tellTotal ? { ...answer, total } : answer));
  });
  plugin = createPlugin({ hosts: stubServer.hosts, ...FAST_UNLIMITED });
}

const query = (parameters: Record<string, unknown> = {}) => ({
  datasource: DATASOURCE,
  command: 'QUERY_PROFILES',
  parameters,
});
const ids = (body: unknown) => (body as { distinct_id: string }[]).map(({ distinct_id }) => distinct_id);
const users = (count: number) => Array.from({ length: count }, (_, index) => `u${index}`);

describe('pages of profiles', () => {
  it('one by default, with what is needed to go on', async () => {
    await serve(1234);
    const { body, meta } = success(await plugin.execute(query()));
    expect(ids(body)).toEqual(users(100));
    expect(meta).toMatchObject({ sessionId: 'session-1', page: 0, total: 1234 });
    expect(requests).toHaveLength(1);
  });

  it('all of them in order, five at a time after the first, each with the session and the same filter', async () => {
    await serve(1234, { together: 5 });
    const where = 'properties["plan"] == "Premium"';
    const formData = { where, data_group_id: '-1405123841946871899' };
    const { body, meta } = success(await plugin.execute(query({ pages: 'all', formData })));
    expect(ids(body)).toEqual(users(1234));
    expect(meta).toMatchObject({ pages: 13, total: 1234, rows: 1234 });
    expect(maxConcurrent).toBe(5);
    expect(requests.map(({ page }) => page).toSorted((one, other) => one - other)).toEqual([
      ...Array(13).keys(),
    ]);
    expect(requests.slice(1).every(({ session }) => session === 'session-1')).toBe(true);
    expect(new Set(requests.map((each) => each.where))).toEqual(new Set([where]));
    expect(new Set(requests.map(({ group }) => group))).toEqual(new Set(['-1405123841946871899']));
  });

  it('as many as asked for, and one query of the quota whatever their number', async () => {
    await serve(1234);
    const own = createPlugin({
      hosts: stubServer.hosts,
      quota: { limits: { query: { windows: [{ limit: 60, windowMs: HOUR_MS }], concurrent: 5 } } },
    });
    const { body, meta } = success(
      await own.execute({
        ...query({ pages: 7 }),
        datasource: { ...DATASOURCE, projectId: '77' },
      }),
    );
    await own.close();
    expect(ids(body)).toEqual(users(700));
    expect(meta).toMatchObject({ cost: 1, quota: { left: 59 } });
  });

  it('to their end if the first page has no total', async () => {
    await serve(321, { tellTotal: false });
    const { body } = success(await plugin.execute(query({ pages: 'all' })));
    expect(ids(body)).toEqual(users(321));
  });

  it('of an empty project are no rows', async () => {
    await serve(0);
    const { body } = success(await plugin.execute(query({ pages: 'all' })));
    expect(body).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it('raw are the answers as they came', async () => {
    await serve(150);
    const one = await plugin.execute(query({ response: 'raw' }));
    expect(success(one).body).toMatchObject({ page: 0, session_id: 'session-1', total: 150 });
    const both = await plugin.execute(query({ response: 'raw', pages: 'all' }));
    expect(success(both).body).toMatchObject([{ page: 0 }, { page: 1 }]);
  });

  it('ask again for a page that failed, and for no other', async () => {
    await serve(500, { fail: ({ page }, times) => (page === 3 && times < 2 ? 503 : 0) });
    const { body } = success(await plugin.execute(query({ pages: 'all' })));
    expect(ids(body)).toEqual(users(500));
    expect(requests.filter(({ page }) => page === 3)).toHaveLength(3);
    expect(requests).toHaveLength(7);
  });

  it('fail at once where the first fails, since asking for it again is charged again', async () => {
    await serve(500, { fail: ({ page }) => (page === 0 ? 503 : 0) });
    const result = await plugin.execute(query({ pages: 'all' }));
    expect(failure(result).code).toBe('SERVER_TROUBLE');
    expect(requests).toHaveLength(1);
  });

  it('ask again for the first of a session already begun, which is free', async () => {
    await serve(500, { fail: ({ page }, times) => (page === 3 && times < 2 ? 503 : 0) });
    const { body } = success(await plugin.execute(query({ formData: { session_id: 'session-1', page: 3 } })));
    expect(ids(body)).toEqual(users(500).slice(300, 400));
    expect(requests).toHaveLength(3);
  });

  it('that cannot be completed are a failure that says what had come', async () => {
    await serve(500, { fail: ({ page }) => (page === 3 ? 400 : 0) });
    const { code, message } = failure(await plugin.execute(query({ pages: 'all' })));
    expect(code).toBe('INCOMPLETE');
    expect(message).toMatch(/uncached query.*300 profiles on 3 pages had been delivered/s);
  });

  it('go on from the token of a failure, in another process too, and none comes twice', async () => {
    let broken = true;
    // All four further pages have arrived before the third fails.
    await serve(500, { together: 4, fail: ({ page }) => (broken && page === 3 ? 400 : 0) });
    const before: unknown[] = [];
    const read = async () => {
      for await (const row of plugin.stream(query({ pages: 'all' }))) before.push(row);
    };
    const { resumeToken } = await read().catch((thrown) => thrown);
    broken = false;
    requests.length = 0;
    const elsewhere = createPlugin({ hosts: stubServer.hosts, ...FAST_UNLIMITED });
    const after: unknown[] = [];
    for await (const row of elsewhere.stream({ ...query({ pages: 'all' }), resumeToken })) after.push(row);
    await elsewhere.close();
    expect([ids(before), ids([...before, ...after])]).toEqual([users(300), users(500)]);
    expect(requests.map(({ page }) => page)).toEqual([3, 4]);
  });

  it('go on in the session of a page somebody has already', async () => {
    await serve(500);
    const formData = { session_id: 'session-1', page: 2 };
    const { body, meta } = success(await plugin.execute(query({ pages: 2, formData })));
    expect(ids(body)).toEqual(users(500).slice(200, 400));
    expect(meta.page).toBe(3);
  });

  it('stream as they arrive', async () => {
    await serve(1000);
    const seen: number[] = [];
    const call = {
      ...query({ pages: 'all' }),
      onProgress: ({ slicesTotal }: { slicesTotal: number }) => seen.push(slicesTotal),
    };
    const got: unknown[] = [];
    for await (const row of plugin.stream(call)) got.push(row);
    expect(ids(got)).toEqual(users(1000));
    expect(seen).toEqual(Array(10).fill(10));
  });
});
