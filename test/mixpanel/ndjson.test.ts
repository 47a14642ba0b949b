import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/json/large-integers.js';
import { RecordReader } from '../../src/mixpanel/export-records.js';
import { readLineBlocks } from '../../src/mixpanel/ndjson.js';
import { Redactor } from '../../src/mixpanel/redactor.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';
import { listRecords } from './record-list.js';

async function readRecords(pieces: readonly Buffer[], known?: ReadonlySet<string>) {
  async function* body() {
    yield* pieces;
  }
  const reader = new RecordReader({ known });
  const records: unknown[] = [];
  for await (const block of readLineBlocks(body())) records.push(...listRecords(reader, block));
  reader.end();
  return { records, failure: reader.failure?.code };
}

async function unreadableIn(text: string): Promise<ReadonlySet<string>> {
  const reader = new RecordReader();
  async function* body() {
    yield Buffer.from(text);
  }
  for await (const block of readLineBlocks(body())) listRecords(reader, block);
  reader.end();
  return new Set(reader.unreadable);
}

const recordLine = (properties: object) => JSON.stringify({ event: 'é\u2028🙂', properties });
const LINES = [
  recordLine({ time: 1, note: 'a\u2028b\u0085c' }),
  recordLine({ time: 2 }),
  recordLine({ nested: { list: ['}\n{'] } }),
];
const BYTES = Buffer.from(`${LINES.join('\n')}\n`);

