import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPlugin, type MixpanelPlugin } from '../../../src/plugin.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.js';
import { createWorkbench } from '../../../src/workbench/api/app.js';
import type { FileCheck, FileLine, FileOptions, FileSummary } from '../../../src/workbench/wire.js';
import { daysAgo, today } from '../../days.js';
import { success } from '../../results.js';

const HOST = 'localhost:8090';
const TOKEN = 'sandbox-token-1234567';
const TIME = Math.floor(Date.now() / 1000) - 60;

let sandbox: Sandbox;
let plugin: MixpanelPlugin;

beforeAll(async () => {
  sandbox = await startSandbox({ events: 100, users: 10 });
  plugin = createPlugin({ hosts: sandbox.hosts });
});
afterAll(async () => {
  await plugin.close();
  await sandbox.close();
});
beforeEach(async () => {
  await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'DELETE' });
});

const datasource = {
  username: 'sandbox.demo.mp-service-account',
  password: 'sandbox',
  region: 'US' as const,
  projectId: '1234567',
};

/** A browser with the page open and the account connected. */
async function openPage(app = createWorkbench({ plugin })) {
  const start = await app.request('/workbench/api/start', { headers: { host: HOST } });
  const [cookie = ''] = (start.headers.get('set-cookie') ?? '').split(';');
  const headers = { host: HOST, origin: `http://${HOST}`, cookie, 'x-workbench': '1' };
  const send = async (path: string, body?: Uint8Array<ArrayBuffer>, method = 'POST') =>
    app.request(`/workbench/api/${path}`, { method, headers, body });
  const call = async (path: string, body: unknown, method = 'POST') =>
    app.request(`/workbench/api/${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const { id: connectionId } = (await (await call('datasources', datasource)).json()) as { id: string };

  async function upload(name: string, content: string | Buffer, pieceBytes = 1000): Promise<string> {
    const bytes = Buffer.from(content);
    const created = await call('uploads', { name, bytes: bytes.length });
    const { id } = (await created.json()) as { id: string };
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = new Uint8Array(bytes.subarray(at, at + pieceBytes));
      expect((await send(`uploads/${id}/bytes?offset=${at}`, piece)).status).toBe(200);
    }
    return id;
  }

  /** The last line of a job. */
  async function end(
    id: string,
    job: 'check' | 'send',
    options: FileOptions,
    time = TIME,
  ): Promise<FileLine> {
    const answer = await call(`uploads/${id}/${job}`, { connectionId, options, time });
    const lines = (await answer.text()).trimEnd().split('\n');
    return JSON.parse(lines.at(-1)!) as FileLine;
  }
  async function check(id: string, options: FileOptions = { token: TOKEN }, time = TIME): Promise<FileCheck> {
    const line = await end(id, 'check', options, time);
    if (line.kind !== 'checked') throw new Error(JSON.stringify(line));
    return line.check;
  }
  async function sendFile(
    id: string,
    options: FileOptions = { token: TOKEN },
    time = TIME,
  ): Promise<FileSummary> {
    const line = await end(id, 'send', options, time);
    if (line.kind !== 'sent') throw new Error(JSON.stringify(line));
    return line.summary;
  }
  return { call, send, upload, end, check, sendFile, connectionId };
}

/** The events of that name that Mixpanel has. */
async function eventsNamed(name: string): Promise<unknown[]> {
  const parameters = {
    events: [name],
    fromDate: daysAgo(6),
    toDate: today(),
    cacheSeconds: 0,
    dedupe: 'yes',
  };
  const result = success(await plugin.execute({ datasource, command: 'DOWNLOAD_DATA', parameters }));
  return result.body as unknown[];
}

describe('a file of events', () => {
  test('is checked without being sent: first events with types and times, faults with count and places', async () => {
    const page = await openPage();
    const id = await page.upload(
      'events.csv',
      `event,who,time,price,code\nChecked,u1,${today()} 00:00:01,3.50,007\n${'Checked,u2,soon,4,008\n'.repeat(5)}`,
      7,
    );
    const options = { token: TOKEN, timezone: 'Europe/Berlin', map: { distinct_id: 'who' } };
    const { first, ...check } = await page.check(id, options);
    expect(check).toEqual({
      format: 'csv',
      columns: [
        { name: 'event', type: 'text' },
        { name: 'who', type: 'text' },
        { name: 'time', type: 'text' },
        { name: 'price', type: 'number' },
        { name: 'code', type: 'text' },
      ],
      notes: ['1 time without a zone is taken as Europe/Berlin.'],
      accepted: 1,
      rejected: 5,
      problems: [
        {
          message: expect.stringMatching(/^time must be epoch seconds/),
          received: '"soon"',
          count: 5,
          places: [3, 4, 5],
        },
      ],
      timesAssumed: false,
    });
    expect(first).toEqual([
      {
        line: 2,
        event: 'Checked',
        time: expect.stringMatching(/T2[23]:00:01\.000Z$/),
        properties: { price: 3.5, code: '007', distinct_id: 'u1' },
      },
    ]);
    expect(await eventsNamed('Checked')).toEqual([]);
  });

  test.each([
    ['CSV', 'sent-csv.csv', (name: string) => `event,distinct_id\n${name},u1\n${name},u1\n`],
    [
      'NDJSON in UTF-16',
      'sent-ndjson',
      (name: string) =>
        Buffer.from(`\ufeff${`{"event":"${name}","distinct_id":"u1"}\n`.repeat(2)}`, 'utf16le'),
    ],
    [
      'a JSON array, zipped',
      'sent-json.json.gz',
      (name: string) =>
        gzipSync(JSON.stringify(Array(2).fill({ event: name, properties: { distinct_id: 'u1' } }))),
    ],
  ])('as %s can be sent as often as one likes, and is counted once', async (_, file, contentOf) => {
    const page = await openPage();
    const id = await page.upload(file, contentOf(file));
    for (let times = 0; times < 2; times += 1) {
      expect(await page.sendFile(id)).toMatchObject({
        records: 2,
        accepted: 2,
        rejected: 0,
        rejectedRecords: 0,
      });
    }
    const again = await openPage();
    await again.sendFile(await again.upload(file, contentOf(file)));
    expect(await eventsNamed(file)).toHaveLength(2);
  });

  test('gives back its rejected records as a file that can be corrected and sent', async () => {
    const page = await openPage();
    const id = await page.upload(
      'shop.csv',
      'event;distinct_id;time;note\nMended;u1;yesterday;"a ""b"""\nMended;u2;;c\n',
    );
    const summary = await page.sendFile(id);
    expect(summary).toMatchObject({ records: 2, accepted: 1, rejected: 1, rejectedRecords: 1 });
    expect(summary.problems).toMatchObject([{ count: 1, places: [2], received: '"yesterday"' }]);
    const answer = await page.send(`uploads/${id}/rejected`);
    expect(answer.headers.get('x-file-name')).toBe('shop.rejected.csv');
    const rejected = await answer.text();
    expect(rejected).toBe('event;distinct_id;time;note\nMended;u1;yesterday;"a ""b"""\n');
    await page.sendFile(await page.upload('mended.csv', rejected.replace('yesterday', String(TIME))));
    expect(await eventsNamed('Mended')).toHaveLength(2);
  });

  test('goes by /import if asked to, with what Mixpanel refuses among the rejected records', async () => {
    const page = await openPage();
    const old = daysAgo(400);
    const id = await page.upload(
      'old.ndjson',
      `{"event":"Imported","distinct_id":"u1","time":"${old}"}\n{"event":"Imported","distinct_id":"anonymous","time":"${old}"}\n`,
    );
    expect(await page.check(id)).toMatchObject({ accepted: 0, rejected: 2 });
    const summary = await page.sendFile(id, { import: true });
    expect(summary).toMatchObject({ accepted: 1, rejected: 1, rejectedRecords: 1 });
    expect(summary.problems).toMatchObject([{ count: 1, places: [2] }]);
  });

  test('that stops half-way says what was sent before', async () => {
    const page = await openPage();
    const rows = Array.from({ length: 2500 }, (_, index) => `Stopped,u${index}\n`).join('');
    const id = await page.upload('stopped.csv', `event,distinct_id\n${rows}`, 20_000);
    const faults = { path: '/track', kind: 'status', status: 401, after: 1 };
    await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(faults) });
    const line = await page.end(id, 'send', { token: TOKEN });
    expect(line).toMatchObject({ kind: 'failure', summary: { records: 2000, accepted: 2000, rejected: 0 } });
  });
});

describe('is refused with a sentence', () => {
  test.each<[string, FileOptions, Record<string, RegExp>]>([
    ['a time zone that is none', { timezone: 'Berlin' }, { timezone: /^"Berlin" is not a time zone\./ }],
    ['a date format that is none', { dateFormat: 'foo' }, { dateFormat: /./ }],
    ['an encoding that is none', { encoding: 'latin-99' }, { encoding: /^"latin-99" is not an encoding\./ }],
  ])('%s, under its key', async (_, options, issues) => {
    const page = await openPage();
    const id = await page.upload('a.csv', 'event\nA\n');
    for (const job of ['check', 'send'] as const) {
      const line = await page.end(id, job, options);
      expect(line).toEqual({
        kind: 'failure',
        title: 'Invalid options',
        message: expect.any(String),
        issues: Object.fromEntries(
          Object.entries(issues).map(([key, text]) => [key, expect.stringMatching(text)]),
        ),
      });
    }
  });

  test.each([
    ['no table', 'a.csv', 'event,a\nA,"x', /line 2: a quote is opened and never closed/],
    ['no archive', 'a.csv.gz', 'event\nA\n', /^a\.csv\.gz cannot be unpacked\./],
    ['an archive without its end', 'b.csv.gz', gzipSync('event\nA\n').subarray(0, 15), /cannot be unpacked/],
    ['no JSON', 'a.json', '[{"event":"A"}', /its array is not closed/],
  ])('a file that is %s', async (_, name, content, message) => {
    const page = await openPage();
    expect(await page.end(await page.upload(name, content), 'check', {})).toMatchObject({
      kind: 'failure',
      message: expect.stringMatching(message),
    });
  });

  test('names the options as the page does', async () => {
    const page = await openPage();
    const { problems, notes } = await page.check(
      await page.upload('a.csv', Buffer.from('event,user_id,ts\nMalm\xf6,u1,1762000000\n', 'latin1')),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'has no "distinct_id", but "user_id". Choose "user_id" for Distinct ID. To send it without, choose None.',
      'has no "time", but "ts". Choose "ts" for Time. To send it without, choose None.',
    ]);
    expect(notes).toEqual(['a.csv is read as windows-1252, since it is no UTF-8; Encoding names another.']);
  });

  test('a piece that is not the next one, and a job on a file that is not there whole', async () => {
    const page = await openPage();
    const { id } = (await (await page.call('uploads', { name: 'a.csv', bytes: 10 })).json()) as {
      id: string;
    };
    expect((await page.send(`uploads/${id}/bytes?offset=3`, new Uint8Array(3))).status).toBe(422);
    expect((await page.send(`uploads/${id}/bytes?offset=0`, new Uint8Array(11))).status).toBe(422);
    const answer = await page.call(`uploads/${id}/check`, {
      connectionId: page.connectionId,
      options: {},
      time: TIME,
    });
    expect(await answer.json()).toEqual({ error: expect.stringContaining('has not arrived whole') });
  });

  test('a file of another session, and one that was dropped', async () => {
    const app = createWorkbench({ plugin });
    const [owner, stranger] = [await openPage(app), await openPage(app)];
    const id = await owner.upload('a.csv', 'event\nA\n');
    const body = { connectionId: stranger.connectionId, options: {}, time: TIME };
    expect((await stranger.call(`uploads/${id}/check`, body)).status).toBe(422);
    await stranger.send(`uploads/${id}`, undefined, 'DELETE');
    expect(await owner.check(id)).toMatchObject({ accepted: 1 });
    await owner.send(`uploads/${id}`, undefined, 'DELETE');
    expect((await owner.send(`uploads/${id}/rejected`)).status).toBe(422);
  });

  test('a file that is larger than the server takes', async () => {
    const page = await openPage();
    const answer = await page.call('uploads', { name: 'a.csv', bytes: 5 * 1024 ** 3 });
    expect(await answer.json()).toEqual({
      error: expect.stringMatching(/^The file is larger than 1,024 MB\./),
    });
  });
});
