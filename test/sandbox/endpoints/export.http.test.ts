import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUtcDay } from '../../../src/time/day.js';
import { DAY_MS, HOUR_MS } from '../../../src/time/durations.js';
import {
  type ExportedEvent,
  NOW,
  type SandboxClient,
  startSandboxClient,
  WEBSITE,
  WEST,
} from '../sandbox-client.js';

let client: SandboxClient;
let events: ExportedEvent[];

beforeAll(async () => {
  client = await startSandboxClient();
  events = await client.exported();
});
afterAll(() => client.close());

const DAY = { from_date: '2026-11-10', to_date: '2026-11-10' };
const onDay = ({ properties }: ExportedEvent) => toUtcDay(properties.time) === '2026-11-10';
const linesOf = (text: string): ExportedEvent[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

async function exportEvents(params: Record<string, unknown>): Promise<ExportedEvent[]> {
  const { status, text } = await client.get<string>('/api/2.0/export', params);
  expect(status).toBe(200);
  return linesOf(text);
}

describe('GET /api/2.0/export', () => {
  it('gives one JSON object a line, in order of time, in seconds unless asked for milliseconds', async () => {
    const { text, headers } = await client.get<string>('/api/2.0/export', DAY);
    expect(headers.get('content-type')).toBe('text/plain');
    expect(text.endsWith('}\n')).toBe(true);
    const inSeconds = linesOf(text);
    const inMs = await exportEvents({ ...DAY, time_in_ms: true });
    expect(inSeconds.map(({ properties }) => properties.time)).toEqual(
      inMs.map(({ properties }) => Math.floor(properties.time / 1000)),
    );
    const times = inMs.map(({ properties }) => properties.time);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(new Set(times.map(toUtcDay))).toEqual(new Set(['2026-11-10']));
  });

  it('is the same every time', async () => {
    const query = { from_date: '2026-11-01', to_date: '2026-11-10' };
    expect((await client.get('/api/2.0/export', query)).text).toBe(
      (await client.get('/api/2.0/export', query)).text,
    );
  });

  it('has some events twice, by the same $insert_id', async () => {
    const all = await exportEvents({ from_date: '2026-10-01', to_date: '2026-11-10' });
    const ids = all.map(({ properties }) => properties.$insert_id);
    const twice = ids.length - new Set(ids).size;
    expect(twice).toBeGreaterThan(0);
    expect(twice).toBeLessThan(ids.length / 50);
  });

  it('keeps to the events named, and to the limit', async () => {
    const all = await exportEvents(DAY);
    const some = await exportEvents({ ...DAY, event: ['Purchase', 'Signup'] });
    expect(some).toEqual(all.filter(({ event }) => event === 'Purchase' || event === 'Signup'));
    expect(await exportEvents({ ...DAY, limit: 3 })).toEqual(all.slice(0, 3));
  });

  it('gives nothing, with status 200, where nothing happened', async () => {
    const { status, text } = await client.get('/api/2.0/export', {
      from_date: '2020-01-01',
      to_date: '2020-01-31',
    });
    expect({ status, text }).toEqual({ status: 200, text: '' });
  });

  const FILTERS: [where: string, keeps: (event: ExportedEvent) => boolean][] = [
    [
      'properties["plan"] == "Premium" and properties["country"] == "US"',
      ({ properties }) => properties.plan === 'Premium' && properties.country === 'US',
    ],
    [
      '"mobile" in properties["$browser"] or "Mobile" in properties["$browser"]',
      ({ properties }) => /mobile|Mobile/.test(String(properties.$browser)),
    ],
    [
      'properties["$os"] in ["iOS", "Linux"]',
      ({ properties }) => ['iOS', 'Linux'].includes(String(properties.$os)),
    ],
    [
      'defined(properties["amount"]) and properties["amount"] > 50',
      ({ properties }) => Number(properties.amount) > 50,
    ],
    ['not defined(properties["plan"]) or properties["coupon"] == 5', () => false],
    [
      '"new" in properties["tags"]',
      ({ properties }) => ((properties.tags ?? []) as unknown[]).includes('new'),
    ],
    [
      'any(x, properties["tags"], x == "dark")',
      ({ properties }) => ((properties.tags ?? []) as unknown[]).includes('dark'),
    ],
    [
      'event["$time"] >= datetime("2026-11-10T12:00:00")',
      ({ properties }) => properties.time >= Date.UTC(2026, 10, 10, 12),
    ],
    [
      `properties["$time"] < datetime(${Date.UTC(2026, 10, 10, 6) / 1000})`,
      ({ properties }) => properties.time < Date.UTC(2026, 10, 10, 6),
    ],
    ['properties["__proto__"] == "legacy import"', ({ event }) => event === 'Support Ticket Opened'],
  ];
  it.each(FILTERS)('filters: %s', async (where, keeps) => {
    const day = events.filter(onDay);
    const found = await exportEvents({ ...DAY, where, time_in_ms: true });
    expect(new Set(found.map(toKey))).toEqual(new Set(day.filter(keeps).map(toKey)));
  });

  it('asks the profile of the user for user["…"]', async () => {
    const { body } = await client.post<{
      results: { $distinct_id: string; $properties: Record<string, unknown> }[];
    }>('/api/query/engage', {
      form: { where: 'properties["newsletter"] == true' },
    });
    const readers = new Set(body.results.map(({ $distinct_id }) => $distinct_id));
    const found = await exportEvents({ ...DAY, where: 'user["newsletter"] == true', time_in_ms: true });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(toKey))).toEqual(
      new Set(events.filter((each) => onDay(each) && readers.has(each.properties.distinct_id)).map(toKey)),
    );
  });

  it.each([
    [
      'a filter that does not parse',
      { where: 'properties["plan"] == ' },
      /Error in where: syntax error at character \d+/,
    ],
    [
      "operators that are not in Mixpanel's language",
      { where: 'defined(properties["a"]) && true' },
      /Error in where: syntax error at character 25/,
    ],
    [
      'a filter that joins what is no boolean',
      { where: 'properties["plan"] and true' },
      /'and' must be a boolean, got string/,
    ],
    ['more than 100,000', { limit: 100_001 }, /Error in limit: must be at most 100000/],
    ['tomorrow', { to_date: '2026-11-25' }, /to_date cannot be later than today/],
    ['a missing date', { from_date: '' }, /Missing required parameter: from_date/],
  ])('refuses %s', async (_, change, message) => {
    const { status, body } = await client.get('/api/2.0/export', { ...DAY, ...change });
    expect({ status, body }).toEqual({ status: 400, body: expect.stringMatching(message) });
  });

  it('is compressed only where asked for, and above 1,400 bytes', async () => {
    const plain = await sendRaw({ limit: '1' }, 'gzip');
    expect(plain.encoding).toBeUndefined();
    expect(plain.bytes.byteLength).toBeLessThan(1400);
    const packed = await sendRaw({}, 'gzip');
    expect(packed.encoding).toBe('gzip');
    const open = await sendRaw({}, 'identity');
    expect(open.encoding).toBeUndefined();
    expect(gunzipSync(packed.bytes)).toEqual(open.bytes);
  });

  it('means days of UTC in projects made since 2023, whatever their zone', async () => {
    const found = await exportEvents({ ...DAY, project_id: WEBSITE });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map(({ properties }) => toUtcDay(properties.time * 1000)))).toEqual(
      new Set(['2026-11-10']),
    );
  });

  it("keeps the project's clock, as if it were UTC's, in projects made before", async () => {
    const id = 'clock-test-1';
    const noonInUtc = Date.UTC(2026, 10, 23, 12);
    await client.post('/track', {
      json: [
        {
          event: 'Clock Read',
          properties: {
            token: 'sandbox-token-2345678',
            distinct_id: 'u',
            time: noonInUtc / 1000,
            $insert_id: id,
          },
        },
      ],
    });
    const [found] = await exportEvents({
      project_id: WEST,
      from_date: '2026-11-23',
      to_date: '2026-11-23',
      event: ['Clock Read'],
    });
    expect(found?.properties.time).toBe((noonInUtc - 8 * HOUR_MS) / 1000);
  });
});

