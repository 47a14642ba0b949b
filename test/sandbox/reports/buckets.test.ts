import { describe, expect, it } from 'vitest';
import { createBucketNamer, listBuckets, startOfLastUnits } from '../../../src/sandbox/reports/buckets.js';
import type { Calendar } from '../../../src/sandbox/time/calendar.js';
import { createZone } from '../../../src/time/zone.js';

const pacific: Calendar = { ...createZone('US/Pacific'), weekStartsOn: 1 };

describe('units of time', () => {
  const NOW = Date.UTC(2026, 10, 24, 21, 30);

  it.each([
    ['minute', '2026-11-24 13:30:00'],
    ['hour', '2026-11-24 13:00:00'],
    ['day', '2026-11-24'],
    ['week', '2026-11-23'],
    ['month', '2026-11-01'],
  ] as const)('a %s is named by its beginning in the project: %s', (unit, name) => {
    expect(createBucketNamer(unit, pacific)(NOW)).toBe(name);
  });

  it('weeks begin on Monday, before the first day where it must be', () => {
    const names = listBuckets('week', { first: '2026-11-01', last: '2026-11-10' }, pacific, NOW);
    expect(names).toEqual(['2026-10-26', '2026-11-02', '2026-11-09']);
  });

  it('an hour that comes twice in autumn is one, an hour that spring leaves out is none', () => {
    const hours = (day: string) =>
      listBuckets('hour', { first: day, last: day }, pacific, NOW).map((name) => name.slice(11, 13));
    expect(hours('2026-11-01')).toHaveLength(24);
    expect(hours('2026-03-08')).toHaveLength(23);
    expect(hours('2026-03-08')).not.toContain('02');
  });

  it('nothing is named that has not begun', () => {
    expect(listBuckets('hour', { first: '2026-11-24', last: '2026-11-24' }, pacific, NOW).at(-1)).toBe(
      '2026-11-24 13:00:00',
    );
  });

  it.each([
    ['day', 3, '2026-11-22'],
    ['week', 2, '2026-11-16'],
    ['month', 3, '2026-09-01'],
    ['hour', 15, '2026-11-23'],
  ] as const)('the last units by the %s, %d of them, begin on %s', (unit, count, day) => {
    expect(startOfLastUnits(unit, count, NOW, pacific)).toBe(day);
  });
});

it('begins weeks on the day the project has chosen', () => {
  const sunday: Calendar = { ...pacific, weekStartsOn: 0 };
  const range = { first: '2026-11-10', last: '2026-11-24' };
  const at = Date.UTC(2026, 10, 24, 12);
  expect(listBuckets('week', range, pacific, at)).toEqual(['2026-11-09', '2026-11-16', '2026-11-23']);
  expect(listBuckets('week', range, sunday, at)).toEqual(['2026-11-08', '2026-11-15', '2026-11-22']);
  expect(createBucketNamer('week', sunday)(at)).toBe('2026-11-22');
});
