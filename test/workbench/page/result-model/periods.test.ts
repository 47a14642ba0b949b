import { describe, expect, test } from 'vitest';
import { dateLabels, partialPeriods, unitOf } from '../../../../src/workbench/page/result-model/periods.js';

const at = (time: string) => Date.parse(time);

describe('the unit of dates', () => {
  test.each([
    ['minute', ['2026-01-01T00:00:00', '2026-01-01T00:01:00']],
    ['hour', ['2026-01-01 00:00:00', '2026-01-01 01:00:00']],
    ['day', ['2026-01-01', '2026-01-02', '2026-01-05']],
    ['week', ['2026-01-05', '2026-01-12', '2026-01-26']],
    ['month', ['2026-01-01', '2026-02-01', '2026-03-01']],
    ['quarter', ['2026-01-01', '2026-04-01']],
    ['year', ['2025-01-01', '2026-01-01']],
    ['day', ['2026-01-01']],
  ])('is %s when their distances fit it', (unit, dates) => {
    expect(unitOf(dates)).toBe(unit);
  });

  test('is the one asked for, whatever the distances', () => {
    expect(unitOf(['2026-01-01', '2026-01-08'], 'day')).toBe('day');
    expect(unitOf(['2026-01-01', '2026-01-08'], 'fortnight')).toBe('week');
  });
});

describe('a period is not whole', () => {
  test('when it is not over', () => {
    expect(partialPeriods(['2026-11-24', '2026-11-25'], 'day', { now: at('2026-11-25T10:00:00Z') })).toEqual([
      undefined,
      'so far',
    ]);
  });

  test('when its week or month is not over', () => {
    const now = at('2026-11-25T10:00:00Z');
    expect(partialPeriods(['2026-11-16', '2026-11-23'], 'week', { now })).toEqual([undefined, 'so far']);
    expect(partialPeriods(['2026-10-01', '2026-11-01'], 'month', { now })).toEqual([undefined, 'so far']);
  });

  test('when the range of the query cuts it', () => {
    const range = { from: '2026-08-27', to: '2026-10-12', now: at('2026-11-25T10:00:00Z') };
    expect(partialPeriods(['2026-08-01', '2026-09-01', '2026-10-01'], 'month', range)).toEqual([
      'only from Aug 27',
      undefined,
      'only to Oct 12',
    ]);
  });

  test('when its hour has begun, at the wall clock of the zone', () => {
    const hours = ['2026-11-25T09:00:00-08:00', '2026-11-25T10:00:00-08:00'];
    const now = at('2026-11-25T18:20:00Z');
    expect(partialPeriods(hours, 'hour', { now, zone: 'America/Los_Angeles' })).toEqual([
      undefined,
      'so far',
    ]);
  });

  test('and a day that is over in the zone is whole', () => {
    const now = at('2026-11-25T23:30:00Z');
    expect(partialPeriods(['2026-11-25'], 'day', { now, zone: 'Asia/Tokyo' })).toEqual([undefined]);
  });

  test('by UTC in a zone that the browser does not know', () => {
    const now = at('2026-11-25T23:30:00Z');
    expect(partialPeriods(['2026-11-25'], 'day', { now, zone: 'Mars/Olympus' })).toEqual(['so far']);
  });

  test('but relative dates cut nothing', () => {
    expect(
      partialPeriods(['2026-01-01'], 'month', { from: '-30d', now: at('2026-11-25T10:00:00Z') }),
    ).toEqual([undefined]);
  });
});

describe('labels of dates', () => {
  const now = at('2026-11-25T10:00:00Z');

  test.each([
    ['day', ['2026-11-13'], 'Nov 13', 'Fri, Nov 13'],
    ['week', ['2026-11-16'], 'Nov 16', 'Week of Mon, Nov 16'],
    ['month', ['2026-10-01'], 'Oct', 'October 2026'],
    ['month', ['2025-10-01'], 'Oct 2025', 'October 2025'],
    ['quarter', ['2026-10-01'], 'Q4 2026', 'Q4 2026'],
    ['year', ['2026-01-01'], '2026', '2026'],
    ['hour', ['2026-11-13T14:00:00'], '14:00', 'Fri, Nov 13, 14:00'],
    ['day', ['2025-11-13'], 'Nov 13, 2025', 'Thu, Nov 13, 2025'],
  ] as const)('of a %s are in its words: %s', (unit, dates, axis, full) => {
    const labels = dateLabels(dates, unit, now);
    expect([labels.axis(dates[0]), labels.full(dates[0])]).toEqual([axis, full]);
  });
});
