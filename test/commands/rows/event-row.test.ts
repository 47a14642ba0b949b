import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEventRow } from '../../../src/commands/rows/event-row.js';
import { makeRow } from '../../../src/result/rows.js';

describe('the row of an event', () => {
  it('is the same whichever way it is built', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'event',
        'time',
        'distinct_id',
        '$distinct_id',
        'property_event',
        '__proto__',
        '42',
        '007',
      ),
      fc.string(),
    );
    const properties = fc.array(fc.tuple(name, fc.jsonValue())).map((entries) => {
      const json = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
      return JSON.parse(json);
    });
    fc.assert(
      fc.property(fc.string(), properties, (event, given) => {
        const row = toEventRow({ event, properties: given });
        const { time } = row;
        const distinctId = given.distinct_id ?? given.$distinct_id ?? null;
        const plain = makeRow(
          { event, time, distinct_id: distinctId },
          given,
          new Set(['time', 'distinct_id']),
        );
        expect(JSON.stringify(row)).toBe(JSON.stringify(plain));
        expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      }),
      { numRuns: 1000 },
    );
  });

  it('formats every second as Date does', () => {
    const time = (seconds: number) => toEventRow({ event: 'e', properties: { time: seconds } }).time;
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000_000, max: 99_999_999_999 }), (seconds) => {
        expect(time(seconds)).toBe(new Date(seconds * 1000).toISOString());
      }),
    );
    expect(time(1_602_611_311.5)).toBe('2020-10-13T17:48:31.500Z');
    expect(time(1_602_611_311_250)).toBe('2020-10-13T17:48:31.250Z');
  });
});
