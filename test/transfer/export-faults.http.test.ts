import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toEventRow } from '../../src/commands/rows/event-row.js';
import { type ExportedRecord, RecordReader } from '../../src/mixpanel/export-records.js';
import { readLineBlocks } from '../../src/mixpanel/ndjson.js';
import { listRecords } from '../mixpanel/record-list.js';
import { randomFrom, SOCKET_SEEDS } from '../seeds.js';
import { type SandboxFixture, startSandboxFixture } from './sandbox-fixture.js';

const EXPORT = '/api/2.0/export';

let fixture: SandboxFixture;
let dates: { fromDate: string; toDate: string };
let expected: string[];

beforeAll(async () => {
  // Each test may spend the hour's sixty downloads: the limits are another test's business.
  fixture = await startSandboxFixture(
    {},
    { transfer: { retryPauseMs: 1 }, quota: { limits: { export: { windows: [], concurrent: 100 } } } },
  );
  dates = fixture.lastDays(6);
  expected = await parseLines(fixture.exportedLines(dates));
});
afterAll(() => fixture.close());
beforeEach(() => fixture.reset());

/** Texts as our own parser reads them: digits beyond a number's reach are strings then. */
async function parseLines(lines: Promise<string[]>): Promise<string[]> {
  const reader = new RecordReader();
  const bytes = Buffer.from((await lines).join('\n'));
  const read: ExportedRecord[] = [];
  async function* body() {
    yield bytes;
  }
  for await (const block of readLineBlocks(body())) read.push(...listRecords(reader, block));
  return read.map((record) => JSON.stringify(record)).sort();
}

async function download(parameters: Record<string, unknown> = {}): Promise<string[]> {
  const texts: string[] = [];
  const { plugin, datasource } = fixture;
  const call = {
    datasource,
    command: 'DOWNLOAD_DATA',
    parameters: { ...dates, response: 'raw', ...parameters },
  };
  for await (const record of plugin.stream(call)) texts.push(JSON.stringify(record));
  return texts.sort();
}

/** The rows as lines, which go around the parser when they can. */
async function downloadLines(): Promise<string[]> {
  const { plugin, datasource } = fixture;
  const stream = plugin.stream({ datasource, command: 'DOWNLOAD_DATA', parameters: dates });
  const texts: string[] = [];
  for await (const { bytes } of stream.lines()) texts.push(...bytes.toString().split('\n').slice(0, -1));
  return texts.sort();
}

function rowsOf(records: readonly string[]): string[] {
  return records.map((record) => JSON.stringify(toEventRow(JSON.parse(record)))).sort();
}

const FORMS = [
  { form: 'as records', read: () => download(), expectedTexts: () => expected },
  { form: 'as lines', read: downloadLines, expectedTexts: () => rowsOf(expected) },
];

it('the data are worth the tests: many events, some twice, some with characters of several bytes', () => {
  expect(expected.length).toBeGreaterThan(200);
  expect(expected.some((record) => Buffer.byteLength(record) > record.length)).toBe(true);
});

describe.each(FORMS)(
  'a download that breaks off arrives whole all the same, $form',
  ({ read, expectedTexts }) => {
    it.each([
      ['before headers', { kind: 'reset' }],
      ['within the first line', { kind: 'reset-in-body', afterBytes: 40 }],
      ['at a line’s end', { kind: 'reset-in-body', afterLines: 25 }],
      ['within a character of several bytes', { kind: 'cut-character' }],
      ['within the trailer of gzip', { kind: 'cut-gzip', missingBytes: 4 }],
      ['within the body of gzip', { kind: 'cut-gzip', missingBytes: 3000 }],
      ['given up by Mixpanel', { kind: 'terminated-early', afterLines: 30 }],
      [
        'given up in the older words',
        { kind: 'terminated-early', afterLines: 3, words: 'export terminated early' },
      ],
      [
        'given up with an error line',
        { kind: 'terminated-early', afterLines: 9, words: '{"error": "Timeout"}' },
      ],
      ['given up with half an error line', { kind: 'terminated-early', afterLines: 9, words: '{"error":' }],
      ['at a truncated last line', { kind: 'truncated-line', afterLines: 20 }],
      ['a failure of the server', { kind: 'status', status: 503 }],
      ['a page of the web server in front', { kind: 'html' }],
    ])('%s', async (_, fault) => {
      await fixture.injectFault({ path: EXPORT, ...fault });
      expect(await read()).toEqual(expectedTexts());
      expect((await fixture.requestsTo(EXPORT)).length).toBeGreaterThan(1);
    });

    it(`at random points, for ${SOCKET_SEEDS} seeds`, async () => {
      let repeated = 0;
      for (let seed = 1; seed <= SOCKET_SEEDS; seed += 1) {
        const random = randomFrom(seed);
        await fixture.reset();
        for (let cuts = 1 + Math.floor(random() * 3); cuts > 0; cuts -= 1) {
          const afterBytes = Math.floor(random() ** 2 * 30_000);
          await fixture.injectFault({ path: EXPORT, kind: 'reset-in-body', afterBytes });
        }
        expect(await read(), `seed ${seed}`).toEqual(expectedTexts());
        repeated += (await fixture.requestsTo(EXPORT)).length - 1;
      }
      expect(repeated).toBeGreaterThanOrEqual(SOCKET_SEEDS);
    });
  },
);

