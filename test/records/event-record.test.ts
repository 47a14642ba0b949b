import { describe, expect, test } from 'vitest';
import { eventContent } from '../../src/records/event-content.js';
import { readEventRecord } from '../../src/records/event-record.js';
import { COMMAND_LINE_WORDING } from '../../src/records/option-wording.js';

const read = (record: unknown, options = {}) => {
  const { event, problems } = readEventRecord(record, options);
  return event ?? problems.map(({ message }) => message);
};

describe('a record is read as an event', () => {
  const PAID = { event: 'Paid', properties: { distinct_id: 'u1', time: 1762000000, plan: 'Pro' } };
  test.each([
    ['as Mixpanel writes it', PAID],
    ['flat', { event: 'Paid', distinct_id: 'u1', time: '2025-11-01 12:26:40', plan: 'Pro' }],
    [
      'with fields beside properties',
      { event: 'Paid', distinct_id: 'u1', time: 1762000000, properties: { plan: 'Pro' } },
    ],
    ['with properties as JSON text', { event: 'Paid', properties: JSON.stringify(PAID.properties) }],
    ['with the same field twice and one value', { ...PAID, distinct_id: 'u1' }],
  ])('%s', (_, record) => {
    expect(read(record)).toEqual({ ...PAID, properties: expect.objectContaining(PAID.properties) });
  });

  test('with mapped names', () => {
    const record = { name: 'Paid', properties: { user_id: 'u1', ts: '1762000000', plan: 'Pro' } };
    const map = { event: 'name', distinct_id: 'user_id', time: 'ts' };
    expect(read(record, { map, wording: COMMAND_LINE_WORDING })).toEqual(PAID);
  });

  test('without a name that --map leaves out', () => {
    const record = { event: 'Paid', user_id: 'u1', time: 1762000000 };
    expect(read(record, { wording: COMMAND_LINE_WORDING, map: { distinct_id: '' } })).toEqual({
      event: 'Paid',
      properties: { user_id: 'u1', time: 1762000000 },
    });
  });
});

describe('a record is refused', () => {
  test.each([
    ['that is no object', 5, /must be an object/],
    ['without an event name', { properties: {} }, /needs an event name/],
    ['with properties that are no object', { event: 'A', properties: '[1]' }, /the JSON text of one/],
    [
      'with two values of one field',
      { event: 'A', plan: 'x', properties: { plan: 'y' } },
      /has "plan" twice/,
    ],
    [
      'with a time that Mixpanel cannot read',
      { event: 'A', time: '11/25/2025' },
      /time must be epoch seconds/,
    ],
    ['with a spreadsheet number as time', { event: 'A', time: 45986.4 }, /before 1971/],
    ['with a time in the future', { event: 'A', time: 4e9 }, /more than an hour in the future/],
    [
      'with another name beside its properties',
      { event: 'A', timestamp: 1762000000, properties: { plan: 'x' } },
      /has no "time", but "timestamp" beside its properties\. Rename it/,
    ],
  ])('%s', (_, record, message) => {
    expect(read(record)).toEqual([expect.stringMatching(message)]);
  });

  test('for a likely name, with the option that uses it', () => {
    expect(
      read({ event_name: 'A', userId: 'u', timestamp: 1762000000 }, { wording: COMMAND_LINE_WORDING }),
    ).toEqual([
      expect.stringContaining('Use --map event=event_name.'),
      expect.stringContaining('Use --map distinct_id=userId. To send it without, use --map distinct_id=.'),
      expect.stringContaining('Use --map time=timestamp.'),
    ]);
  });

  test('for a mapped name that has a value of its own', () => {
    const record = { event: 'A', distinct_id: 'a', user_id: 'b' };
    expect(read(record, { map: { distinct_id: 'user_id' } })).toEqual([
      expect.stringContaining('has a value of its own in "distinct_id"'),
    ]);
  });
});

describe('the content of an event', () => {
  const content = (properties: Record<string, unknown>) => eventContent({ event: 'A', properties });

  test('does not depend on the order of its properties, its token, or whether numbers are text', () => {
    expect(content({ a: '19.90', b: 'TRUE', token: 't' })).toBe(
      content({ b: true, a: 19.9, $insert_id: 'x' }),
    );
    expect(content({ a: { c: 1, b: [2] } })).toBe(content({ a: { b: ['2'], c: '1.0' } }));
  });

  test('differs for other values', () => {
    const values = ['01', '1', '10', '1e1', 'x', '', ['1'], [['1']], { a: 1 }, 'true ', '1,5', '100'];
    expect(new Set(values.map((a) => content({ a }))).size).toBe(values.length);
    expect(content({ a: 'b', c: 'd' })).not.toBe(content({ a: 'b', d: 'c' }));
  });
});
