import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventIdentity } from '../../../src/commands/rows/event-identity.js';
import { EventLineReader } from '../../../src/commands/rows/event-line.js';
import { type EventRecord, toEventRow } from '../../../src/commands/rows/event-row.js';
import { ByteText } from '../../../src/json/byte-text.js';
import { parseJson } from '../../../src/json/large-integers.js';
import { RecordReader } from '../../../src/mixpanel/export-records.js';
import { Fingerprint } from '../../../src/transfer/fingerprint.js';
import { SEEDS } from '../../seeds.js';

/** A row as text, and the fingerprint of its record. */
type Found = [row: string, low: number, high: number];

/** Reads a block by way of the lines, and counts those that needed no parser. */
function readByLine(block: Buffer, reader = new EventLineReader()) {
  const records = new RecordReader();
  const text = new ByteText();
  const fingerprint = new Fingerprint();
  const found: Found[] = [];
  let copied = 0;
  text.begin(block);
  let length = 0;
  const take = (low: number, high: number) => {
    found.push([text.toBytes().toString('utf8', length), low, high]);
    length = text.length;
  };
  records.read(block, {
    takeLine(bytes, start, end) {
      if (!reader.read(bytes, start, end)) return false;
      reader.hashIdentity(fingerprint);
      reader.writeRow(text);
      copied += 1;
      take(fingerprint.low, fingerprint.high);
      return true;
    },
    takeRecord(record) {
      text.append(`${JSON.stringify(toEventRow(record as EventRecord))}\n`);
      fingerprint.compute(eventIdentity(record) ?? [record]);
      take(fingerprint.low, fingerprint.high);
    },
  });
  records.end();
  return { found, copied, failure: records.failure?.message };
}

function readPlainly(block: Buffer) {
  const records = new RecordReader();
  const found: Found[] = [];
  records.read(block, {
    takeRecord(record) {
      const { low, high } = new Fingerprint().compute(eventIdentity(record) ?? [record]);
      found.push([`${JSON.stringify(toEventRow(record as EventRecord))}\n`, low, high]);
    },
  });
  records.end();
  return { found, failure: records.failure?.message };
}

const text = fc.oneof(
  fc.constantFrom(
    'Chrome',
    'São Paulo',
    '東京',
    '🙂',
    'a"b',
    'back\\slash',
    '\u0000',
    '\u2028',
    '\ud800',
    '',
    '}}\n{"event":"',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const integer = fc.oneof(fc.constantFrom(0, -0, 1, -7, 1.5, 1e21, 1e-7, 2 ** 53), fc.integer());
const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('$os', '$city', 'plan', 'items', 'é', 'property_event', '$distinct_id'),
  },
  fc.constantFrom(
    'event',
    'time',
    'distinct_id',
    '42',
    '0',
    '01',
    '__proto__',
    'constructor',
    'a"b',
    '',
    '\\',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const properties = fc.array(
  fc.tuple(
    name,
    fc
      .oneof(text, integer, fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 3 }))
      .map((each) => JSON.stringify(each)),
  ),
  { maxLength: 6 },
);
/** Values that only a text can have. */
const oddValue = fc.constantFrom(
  '12345678901234567890',
  '-9007199254740993',
  '1.0',
  '1e3',
  '-0',
  '[ 1 ]',
  '"\\u0041\\/"',
  '01',
  'tru',
  '"\\x"',
  '{"b":1,"a":{},"b":2}',
  '[9007199254740993]',
  '{"1":1,"0":0}',
);
const time = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 4e9 }).map(String) },
  fc.constantFrom('1700000000000', '1.5', '-1', '"1700000000"', 'null', '99999999999999999'),
);
const processedAt = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 2 ** 45 }).map(String) },
  fc.constantFrom('null', '"1"', '1.5', '-0'),
);
const written = text.map((each) => JSON.stringify(each));

