import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../src/time/day.js';
import { addPeriods, endOfPeriod, listPeriods, type Period, startOfPeriod } from '../../src/time/period.js';
import { anyDay } from './arbitraries.js';

const PERIODS: readonly Period[] = ['day', 'week', 'month', 'quarter', 'year'];
const anyPeriod = fc.constantFrom(...PERIODS);

test.each([
  ['day', '2026-11-24', '2026-11-24', '2026-11-24'],
  ['week', '2026-11-24', '2026-11-23', '2026-11-29'],
  ['week', '2026-11-23', '2026-11-23', '2026-11-29'],
  ['week', '2026-11-29', '2026-11-23', '2026-11-29'],
  ['week', '2027-01-01', '2026-12-28', '2027-01-03'],
  ['month', '2024-02-10', '2024-02-01', '2024-02-29'],
  ['month', '2026-02-28', '2026-02-01', '2026-02-28'],
  ['quarter', '2026-11-24', '2026-10-01', '2026-12-31'],
  ['quarter', '2026-03-31', '2026-01-01', '2026-03-31'],
  ['year', '2024-12-31', '2024-01-01', '2024-12-31'],
] as const)('the %s of %s is %s to %s', (period, day, first, last) => {
  expect(startOfPeriod(period, day)).toBe(first);
  expect(endOfPeriod(period, day)).toBe(last);
});

test('weeks can begin on any day', () => {
  const starts = ([0, 1, 2, 3, 4, 5, 6] as const).map((start) => startOfPeriod('week', '2026-11-24', start));
  expect(starts).toEqual([
    '2026-11-22',
    '2026-11-23',
    '2026-11-24',
    '2026-11-18',
    '2026-11-19',
    '2026-11-20',
    '2026-11-21',
  ]);
  expect(endOfPeriod('week', '2026-11-24', 0)).toBe('2026-11-28');
});

test.each([
  ['month', '2026-01-31', 1, '2026-02-28'],
  ['month', '2024-03-31', -1, '2024-02-29'],
  ['quarter', '2026-11-30', 1, '2027-02-28'],
  ['year', '2024-02-29', -1, '2023-02-28'],
  ['week', '2026-01-01', -1, '2025-12-25'],
] as const)('one %s from %s by %d is %s', (period, day, count, expected) => {
  expect(addPeriods(period, day, count)).toBe(expected);
});

test('every day is in exactly one period, which begins and ends around it', () => {
  fc.assert(
    fc.property(anyPeriod, anyDay, (period, day) => {
      const [first, last] = [startOfPeriod(period, day), endOfPeriod(period, day)];
      expect(first <= day && day <= last).toBe(true);
      expect(startOfPeriod(period, first)).toBe(first);
      expect(startOfPeriod(period, last)).toBe(first);
      expect(startOfPeriod(period, addDays(last, 1))).toBe(addDays(last, 1));
    }),
  );
});

test('the periods of a range follow one another without a gap and hold both its ends', () => {
  fc.assert(
    fc.property(anyPeriod, anyDay, fc.nat(800), (period, from, length) => {
      const to = addDays(from, length);
      const starts = listPeriods(period, { from, to });
      expect(starts[0]).toBe(startOfPeriod(period, from));
      expect(starts.at(-1)).toBe(startOfPeriod(period, to));
      for (const [index, start] of starts.entries()) {
        if (index > 0) expect(start).toBe(addDays(endOfPeriod(period, starts[index - 1]!), 1));
      }
    }),
  );
});

test('a range that ends before it begins has no periods', () => {
  expect(listPeriods('day', { from: '2026-11-24', to: '2026-11-23' })).toEqual([]);
});
