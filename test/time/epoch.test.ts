import { expect, test } from 'vitest';
import { isEpochSeconds, toEpochMs } from '../../src/time/epoch.js';

test('distinguishes seconds from milliseconds by size, before and after 1970', () => {
  expect([0, 1_762_000_000, 99_999_999_999, -1_762_000_000].map(isEpochSeconds)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([100_000_000_000, 1_762_000_000_000, -100_000_000_000].map(isEpochSeconds)).toEqual([
    false,
    false,
    false,
  ]);
});

test('gives seconds and milliseconds alike in milliseconds', () => {
  expect(toEpochMs(1_600_000_000)).toBe(1_600_000_000_000);
  expect(toEpochMs(1_600_000_000.5)).toBe(1_600_000_000_500);
  expect(toEpochMs(1_600_000_000_000)).toBe(1_600_000_000_000);
});
