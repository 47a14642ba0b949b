import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, daysBetween, isDay, startOfUtcDay, toUtcDay, weekdayOf } from '../../src/time/day.js';
import { anyDay } from './arbitraries.js';

test.each(['2026-11-24', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is a day', (text) => {
  expect(isDay(text)).toBe(true);
});

test.each([
  '2026-02-29',
  '1900-02-29',
  '2026-02-30',
  '2026-04-31',
  '2026-13-01',
  '2026-00-10',
  '2026-01-00',
  '2026-1-1',
  '2026-11-24T00:00:00Z',
  ' 2026-11-24',
  '2026-11-24\n',
  '20261124',
  '2026-W48',
  '',
])('%j is not a day', (text) => {
  expect(isDay(text)).toBe(false);
});

test.each([
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-02-28', 1, '2026-03-01'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2026-01-01', -1, '2025-12-31'],
  ['2026-11-24', 0, '2026-11-24'],
  ['2026-03-07', 2, '2026-03-09'],
])('%s and %d days is %s', (day, days, expected) => {
  expect(addDays(day, days)).toBe(expected);
  expect(daysBetween(day, expected)).toBe(days);
});

test('the day of a time in UTC changes at midnight', () => {
  const midnight = startOfUtcDay('2026-11-24');
  expect(midnight).toBe(Date.UTC(2026, 10, 24));
  expect([midnight - 1, midnight, midnight + 86_399_999].map(toUtcDay)).toEqual([
    '2026-11-23',
    '2026-11-24',
    '2026-11-24',
  ]);
});

test('the day of the week counts from Sunday', () => {
  expect(['2026-11-22', '2026-11-23', '2026-11-28'].map((day) => weekdayOf(startOfUtcDay(day)))).toEqual([
    0, 1, 6,
  ]);
});

test('days compare as their texts do and add up as their numbers do', () => {
  fc.assert(
    fc.property(
      anyDay,
      fc.integer({ min: -4000, max: 4000 }),
      fc.integer({ min: -4000, max: 4000 }),
      (day, a, b) => {
        const later = addDays(day, a);
        expect(isDay(later)).toBe(true);
        expect(daysBetween(day, later)).toBe(a);
        expect(Math.sign(a)).toBe(later > day ? 1 : later < day ? -1 : 0);
        expect(addDays(later, b)).toBe(addDays(day, a + b));
      },
    ),
  );
});