describe.each(FORMS)('oddities that are no failures, $form', ({ read, expectedTexts }) => {
  it.each([
    ['a record over two lines', { kind: 'split-record', line: 7 }],
    ['a character in two pieces', { kind: 'split-character' }],
    ['an answer that is not compressed', { kind: 'gzip', on: false }],
  ])('%s', async (_, fault) => {
    await fixture.injectFault({ path: EXPORT, ...fault });
    expect(await read()).toEqual(expectedTexts());
    expect(await fixture.requestsTo(EXPORT)).toHaveLength(1);
  });

  it('nothing to download is no row, and no failure', async () => {
    expect(await download({ events: ['No Such Event'] })).toEqual([]);
  });
});

describe('a download that cannot be completed', () => {
  it('ends with an error that says what was delivered, and goes on from its token elsewhere', async () => {
    await fixture.injectFault({ path: EXPORT, kind: 'terminated-early', afterLines: 40 });
    await fixture.injectFault({ path: EXPORT, kind: 'status', status: 503, times: 20 });
    const { plugin, datasource } = fixture;
    const call = { datasource, command: 'DOWNLOAD_DATA', parameters: { ...dates, response: 'raw' } };
    const before: string[] = [];
    const read = async () => {
      for await (const record of plugin.stream(call)) before.push(JSON.stringify(record));
    };
    const error = await read().catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'INCOMPLETE',
      message: expect.stringMatching(/40 events had been delivered/),
      resumeToken: expect.any(String),
    });
    expect(atob(error.resumeToken.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain(
      datasource.password,
    );

    await fixture.reset();
    const elsewhere = await openSecondPlugin();
    const after: string[] = [];
    for await (const record of elsewhere.stream({ ...call, resumeToken: error.resumeToken })) {
      after.push(JSON.stringify(record));
    }
    await elsewhere.close();
    expect(before).toHaveLength(40);
    expect([...before, ...after].sort()).toEqual(expected);
  });

  it('a token of another query is refused before anything is sent', async () => {
    const { plugin, datasource } = fixture;
    await fixture.injectFault({ path: EXPORT, kind: 'terminated-early', afterLines: 5, times: 20 });
    const first = plugin.stream({ datasource, command: 'DOWNLOAD_DATA', parameters: dates });
    const { resumeToken } = await readAll(first).catch((thrown) => thrown);
    await fixture.reset();
    const other = plugin.stream({
      datasource,
      command: 'DOWNLOAD_DATA',
      parameters: { ...dates, events: ['Page View'] },
      resumeToken,
    });
    await expect(readAll(other)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: /another query/ });
    expect(await fixture.requestsTo(EXPORT)).toEqual([]);
  });

  it.each([
    ['BAD_REQUEST', { kind: 'status', status: 400, body: { error: 'bad where' } }],
    ['WRONG_CREDENTIALS', { kind: 'status', status: 401 }],
    ['PLAN_LACKS_API', { kind: 'status', status: 402 }],
    ['NO_PROJECT_ACCESS', { kind: 'status', status: 403 }],
    [
      'HISTORY_LIMIT',
      { kind: 'status', status: 403, body: { error: 'Date range exceeds 90 days into the past' } },
    ],
    ['NOT_FOUND', { kind: 'status', status: 404 }],
    ['REQUEST_TOO_LARGE', { kind: 'status', status: 413 }],
    ['UNEXPECTED_ANSWER', { kind: 'redirect', location: 'https://example.com/login' }],
    ['UNEXPECTED_ANSWER', { kind: 'html', status: 200 }],
  ])('by a refusal that trying again cannot mend is asked for once: %s by %j', async (code, fault) => {
    await fixture.injectFault({ path: EXPORT, ...fault });
    await expect(download()).rejects.toMatchObject({ code });
    expect(await fixture.requestsTo(EXPORT)).toHaveLength(1);
  });

  it('fails after five attempts in a row without a new record', async () => {
    await fixture.injectFault({ path: EXPORT, kind: 'status', status: 503, times: 20 });
    await expect(download()).rejects.toMatchObject({ code: 'SERVER_TROUBLE' });
    expect(await fixture.requestsTo(EXPORT)).toHaveLength(5);
  });
});

async function openSecondPlugin() {
  const { createPlugin } = await import('../../src/plugin.js');
  return createPlugin({ hosts: fixture.sandbox.hosts, transfer: { retryPauseMs: 1 } });
}

async function readAll(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}
