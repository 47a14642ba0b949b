import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../src/plugin.js';
import { success } from '../results.js';
import { DATASOURCE, FAST_UNLIMITED, type StubServer, startStubServer } from './stub-server.js';

interface TrackedEvent {
  event: string;
  properties: { token: string; number: number; $insert_id?: string };
}

let stubServer: StubServer;
let plugin: MixpanelPlugin;
/** What arrived, request by request, answered or not. */
let received: TrackedEvent[][];
/** How each of them was written, and its bytes on the wire. */
let encodings: { encoding: string | undefined; bytes: number }[];

afterEach(async () => {
  await plugin.close();
  await stubServer.close();
});

type Answer = { status: number; body: unknown } | 'reset';
const OK: Answer = { status: 200, body: { status: 1, error: null } };

async function serve(answer: (events: TrackedEvent[], request: number) => Answer = () => OK) {
  received = [];
  encodings = [];
  stubServer = await startStubServer(async (request, response) => {
    const bytes = Buffer.concat(await request.toArray());
    const { 'content-encoding': encoding, 'content-type': type } = request.headers;
    expect(type).toBe('application/json');
    encodings.push({ encoding, bytes: bytes.length });
    const events = JSON.parse((encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString());
    received.push(events);
    const reply = answer(events, received.length);
    if (reply === 'reset') return response.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply.body));
  });
  plugin = createPlugin({ hosts: stubServer.hosts, ...FAST_UNLIMITED });
}

function events(count: number, note = ''): TrackedEvent[] {
  return Array.from({ length: count }, (_, number) => ({
    event: 'Moved',
    properties: { token: 'project-token', number, ...(note ? { note } : {}) },
  }));
}

const track = (trackedEvents: unknown[], more: Record<string, unknown> = {}) =>
  plugin.execute({ datasource: DATASOURCE, command: 'TRACK_EVENTS', parameters: { trackedEvents }, ...more });

const numbers = (batches: TrackedEvent[][]) => batches.flat().map(({ properties }) => properties.number);

describe('events of any number', () => {
  it('go in batches of at most 2,000, in order, and the table counts them', async () => {
    await serve();
    const { body, meta } = success(await track(events(4500)));
    expect(body).toEqual([{ status: 'ok', accepted: 4500 }]);
    expect(meta.batches).toBe(3);
    expect(received.map(({ length }) => length)).toEqual([2000, 2000, 500]);
    expect(numbers(received)).toEqual([...Array(4500).keys()]);
  });

  it('go in batches of at most 2 MB', async () => {
    await serve();
    await track(events(30, 'x'.repeat(200_000)));
    expect(received.length).toBeGreaterThan(2);
    for (const batch of received)
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(2_000_000);
    expect(numbers(received)).toEqual([...Array(30).keys()]);
  });

  it('go compressed, but for a few, which fit in one packet as they are', async () => {
    await serve();
    await track(events(100));
    await track(events(1, 'ü'.repeat(600)));
    await track(events(1, 'ü'.repeat(700)));
    expect(encodings.map(({ encoding }) => encoding)).toEqual(['gzip', undefined, 'gzip']);
    expect(encodings[1]!.bytes).toBeLessThan(1400);
    expect(encodings[0]!.bytes).toBeLessThan(JSON.stringify(received[0]).length / 5);
  });

  it('get an $insert_id each where they have none, of their own and as Mixpanel takes it', async () => {
    await serve();
    const given = events(3);
    given[1]!.properties.$insert_id = 'mine';
    await track(given);
    const ids = received.flat().map(({ properties }) => properties.$insert_id);
    expect(ids[1]).toBe('mine');
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9-]{1,36}$/);
  });
});