describe('records out of a body', () => {
  it('are the same wherever its pieces are cut, characters of several bytes and all', async () => {
    const expected = { records: LINES.map((line) => JSON.parse(line)), failure: undefined };
    for (let cut = 0; cut <= BYTES.length; cut += 1) {
      expect(await readRecords([BYTES.subarray(0, cut), BYTES.subarray(cut)])).toEqual(expected);
    }
    expect(await readRecords([...BYTES].map((byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it('cut anywhere but at the end of a record are a failure, and those before the cut are kept', async () => {
    const ends = [0, ...LINES.map((_, index) => Buffer.byteLength(LINES.slice(0, index + 1).join('\n')))];
    for (let cut = 0; cut < BYTES.length; cut += 1) {
      const { records, failure } = await readRecords([BYTES.subarray(0, cut)]);
      const whole = ends.filter((end) => end > 0 && end <= cut).length;
      expect([cut, records.length, failure]).toEqual([
        cut,
        whole,
        ends.includes(cut) || ends.slice(1).includes(cut - 1) ? undefined : 'INCOMPLETE',
      ]);
    }
  });

  it('split over two or three lines are joined, at any point', async () => {
    const [line = ''] = LINES;
    const bytes = Buffer.from(line);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const split = [bytes.subarray(0, cut), '\n', bytes.subarray(cut), `\n${LINES[1]}`].map((part) =>
        Buffer.from(part),
      );
      expect((await readRecords([Buffer.concat(split)])).records).toEqual([
        JSON.parse(line),
        JSON.parse(LINES[1]!),
      ]);
    }
    const three = `${line.slice(0, 9)}\n${line.slice(9, 20)}\n${line.slice(20)}`;
    expect((await readRecords([Buffer.from(three)])).records).toEqual([JSON.parse(line)]);
  });

  it.each([
    'terminated early',
    'export terminated early',
    '{"error": "Timeout"}',
    '{"error":',
    '{"event": 1}',
    'null',
    '7',
  ])('before a line that is none (%s) are given, and it is a failure', async (line) => {
    const { records, failure } = await readRecords([Buffer.from(`${LINES[0]}\n${line}`)]);
    expect([records.length, failure]).toEqual([1, 'INCOMPLETE']);
  });

  it.each([
    '<html>\r\n<head><title>Sign in</title></head>\r\n<body></body>\r\n</html>\r\n',
    '<!DOCTYPE html><html><body>{}</body></html>',
    '\n\n  <!-- moved -->\n<p>',
    '<?xml version="1.0"?>\n<html/>',
  ])('are none in a web page, which is told from an answer cut short (%j)', async (page) => {
    expect(await readRecords([Buffer.from(page)])).toEqual({ records: [], failure: 'UNEXPECTED_ANSWER' });
  });

  it('before a web page are an answer cut short, and so is one whose second half begins like a page', async () => {
    expect(await readRecords([Buffer.from(`${LINES[0]}\n<html>`)])).toMatchObject({ failure: 'INCOMPLETE' });
    expect(await readRecords([Buffer.from('{"event":"\n<b>"')])).toEqual({
      records: [],
      failure: 'INCOMPLETE',
    });
  });

  it.each([
    ['between records', `${LINES[0]}\nNOT JSON\n${LINES[1]}\n`],
    ['after the last', `${LINES[0]}\n${LINES[1]}\n{"event":"cut\n`],
    ['two in a row', `${LINES[0]}\nNOT\nJSON\n${LINES[1]}\n`],
  ])(
    'around an unreadable line (%s) are given; only when it stays so the answer is whole',
    async (_, text) => {
      const records = [JSON.parse(LINES[0]!), JSON.parse(LINES[1]!)];
      expect(await readRecords([Buffer.from(text)])).toEqual({ records, failure: 'INCOMPLETE' });
      const known = await unreadableIn(text);
      expect(await readRecords([Buffer.from(text)], known)).toEqual({ records, failure: undefined });
      expect(await readRecords([Buffer.from(`${text}OTHER\n`)], known)).toEqual({
        records,
        failure: 'INCOMPLETE',
      });
    },
  );

  it('are needed for an answer: unreadable lines alone are none', async () => {
    const text = 'Service unavailable\n';
    expect(await readRecords([Buffer.from(text)], await unreadableIn(text))).toEqual({
      records: [],
      failure: 'INCOMPLETE',
    });
  });

  it('without properties are records too', async () => {
    expect(await readRecords([Buffer.from('{"event":"A","properties":null}\n{"event":"B"}\n')])).toEqual({
      records: [{ event: 'A', properties: null }, { event: 'B' }],
      failure: undefined,
    });
  });

  it('keep every digit of a long integer at any position, and change nothing else', async () => {
    const number = fc.oneof(
      fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map(String),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    );
    const text = fc
      .oneof(fc.string(), fc.stringMatching(/^[:, ]?\d{14,20}[, \]]?$/), fc.uuid())
      .map((value) => JSON.stringify(value));
    const value = fc.oneof(
      number,
      text,
      fc.array(fc.oneof(number, text)).map((items) => `[${items}]`),
    );
    const properties = fc
      .array(fc.tuple(fc.string({ maxLength: 12 }), value), { maxLength: 6 })
      .map((entries) => `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`);
    await fc.assert(
      fc.asyncProperty(fc.array(properties, { minLength: 1, maxLength: 8 }), async (all) => {
        const lines = all.map((json) => `{"event":"e","properties":${json}}`);
        const { records } = await readRecords([Buffer.from(lines.join('\n'))]);
        expect(records).toEqual(lines.map((line) => parseJson(line)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a line that is not an event is quoted without the credentials', () => {
  const redactor = new Redactor(['hunter"2', 'c3ZjOmh1bnRlciIy']);
  it.each([
    '{"echo":"Basic c3ZjOmh1bnRlciIy","password":"hunter\\"2"}',
    '{"echo":"Basic c3ZjOmh1bnRlciIy hunter\\"2"',
    'terminated early by hunter"2 with c3ZjOmh1bnRlciIy',
    `{"${'.'.repeat(185)}":"hunter\\"2"}`,
  ])('%s', (line) => {
    const reader = new RecordReader({ redactor });
    listRecords(reader, Buffer.from(`${line}\n`.repeat(5)));
    reader.end();
    expect(reader.failure?.code).toBe('INCOMPLETE');
    expect(`${reader.failure?.message}${reader.failure?.upstream}${reader.failure?.stack}`).not.toMatch(
      /hunter|c3Zj/,
    );
  });
});

describe('a line is held up to a limit', () => {
  it('in pieces of a body that has no newline', async () => {
    let taken = 0;
    async function* endless() {
      for (;;) {
        taken += 1;
        yield Buffer.alloc(1000, 'a');
      }
    }
    const read = async () => {
      for await (const _ of readLineBlocks(endless(), 100_000));
    };
    await expect(read()).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
    expect(taken).toBe(101);
  });

  it('and so is a record split over several lines', () => {
    const reader = new RecordReader();
    const half = Buffer.concat([Buffer.alloc(40 * 1024 * 1024, 'a'), Buffer.from('\n')]);
    listRecords(reader, half);
    listRecords(reader, half);
    expect(reader.failure?.code).toBe('ANSWER_TOO_LARGE');
  });
});

describe('reading a block takes time in proportion to it', () => {
  it.each<[string, (size: number) => string]>([
    ['digits', (size) => '7'.repeat(size)],
    ['digits in front of letters', (size) => `${'7'.repeat(17)}a`.repeat(Math.ceil(size / 18))],
    [
      'records with long numbers',
      (size) => '{"event":"e","properties":{"a":12345678901234567}}\n'.repeat(Math.ceil(size / 50)),
    ],
    ['empty lines', (size) => '\n'.repeat(size)],
    ['quotes', (size) => `{"a":${'7'.repeat(16)}${'\\"'.repeat(size)}\n`],
  ])('%s', async (_, textOf) => {
    const growth = await growthFactor(
      (size) => listRecords(new RecordReader(), Buffer.from(textOf(size))),
      20_000,
    );
    expect(growth).toBeLessThan(LINEAR_FACTOR);
  });
});
