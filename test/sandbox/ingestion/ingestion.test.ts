import { describe, expect, it } from 'vitest';
import type { Reply, SandboxRequest } from '../../../src/sandbox/endpoint/definition.js';
import { ingestionEndpoints } from '../../../src/sandbox/endpoints/ingestion.js';
import type { Json, JsonObject, Write } from '../../../src/sandbox/records/write.js';
import { DAY_SECONDS } from '../../../src/time/durations.js';
import { createRequest, PROJECTS } from '../requests.js';

const NOW = Date.UTC(2026, 4, 20, 12);
const [SHOP] = PROJECTS;
const TOKEN = SHOP!.token;

describe('/track', () => {
  it('says 1 in text, and the same as JSON with verbose=1', () => {
    const body = [{ event: 'Buy', properties: { token: TOKEN } }];
    expect(send('/track', { body }).said).toBe('1');
    expect(send('/track', { body, params: { verbose: '1' } }).said).toEqual({ error: null, status: 1 });
  });

  it.each<[Json | undefined, string]>([
    [undefined, 'data, missing or empty'],
    [[], 'data, missing or empty'],
    [[{ properties: { token: TOKEN } }], 'event, missing'],
    [[{ event: 'Buy', properties: {} }], 'token, missing or empty'],
    [[{ event: 'Buy' }], 'token, missing or empty'],
  ])('refuses %j with status 200: %s', (body, error) => {
    expect(send('/track', { body }).said).toBe('0');
    const verbose = send('/track', { body, params: { verbose: 1 } });
    expect(verbose).toMatchObject({ status: 200, said: { error, status: 0 }, writes: [] });
  });

  it('says 1 as soon as one event is well-formed, and keeps only those', () => {
    const sent = send('/track', { body: [{}, { event: 'Buy', properties: { token: TOKEN, price: 9 } }] });
    expect(sent.said).toBe('1');
    expect(sent.events).toMatchObject([{ event: 'Buy', properties: { price: 9 } }]);
  });

  it('keeps an event without its token, with a time in milliseconds, an id and when it was processed', () => {
    const properties = { token: TOKEN, time: NOW / 1000 - 60, distinct_id: 'u1', $insert_id: 'i1' };
    expect(send('/track', { body: [{ event: 'Buy', properties }] }).writes).toEqual([
      {
        kind: 'event',
        projectId: '1234567',
        event: {
          event: 'Buy',
          properties: { time: NOW - 60_000, distinct_id: 'u1', $insert_id: 'i1', mp_processing_time_ms: NOW },
        },
      },
    ]);
  });

  it('dates an event without a time, or from the future, now', () => {
    const events = [{}, { time: NOW + 9_999_999 }].map((properties) => ({
      event: 'Buy',
      properties: { ...properties, token: TOKEN },
    }));
    expect(send('/track', { body: events }).events.map(({ properties }) => properties.time)).toEqual([
      NOW,
      NOW,
    ]);
  });

  it('drops what is older than five days without a word', () => {
    const at = (time: number) => ({ event: 'Buy', properties: { token: TOKEN, time } });
    const sent = send('/track', {
      body: [at(NOW / 1000 - 5 * DAY_SECONDS), at(NOW / 1000 - 5 * DAY_SECONDS - 1)],
    });
    expect(sent.said).toBe('1');
    expect(sent.events).toHaveLength(1);
    expect(send('/track', { body: [at(0)] })).toMatchObject({ said: '1', writes: [] });
  });

  it('accepts a token nobody knows and keeps nothing of it', () => {
    const sent = send('/track', {
      body: [{ event: 'Buy', properties: { token: 'bogus' } }],
      params: { verbose: 1 },
    });
    expect(sent).toMatchObject({ said: { error: null, status: 1 }, writes: [] });
  });

  it('derives a distinct_id from the address with ip=1', () => {
    const body = [{ event: 'Buy', properties: { token: TOKEN } }];
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const [first] = send('/track', { body, params: { ip: 1 }, headers }).events;
    const [again] = send('/track', { body, params: { ip: 1 }, headers }).events;
    expect(first?.properties.distinct_id).toMatch(/^[0-9a-f]{40}$/);
    expect(again?.properties.distinct_id).toBe(first?.properties.distinct_id);
    expect(send('/track', { body }).events[0]?.properties.distinct_id).toBe('');
  });

  it('reads a form with data in JSON or base64, on POST and GET', () => {
    const text = JSON.stringify({ event: 'Äpfel', properties: { token: TOKEN } });
    for (const data of [text, Buffer.from(text).toString('base64')]) {
      for (const method of ['POST', 'GET']) {
        expect(send('/track', { method, params: { data } }).events).toMatchObject([{ event: 'Äpfel' }]);
      }
    }
  });

  it('answers an image with img=1 and a script with callback', () => {
    const body = [{ event: 'Buy', properties: { token: TOKEN } }];
    expect(send('/track', { body, params: { img: 1 } }).type).toBe('image/gif');
    expect(send('/track', { body, params: { callback: 'done' } })).toMatchObject({
      type: 'text/javascript',
      said: 'done(1);',
    });
    expect(send('/track', { body, params: { callback: 'alert(1)//' } }).said).toBe('1');
  });

  it('takes 2000 events a request and refuses 2001 whole', () => {
    const events = (count: number) =>
      Array.from({ length: count }, () => ({ event: 'Buy', properties: { token: TOKEN } }));
    expect(send('/track', { body: events(2000) }).events).toHaveLength(2000);
    expect(send('/track', { body: events(2001) })).toMatchObject({ status: 413, writes: [] });
  });

  it('refuses an event with 255 properties, one of a megabyte and one nested too deep', () => {
    const wide = Object.fromEntries(Array.from({ length: 254 }, (_, index) => [`p${index}`, index]));
    const refused = (properties: JsonObject) =>
      send('/track', { body: [{ event: 'Buy', properties: { token: TOKEN, ...properties } }] }).said === '0';
    expect(refused(wide)).toBe(true);
    expect(refused({ text: 'x'.repeat(1024 * 1024) })).toBe(true);
    expect(refused({ a: { b: { c: { d: { e: 1 } } } } })).toBe(true);
    expect(refused({ list: Array.from({ length: 255 }, () => 1) })).toBe(true);
    expect(refused({ a: { b: { c: { d: 1 } } }, list: Array.from({ length: 254 }, () => 1) })).toBe(false);
  });

  it('cuts strings after 255 characters', () => {
    const body = [
      { event: 'Buy', properties: { token: TOKEN, text: 'x'.repeat(300), nested: ['y'.repeat(300)] } },
    ];
    const [event] = send('/track', { body }).events;
    expect(event?.properties).toMatchObject({ text: 'x'.repeat(255), nested: ['y'.repeat(255)] });
  });

  it('keeps properties with the names of built-in things', () => {
    const properties: JsonObject = JSON.parse(
      `{"token":"${TOKEN}","__proto__":"p","constructor":"c","42":1}`,
    );
    const [event] = send('/track', { body: [{ event: 'Buy', properties }] }).events;
    expect(Object.entries(event!.properties)).toEqual(
      expect.arrayContaining([
        ['__proto__', 'p'],
        ['constructor', 'c'],
        ['42', 1],
      ]),
    );
  });
});

