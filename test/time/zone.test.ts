import { tzOffset } from '@date-fns/tz/tzOffset';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, toUtcDay } from '../../src/time/day.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time/durations.js';
import { createZone, isZone } from '../../src/time/zone.js';
import { anyDay, anyTime, anyZone, ZONES } from './arbitraries.js';

const pacific = createZone('US/Pacific');
const kolkata = createZone('Asia/Kolkata');
const lordHowe = createZone('Australia/Lord_Howe');
const zones = new Map(ZONES.map((name) => [name, createZone(name)]));

describe('the start of a day', () => {
  test.each([
    ['US/Pacific', '2026-07-01', '2026-07-01T07:00:00.000Z'],
    ['US/Pacific', '2026-12-01', '2026-12-01T08:00:00.000Z'],
    // The clock goes forward at two o'clock, and back in autumn: both days begin by the old time.
    ['US/Pacific', '2026-03-08', '2026-03-08T08:00:00.000Z'],
    ['US/Pacific', '2026-03-09', '2026-03-09T07:00:00.000Z'],
    ['US/Pacific', '2026-11-01', '2026-11-01T07:00:00.000Z'],
    ['US/Pacific', '2026-11-02', '2026-11-02T08:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-24', '2026-11-23T18:30:00.000Z'],
    ['UTC', '2026-11-24', '2026-11-24T00:00:00.000Z'],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-06', '2026-04-05T13:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-05', '2026-10-04T13:00:00.000Z'],
    // No midnight: the clock goes from 0:00 to 1:00.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['America/Havana', '2025-03-09', '2025-03-09T05:00:00.000Z'],
    // Back from midnight to 23:00 of the day before, or from 1:00 to a second midnight.
    ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00.000Z'],
    ['Atlantic/Azores', '2025-10-26', '2025-10-26T00:00:00.000Z'],
  ])('in %s, %s begins at %s', (name, day, begin) => {
    const zone = createZone(name);
    expect(new Date(zone.startOfDay(day)).toISOString()).toBe(begin);
    expect(zone.dayOf(zone.startOfDay(day))).toBe(day);
    expect(zone.dayOf(zone.startOfDay(day) - 1)).toBe(addDays(day, -1));
  });

  test('is the first time of that day, in any zone', () => {
    fc.assert(
      fc.property(anyZone, anyDay, (name, day) => {
        const zone = zones.get(name)!;
        const start = zone.startOfDay(day);
        // Samoa had no 30 December 2011: the next day begins instead.
        fc.pre(name !== 'Pacific/Apia' || day !== '2011-12-30');
        expect(zone.dayOf(start)).toBe(day);
        expect(zone.dayOf(start - 1) < day).toBe(true);
      }),
    );
  });
});

test('agrees with tzOffset at any time, the minutes around a clock change included', () => {
  fc.assert(
    fc.property(anyZone, anyTime, (name, at) => {
      expect(zones.get(name)!.offset(at)).toBe(tzOffset(name, new Date(at)) * MINUTE_MS || 0);
    }),
  );
  const change = Date.UTC(2026, 2, 8, 10);
  expect([change - 1, change].map((at) => pacific.offset(at) / HOUR_MS)).toEqual([-8, -7]);
  expect(lordHowe.offset(Date.UTC(2026, 0, 1)) / HOUR_MS).toBe(11);
  expect(lordHowe.offset(Date.UTC(2026, 6, 1)) / HOUR_MS).toBe(10.5);
});

test('local times lead back to their time, except the second of a repeated hour', () => {
  fc.assert(
    fc.property(anyZone, anyTime, (name, at) => {
      const zone = zones.get(name)!;
      const back = zone.fromLocal(zone.toLocal(at));
      expect(back).toBeLessThanOrEqual(at);
      expect(zone.toLocal(back)).toBe(zone.toLocal(at));
    }),
  );
  // 1:30 comes twice on 1 November, 2:30 never on 8 March.
  expect(new Date(pacific.fromLocal(Date.UTC(2026, 10, 1, 1, 30))).toISOString()).toBe(
    '2026-11-01T08:30:00.000Z',
  );
  expect(new Date(pacific.fromLocal(Date.UTC(2026, 2, 8, 2, 30))).toISOString()).toBe(
    '2026-03-08T10:30:00.000Z',
  );
});

test('a time is written with its offset', () => {
  expect(pacific.formatIso(Date.UTC(2026, 6, 1, 12, 30))).toBe('2026-07-01T05:30:00-07:00');
  expect(kolkata.formatIso(Date.UTC(2026, 6, 1, 12, 30, 5, 7))).toBe('2026-07-01T18:00:05.007+05:30');
  fc.assert(
    fc.property(anyZone, anyTime, (name, at) => {
      expect(Date.parse(zones.get(name)!.formatIso(at))).toBe(at);
    }),
  );
});

test('the day of a time is the local one', () => {
  fc.assert(
    fc.property(anyZone, anyTime, (name, at) => {
      const zone = zones.get(name)!;
      expect(zone.dayOf(at)).toBe(toUtcDay(zone.toLocal(at)));
      expect(Math.abs(zone.offset(at))).toBeLessThan(DAY_MS);
    }),
  );
});

test('recognizes names of time zones', () => {
  expect(['UTC', 'US/Pacific', 'Europe/Kyiv', 'Etc/GMT+12'].map(isZone)).toEqual([true, true, true, true]);
  expect(['', 'Mars/Olympus', 'Pacific Time', 'US/Pacific '].map(isZone)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(() => createZone('Mars/Olympus')).toThrow(new RangeError('Unknown time zone: Mars/Olympus'));
});