describe('the data set', () => {
  it('has properties of every type, and values that break careless readers', async () => {
    const { text } = await client.get<string>('/api/2.0/export', {
      from_date: '2026-09-30',
      to_date: '2026-11-24',
    });
    // Odd numbers beyond 2^53, as bare digits; the text is too long to show where one is missing.
    expect(/"order_id":9007\d{11}[13579]\b/.test(text)).toBe(true);
    expect(['\u2028', '\u2029'].filter((separator) => !text.includes(separator))).toEqual([]);
    const purchase = events.find(({ event }) => event === 'Purchase')?.properties;
    expect(purchase).toMatchObject({
      amount: expect.any(Number),
      currency: expect.any(String),
      gift: expect.any(Boolean),
      items: expect.arrayContaining([
        { sku: expect.any(String), price: expect.any(Number), quantity: expect.any(Number) },
      ]),
      address: { geo: { lat: expect.any(Number) } },
      delivery_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    expect(events.some(({ properties }) => properties.coupon === null)).toBe(true);
    expect(new Set(events.map(({ event }) => event)).size).toBeGreaterThanOrEqual(19);
  });

  it('is about as large as asked for, ends now, and begins so many days before', async () => {
    const all = [...events, ...(await client.exported(WEST)), ...(await client.exported(WEBSITE))];
    expect(all.length).toBeGreaterThan(17_000);
    expect(all.length).toBeLessThan(23_000);
    const times = events.map(({ properties }) => properties.time);
    expect(Math.max(...times)).toBeLessThanOrEqual(NOW);
    expect(Math.max(...times)).toBeGreaterThan(NOW - DAY_MS / 4);
    expect(toUtcDay(Math.min(...times))).toBe(toUtcDay(NOW - 59 * DAY_MS));
  });

  it('grows, rests at the weekend, and has one day on which payments failed', () => {
    const perDay = new Map<string, number>();
    const failed = new Map<string, number>();
    for (const { event, properties } of events) {
      const day = toUtcDay(properties.time);
      perDay.set(day, (perDay.get(day) ?? 0) + 1);
      if (event === 'Payment Failed') failed.set(day, (failed.get(day) ?? 0) + 1);
    }
    const mean = (from: number, to: number, days: number[]) => {
      const counts = [...perDay].filter(([day]) => {
        const ago = (Date.parse('2026-11-24') - Date.parse(day)) / DAY_MS;
        return ago >= from && ago < to && days.includes(new Date(day).getUTCDay());
      });
      return counts.reduce((total, [, count]) => total + count, 0) / counts.length;
    };
    const anyDay = [0, 1, 2, 3, 4, 5, 6];
    expect(mean(1, 15, anyDay)).toBeGreaterThan(1.2 * mean(45, 59, anyDay));
    expect(mean(1, 29, [0, 6])).toBeLessThan(0.85 * mean(1, 29, [1, 2, 3, 4]));
    const [worst, next] = [...failed].sort(([, one], [, other]) => other - one);
    expect(worst?.[1]).toBeGreaterThan(3 * (next?.[1] ?? 0));
  });
});

/** What identifies an event; the export may have it twice. */
function toKey({ event, properties }: ExportedEvent): string {
  return `${event} ${properties.distinct_id} ${properties.time} ${properties.$insert_id}`;
}

/** Asks without `fetch`, which decompresses by itself. */
function sendRaw(
  params: Record<string, string>,
  encoding: string,
): Promise<{ encoding?: string; bytes: Buffer }> {
  const { url, accounts } = client.sandbox;
  const query = new URLSearchParams({ project_id: '1234567', ...DAY, ...params });
  const auth = `${accounts[0]?.username}:${accounts[0]?.password}`;
  return new Promise((resolve, reject) => {
    request(
      `${url}/api/2.0/export?${query}`,
      { auth, headers: { 'accept-encoding': encoding } },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) });
      },
    )
      .on('error', reject)
      .end();
  });
}