describe('/import', () => {
  const good = { event: 'Buy', properties: { time: 1_600_000_000, distinct_id: 'u1', $insert_id: 'i-1' } };

  it('keeps events of any age and counts them', () => {
    const sent = send('/import', { body: [good], params: { strict: '1' } });
    expect(sent).toMatchObject({ status: 200, said: { code: 200, num_records_imported: 1, status: 'OK' } });
    expect(sent.events[0]?.properties.time).toBe(1_600_000_000_000);
  });

  it.each<[string, JsonObject, string, string]>([
    ['a blank event', { ...good, event: '' }, 'event', "'event' must not be missing or blank"],
    [
      'a missing time',
      withChanges({ time: null }),
      'properties.time',
      "'properties.time' is invalid: must be specified as seconds since epoch",
    ],
    [
      'a time before 1971',
      withChanges({ time: 31_535_999 }),
      'properties.time',
      "'properties.time' is invalid: must be specified as seconds since epoch",
    ],
    [
      'a time more than an hour ahead',
      withChanges({ time: NOW + 3_600_001 }),
      'properties.time',
      "'properties.time' is invalid: must not be more than 1 hour in the future",
    ],
    [
      'a placeholder for a distinct_id',
      withChanges({ distinct_id: 'Undefined' }),
      'properties.distinct_id',
      `'properties.distinct_id' is invalid: "Undefined" is not allowed`,
    ],
    [
      'an $insert_id with a space',
      withChanges({ $insert_id: 'i 1' }),
      '$insert_id',
      // mixpanel/mixpanel-utils issue 40
      "'$insert_id' is invalid: must only contain alphanumeric or hyphen '-' characters",
    ],
    [
      'an $insert_id of 37 bytes',
      withChanges({ $insert_id: 'i'.repeat(37) }),
      '$insert_id',
      // mixpanel/mixpanel-utils issue 40
      "'$insert_id' is invalid: must only contain alphanumeric or hyphen '-' characters",
    ],
  ])('names %s, and imports the rest', (_, record, field, message) => {
    const sent = send('/import', { body: [good, record], params: { strict: '1' } });
    expect(sent).toMatchObject({
      status: 400,
      said: {
        code: 400,
        error: 'some data points in the request failed validation',
        failed_records: [{ index: 1, field, message }],
        num_records_imported: 1,
        status: 'Bad Request',
      },
    });
    expect(sent.events).toHaveLength(1);
  });

  it('allows an empty distinct_id: an event of nobody', () => {
    expect(send('/import', { body: [withChanges({ distinct_id: '' })] }).status).toBe(200);
  });

  it.each([{}, { strict: '0' }])('is lenient with %j: ids are filled in, the rest is kept', (params) => {
    const body = [
      withChanges({ $insert_id: null, distinct_id: null }),
      withChanges({ $insert_id: 'i 1' }),
      {},
    ];
    const sent = send('/import', { body, params: { ...params, verbose: '1' } });
    expect(sent).toMatchObject({ status: 200, said: { num_records_imported: 2, status: 0 } });
    expect(sent.events[0]?.properties).toMatchObject({
      distinct_id: '',
      $insert_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('answers 1 or 0 without strict and verbose, as the Node SDK reads it', () => {
    for (const params of [{}, { verbose: '0' }, { strict: '0' }]) {
      expect(send('/import', { body: [good], params })).toMatchObject({ type: 'text/plain', said: '1' });
      expect(send('/import', { body: [{}], params })).toMatchObject({ type: 'text/plain', said: '0' });
    }
  });

  it('reads one event by GET, in base64, and a form that does not escape its plus signs', () => {
    const data = Buffer.from(JSON.stringify({ ...good, event: '>>>???' })).toString('base64');
    expect(data).toContain('+');
    expect(send('/import', { method: 'GET', params: { data } }).events).toMatchObject([{ event: '>>>???' }]);
    const unescaped = data.replaceAll('+', ' ');
    expect(send('/import', { params: { data: unescaped } }).events).toMatchObject([{ event: '>>>???' }]);
  });

  it('with strict=0 and verbose=1 says how many it kept', () => {
    const sent = send('/import', { body: [{}], params: { strict: '0', verbose: '1' } });
    expect(sent).toMatchObject({
      status: 200,
      said: {
        code: 200,
        error: 'some data points in the request failed validation',
        num_records_imported: 0,
        status: 0,
      },
    });
  });

  it('reads one event a line, and names the line that is no JSON', () => {
    const lines = (text: string) =>
      send('/import', {
        rawBody: Buffer.from(text),
        headers: { 'content-type': 'application/x-ndjson' },
        params: { strict: '1' },
      });
    const line = JSON.stringify(good);
    expect(lines(`${line}\n${line}\n`).events).toHaveLength(2);
    expect(lines(`${line}\n{"event":\n`)).toMatchObject({
      status: 400,
      said: { failed_records: [{ index: 1 }] },
    });
  });

  it('refuses more than 10 MB, uncompressed', () => {
    const sent = send('/import', { body: [good], rawBody: new Uint8Array(10 * 1024 * 1024 + 1) });
    expect(sent).toMatchObject({
      status: 413,
      said: {
        code: 413,
        error: 'request exceeds max limit of 10485760 bytes',
        status: 'Request Entity Too Large',
      },
      writes: [],
    });
  });

  function withChanges(properties: JsonObject): JsonObject {
    return { ...good, properties: { ...good.properties, ...properties } };
  }
});

describe('/engage and /groups', () => {
  it('hand an update on as it was sent, to the project of its token', () => {
    const update = { $token: TOKEN, $distinct_id: 'u1', $set: { plan: 'Premium' } };
    expect(send('/engage', { body: [update] })).toMatchObject({
      said: '1',
      writes: [{ kind: 'profile', projectId: '1234567', at: NOW, update }],
    });
    const group = { $token: TOKEN, $group_key: 'Company', $group_id: 'Acme', $set: { seats: 9 } };
    expect(send('/groups', { body: group })).toMatchObject({
      said: '1',
      writes: [{ kind: 'group', projectId: '1234567', at: NOW, update: group }],
    });
  });

  it.each<[string, JsonObject, string]>([
    ['/engage', { $distinct_id: 'u1', $set: {} }, '$token, missing or empty'],
    ['/engage', { $token: TOKEN, $set: {} }, '$distinct_id, missing or empty'],
    ['/groups', { $token: TOKEN, $group_key: 'Company', $set: {} }, '$group_id, missing or empty'],
    [
      '/engage',
      { $token: TOKEN, $distinct_id: 'u1', $add: { n: 'one' } },
      "'$add' is invalid: must be an object of numbers",
    ],
    [
      '/engage',
      { $token: TOKEN, $distinct_id: 'u1', $union: { n: 1 } },
      "'$union' is invalid: must be an object of lists",
    ],
    [
      '/engage',
      { $token: TOKEN, $distinct_id: 'u1', $unset: 'plan' },
      "'$unset' is invalid: must be a list of property names",
    ],
  ])('%s refuses %j: %s', (path, update, error) => {
    expect(send(path, { body: [update] }).said).toBe('0');
    const verbose = send(path, { body: [update], params: { verbose: '1' } });
    expect(verbose).toMatchObject({ status: 200, said: { error, status: 0 }, writes: [] });
  });

  // NangoHQ/integration-templates, increment-profile-property and update-profile-property, July 2026
  it('count good updates with strict=1, and name each refused one', () => {
    const update = { $token: TOKEN, $distinct_id: 'u1', $set: {} };
    for (const params of [{ strict: 1 }, { strict: 1, verbose: 1 }]) {
      expect(send('/engage', { body: [update], params })).toMatchObject({
        status: 200,
        said: { error: null, errors: {}, num_good_events: 1, status: 1 },
      });
    }
    expect(send('/engage', { body: [update, {}], params: { strict: 1 } }).said).toEqual({
      error: '$token, missing or empty',
      errors: { 1: '$token, missing or empty' },
      num_good_events: 1,
      status: 0,
    });
  });
});

interface Sent {
  status: number;
  type: string | undefined;
  said: unknown;
  writes: Write[];
  events: { event: string; properties: JsonObject }[];
}

/** Sends a request to an endpoint; `said` is the answer, parsed where it is JSON. */
function send(path: string, part: Partial<SandboxRequest>): Sent {
  const writes: Write[] = [];
  const request = createRequest({
    method: 'POST',
    path,
    project: path === '/import' ? SHOP : undefined,
    ...part,
  });
  const endpoint = ingestionEndpoints.find((each) => each.path === path && each.method === request.method);
  const reply = endpoint!.handle(request, {
    projects: PROJECTS,
    now: () => NOW,
    write: (written: readonly Write[]) => writes.push(...written),
  } as never) as Reply;
  const type = reply.headers?.['content-type'];
  const said = type === 'application/json' ? JSON.parse(String(reply.body)) : String(reply.body);
  const events = writes.flatMap((write) => (write.kind === 'event' ? [write.event] : []));
  return { status: reply.status, type, said, writes, events };
}