describe('a batch that does not get through', () => {
  it.each<[string, Answer]>([
    ['429', { status: 429, body: { code: 429, error: 'Project exceeded rate limits.' } }],
    ['503', { status: 503, body: 'Service Unavailable' }],
    ['a lost connection', 'reset'],
  ])('is sent again after %s, with the same ids', async (_, trouble) => {
    await serve((_, request) => (request === 2 || request === 3 ? trouble : OK));
    const { body } = success(await track(events(2500)));
    expect(body).toEqual([{ status: 'ok', accepted: 2500 }]);
    expect(received.map(({ length }) => length)).toEqual([2000, 500, 500, 500]);
    expect(received[2]).toEqual(received[1]);
    expect(received[3]).toEqual(received[1]);
  });

  it.each([400, 401, 403])('is not sent again after %s', async (status) => {
    await serve(() => ({ status, body: { error: 'no', status: 'error' } }));
    const { ok } = await track(events(10));
    expect([ok, received.length]).toEqual([false, 1]);
  });

  it('is halved when Mixpanel finds it too large', async () => {
    await serve((batch) =>
      batch.length > 600 ? { status: 413, body: { code: 413, error: 'too large' } } : OK,
    );
    const { body } = success(await track(events(2000)));
    expect(body).toEqual([{ status: 'ok', accepted: 2000 }]);
    expect(received.map(({ length }) => length)).toEqual([2000, 1000, 500, 500, 1000, 500, 500]);
    const taken = received.filter(({ length }) => length <= 600);
    expect(numbers(taken)).toEqual([...Array(2000).keys()]);
  });

  it('that Mixpanel rejects is reported event by event with its reason, and the others are sent', async () => {
    await serve((_, request) =>
      request === 1 ? { status: 200, body: { status: 0, error: 'data, missing or empty' } } : OK,
    );
    const { body } = success(await track(events(2010)));
    const [sum, ...rejected] = body as Record<string, unknown>[];
    expect(sum).toEqual({ status: 'partial', accepted: 10 });
    expect(rejected).toHaveLength(2000);
    expect(rejected[7]).toEqual({
      status: 'rejected',
      accepted: 0,
      index: 7,
      event: 'Moved',
      reason: 'data, missing or empty',
    });
  });

  it('for good leaves those after it unsent, and says so of each', async () => {
    await serve((_, request) => (request > 1 ? { status: 503, body: 'down' } : OK));
    const { body, messages } = success(await track(events(4500)));
    const [sum, ...unsent] = body as Record<string, unknown>[];
    expect(sum).toEqual({ status: 'partial', accepted: 2000 });
    expect(unsent).toHaveLength(2500);
    expect(unsent[0]).toMatchObject({ status: 'not sent', index: 2000, event: 'Moved', reason: /HTTP 503/ });
    expect(messages).toEqual([expect.stringMatching(/^Only the first 2,000 of 4,500 were sent\./)]);
  });
});

describe('sending a list that comes bit by bit', () => {
  async function send(items: AsyncIterable<unknown>, more: Record<string, unknown> = {}) {
    const outcomes: { first: number; items: number; accepted: number; rejected: unknown[] }[] = [];
    const call = { datasource: DATASOURCE, command: 'TRACK_EVENTS', items, ...more };
    for await (const { first, items: count, accepted, rejected } of plugin.send(call)) {
      outcomes.push({ first, items: count, accepted, rejected });
    }
    return outcomes;
  }

  async function* each(items: unknown[]) {
    yield* items;
  }

  it('reports each stretch, without invalid events, which get a reason', async () => {
    await serve();
    const given: unknown[] = events(2100);
    given[5] = { event: 'No token', properties: { number: 5 } };
    given[2050] = 'nonsense';
    const outcomes = await send(each(given));
    expect(outcomes).toEqual([
      {
        first: 0,
        items: 2000,
        accepted: 1999,
        rejected: [
          expect.objectContaining({ index: 5, event: 'No token', reason: expect.stringContaining('token') }),
        ],
      },
      {
        first: 2000,
        items: 100,
        accepted: 99,
        rejected: [expect.objectContaining({ index: 2050, status: 'rejected' })],
      },
    ]);
    expect(numbers(received)).toEqual(
      [...Array(2100).keys()].filter((number) => number !== 5 && number !== 2050),
    );
  });

  it('gives an event the same id in every run, whatever is mended, added or moved around it', async () => {
    await serve();
    const equal = { event: 'Same', properties: { token: 'project-token', number: 7 } };
    await send(each([...events(2), equal, equal]));
    const first = new Map(received.flat().map((event) => [event.properties.$insert_id, event]));
    expect(first.size).toBe(4);
    received.length = 0;
    const mended = { event: 'Mended', properties: { token: 'project-token', number: 8 } };
    await send(each([equal, mended, ...events(2).reverse(), equal]));
    const second = received.flat().filter(({ event }) => event !== 'Mended');
    for (const event of second) expect(first.get(event.properties.$insert_id)).toEqual(event);
    expect(new Set(second.map(({ properties }) => properties.$insert_id)).size).toBe(4);
  });

  it('passes over items that were sent before, and counts them for the ids of equal ones', async () => {
    await serve();
    const equal = { event: 'Same', properties: { token: 'project-token', number: 7 } };
    const items = [equal, ...events(2500), equal];
    await send(each(items));
    const all = received.flat();
    received.length = 0;
    const results = await send(each(items), { skip: 2000 });
    expect(received.flat()).toEqual(all.slice(2000));
    expect(results[0]).toMatchObject({ first: 2000 });
  });

  it('reads no further ahead than the next batch', async () => {
    await serve();
    let read = 0;
    async function* counted() {
      for (const event of events(20_000)) {
        read += 1;
        yield event;
      }
    }
    const call = { datasource: DATASOURCE, command: 'TRACK_EVENTS', items: counted() };
    for await (const { first } of plugin.send(call)) {
      expect(read).toBeLessThanOrEqual(first + 3 * 2000 + 1);
      if (first > 8000) break;
    }
    expect(read).toBeLessThan(20_000);
  });

  it('stops between batches when aborted', async () => {
    await serve();
    const abort = new AbortController();
    const call = {
      datasource: DATASOURCE,
      command: 'TRACK_EVENTS',
      items: each(events(10_000)),
      signal: abort.signal,
    };
    const read = async () => {
      for await (const { first } of plugin.send(call)) if (first === 2000) abort.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(received.length).toBeLessThanOrEqual(3);
  });
});
