import { describe, expect, test } from 'vitest';
import { createFormattedReader, describeDateFormatProblem } from '../../src/time/date-format.js';
import { type EventTimeOptions, readEventTime, toMixpanelTime } from '../../src/time/event-time.js';

const iso = (value: unknown, options?: EventTimeOptions) => {
  const time = readEventTime(value, options);
  return time && new Date(time.ms).toISOString();
};

describe('readEventTime', () => {
  test.each([
    [1762000000, '2025-11-01T12:26:40.000Z'],
    ['1762000000', '2025-11-01T12:26:40.000Z'],
    ['1762000000.5', '2025-11-01T12:26:40.500Z'],
    [1762000000.123, '2025-11-01T12:26:40.123Z'],
    ['1762000000123', '2025-11-01T12:26:40.123Z'],
    [1762000000123.9, '2025-11-01T12:26:40.124Z'],
    ['1762000000123456', '2025-11-01T12:26:40.123Z'],
    ['1762000000123456789', '2025-11-01T12:26:40.123Z'],
    ['2025-11-25T09:44:53Z', '2025-11-25T09:44:53.000Z'],
    ['2025-11-25T09:44:53.123456+05:30', '2025-11-25T04:14:53.123Z'],
    ['2025-11-25 09:44:53 UTC', '2025-11-25T09:44:53.000Z'],
    ['2025-11-25 09:44:53-08', '2025-11-25T17:44:53.000Z'],
    [new Date(5_000_000_000), '1970-02-27T20:53:20.000Z'],
  ])('reads %s', (value, expected) => {
    expect(iso(value)).toBe(expected);
    expect(readEventTime(value)?.zoneAssumed).toBe(false);
  });

  test.each([
    ['2025-11-25 09:44:53', 'UTC', '2025-11-25T09:44:53.000Z'],
    ['2025-11-25T09:44', 'Asia/Kolkata', '2025-11-25T04:14:00.000Z'],
    ['2025-11-25', 'America/New_York', '2025-11-25T05:00:00.000Z'],
    ['2025-07-25 00:00:00', 'Europe/Berlin', '2025-07-24T22:00:00.000Z'],
  ])('reads %s in the named zone %s', (value, timezone, expected) => {
    expect(iso(value, { timezone })).toBe(expected);
    expect(readEventTime(value, { timezone })?.zoneAssumed).toBe(true);
  });

  test('reads a format only if it is named', () => {
    const options = { readFormatted: createFormattedReader('MM/dd/yyyy H:mm'), timezone: 'Europe/Berlin' };
    expect(iso('11/25/2025 0:05', options)).toBe('2025-11-24T23:05:00.000Z');
    expect(iso('11/25/2025 0:05')).toBeUndefined();
    expect(iso('2025-11-25T00:05:00Z', options)).toBe('2025-11-25T00:05:00.000Z');
    expect(
      readEventTime('25.11.2025 00:05 +0100', {
        readFormatted: createFormattedReader('dd.MM.yyyy HH:mm xx'),
      }),
    ).toEqual({
      ms: Date.UTC(2025, 10, 24, 23, 5),
      zoneAssumed: false,
    });
  });

  test.each([
    'soon',
    '2025-02-30',
    '2025-11-25 24:61:00',
    '11/25/2025',
    'Tue, 25 Nov 2025 13:12:21 GMT',
    '2025-11-25 09:44:53 PST',
    '-5',
    '',
    null,
    true,
    {},
    Number.NaN,
    new Date(Number.NaN),
  ])('does not read %s', (value) => {
    expect(readEventTime(value)).toBeUndefined();
  });
});

test('a time for Mixpanel is an integer: seconds if they are whole, else milliseconds', () => {
  expect(toMixpanelTime(1_762_000_000_000)).toBe(1_762_000_000);
  expect(toMixpanelTime(1_762_000_000_500)).toBe(1_762_000_000_500);
});

test.each(['MM/DD/YYYY', 'mm/dd/yyyy', 'H:mm', 'nonsense'])('a date format %s is refused', (format) => {
  expect(describeDateFormatProblem(format)).toMatch(/MM is the month/);
});

test.each(['M/d/yyyy h:mm a', 'dd.MM.yyyy', 'yyyyMMdd', "yyyy-MM-dd 'at' HH:mm"])(
  'a date format %s is accepted',
  (format) => {
    expect(describeDateFormatProblem(format)).toBeUndefined();
  },
);