/** Lines as Mixpanel writes them, with most of what could ever be odd about them. */
const line = fc
  .record({
    event: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('"Page View"', '"Größe"') }, written),
    time,
    distinctId: fc.oneof(
      { weight: 4, arbitrary: written },
      fc.constantFrom('null', '7', '12345678901234567890', '[]'),
    ),
    insertId: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('"id-1"', '"é"') },
      written,
      fc.constantFrom('null', '1'),
    ),
    processedAt,
    properties,
    odd: fc.option(fc.tuple(name, oddValue), { freq: 4 }),
    order: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3)),
    layout: fc.oneof(
      { weight: 9, arbitrary: fc.constant('compact') },
      fc.constantFrom('spaces', 'crlf', 'more', 'cut', 'empty', 'no-id'),
    ),
  })
  .map(
    ({
      event,
      time: at,
      distinctId,
      insertId,
      processedAt: processed,
      properties: more,
      odd,
      order,
      layout,
    }) => {
      const fixed = [
        ['time', at],
        ['distinct_id', distinctId],
        ['$insert_id', insertId],
        ['mp_processing_time_ms', processed],
      ].slice(0, layout === 'no-id' ? 2 : 4);
      const rest = [...more, ...(odd ? [odd] : [])].map(([key, value]) => [key, value]);
      const members =
        order === 0 ? [...fixed, ...rest] : [...rest.slice(0, order), ...fixed, ...rest.slice(order)];
      const colon = layout === 'spaces' ? ': ' : ':';
      const body = members.map(([key, value]) => `${JSON.stringify(key)}${colon}${value}`).join(',');
      const whole = `{"event":${event},"properties":{${body}}${layout === 'more' ? ',"extra":1' : ''}}`;
      if (layout === 'empty') return '';
      if (layout === 'cut') return whole.slice(0, -3);
      return layout === 'crlf' ? `${whole}\r` : whole;
    },
  );

test(`rows made of lines are the rows made of parsed records, for ${40 * SEEDS} blocks of random lines`, () => {
  const reader = new EventLineReader();
  let copied = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), fc.boolean(), (lines, ended) => {
      const block = Buffer.from(`${lines.join('\n')}${ended ? '\n' : ''}`);
      const byLine = readByLine(block, reader);
      copied += byLine.copied;
      const plainly = readPlainly(block);
      expect(byLine.found).toEqual(plainly.found);
      expect(byLine.failure).toBe(plainly.failure);
    }),
    { numRuns: 40 * SEEDS },
  );
  // The ways are only compared if the shorter one is taken.
  expect(copied).toBeGreaterThan(2 * SEEDS);
});

test('a block that is not UTF-8 is parsed as before', () => {
  const good = Buffer.from('{"event":"a","properties":{"time":1,"distinct_id":"');
  const rest = Buffer.from('","$insert_id":"i","mp_processing_time_ms":2}}\n');
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
    const block = Buffer.concat([good, Buffer.from(bytes), rest]);
    const byLine = readByLine(block);
    expect(byLine.copied).toBe(0);
    expect(byLine.found).toEqual(readPlainly(block).found);
  }
});

test('an ordinary line is copied, with large integers as text', () => {
  const block = Buffer.from(
    '{"event":"Buy","properties":{"time":1735689600,"distinct_id":"u","$insert_id":"i","mp_processing_time_ms":1735689600500,"order":12345678901234567890,"tags":["é",{"a":[]}]}}\n',
  );
  const { copied, found } = readByLine(block);
  expect(copied).toBe(1);
  expect(found[0]![0]).toBe(
    '{"event":"Buy","time":"2025-01-01T00:00:00.000Z","distinct_id":"u","$insert_id":"i","mp_processing_time_ms":1735689600500,"order":"12345678901234567890","tags":["é",{"a":[]}]}\n',
  );
  expect(parseJson(found[0]![0])).toHaveProperty('order', '12345678901234567890');
});
