import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { daysBetween } from '../../src/time/day.js';
import {
  type DateExpression,
  DateExpressionError,
  isRelativeDate,
  parseDateExpression,
  resolveDate,
  resolveDateRange,
} from '../../src/time/relative-date.js';
import { createZone } from '../../src/time/zone.js';
import { anyDay, anyTime, anyZone, ZONES } from './arbitraries.js';

const UTC = createZone('UTC');
const zones = new Map(ZONES.map((name) => [name, createZone(name)]));
/** A Tuesday. */
const TUESDAY = Date.UTC(2026, 10, 24, 12);

function range(text: string, now = TUESDAY, zone = UTC): string {
  const { from, to } = resolveDateRange(parseDateExpression(text), { now, zone });
  return from === to ? from : `${from} to ${to}`;
}

function errorOf(text: string): string {
  try {
    parseDateExpression(text);
  } catch (error) {
    if (error instanceof DateExpressionError) return error.message;
    throw error;
  }
  throw new Error(`${text} was read as a date`);
}

afterEach(() => vi.unstubAllEnvs());

describe('on Tuesday, 24 November 2026', () => {
  test.each([
    ['2026-11-24', '2026-11-24'],
    ['2024-02-29', '2024-02-29'],
    ['2026-11-24T23:59:59-08:00', '2026-11-24'],
    ['2026-11-24 10:00:00', '2026-11-24'],
    ['today', '2026-11-24'],
    ['now', '2026-11-24'],
    ['yesterday', '2026-11-23'],
    ['-0d', '2026-11-24'],
    ['-30d', '2026-10-25'],
    ['-12w', '2026-09-01'],
    ['-6m', '2026-05-24'],
    ['-2q', '2026-05-24'],
    ['-1y', '2025-11-24'],
    ['today-7d', '2026-11-17'],
    ['now - 7 days', '2026-11-17'],
    ['7 days ago', '2026-11-17'],
    ['1 day ago', '2026-11-23'],
    ['a week ago', '2026-11-17'],
    ['2 weeks ago', '2026-11-10'],
    ['3 months ago', '2026-08-24'],
    ['1 quarter ago', '2026-08-24'],
    ['2 years ago', '2024-11-24'],
    ['30d ago', '2026-10-25'],
    ['last 30 days', '2026-10-26 to 2026-11-24'],
    ['past 7 days', '2026-11-18 to 2026-11-24'],
    ['last 1 day', '2026-11-24'],
    ['this week', '2026-11-23 to 2026-11-24'],
    ['this month', '2026-11-01 to 2026-11-24'],
    ['this quarter', '2026-10-01 to 2026-11-24'],
    ['this year', '2026-01-01 to 2026-11-24'],
    ['current month', '2026-11-01 to 2026-11-24'],
    ['last week', '2026-11-16 to 2026-11-22'],
    ['last month', '2026-10-01 to 2026-10-31'],
    ['last quarter', '2026-07-01 to 2026-09-30'],
    ['last year', '2025-01-01 to 2025-12-31'],
    ['previous week', '2026-11-16 to 2026-11-22'],
    ['start of this week', '2026-11-23'],
    ['start of month', '2026-11-01'],
    ['beginning of year', '2026-01-01'],
    ['start of last quarter', '2026-07-01'],
    ['end of last month', '2026-10-31'],
    ['end of last year', '2025-12-31'],
    ['end of this month', '2026-11-24'],
    ['start of -3m', '2026-08-01'],
    ['end of 3 months ago', '2026-08-31'],
    ['start of -2w', '2026-11-09'],
    ['end of -1q', '2026-09-30'],
    ['start of today', '2026-11-24'],
    ['end of yesterday', '2026-11-23'],
    ['start of last 30 days', '2026-10-26'],
    ['end of last 30 days', '2026-11-24'],
  ])('%s is %s', (text, expected) => {
    expect(range(text)).toBe(expected);
  });
});

test.each([
  ['  Last   WEEK ', 'last week'],
  ['last_week', 'last week'],
  ['Last-Month', 'last month'],
  ['7_days_ago', '7 days ago'],
  ['\u221230d', '-30d'],
  ['\u201330D', '-30d'],
  ['- 30 d', '-30d'],
  ['start_of_last_month', 'start of last month'],
])('%j means the same as %s', (text, plain) => {
  expect(parseDateExpression(text)).toEqual(parseDateExpression(plain));
});

describe('ends of months and years', () => {
  test.each([
    ['-1m', '2026-03-31', '2026-02-28'],
    ['-1m', '2024-03-31', '2024-02-29'],
    ['-1y', '2024-02-29', '2023-02-28'],
    ['-1q', '2026-05-31', '2026-02-28'],
    ['last month', '2024-03-31', '2024-02-01 to 2024-02-29'],
    ['last month', '2026-01-01', '2025-12-01 to 2025-12-31'],
    ['last quarter', '2026-01-01', '2025-10-01 to 2025-12-31'],
    ['last week', '2026-01-01', '2025-12-22 to 2025-12-28'],
    ['this week', '2026-11-23', '2026-11-23'],
    ['this week', '2026-11-29', '2026-11-23 to 2026-11-29'],
    ['last week', '2026-11-29', '2026-11-16 to 2026-11-22'],
    ['this year', '2026-01-01', '2026-01-01'],
    ['end of this week', '2026-11-29', '2026-11-29'],
    ['start of -1m', '2026-03-31', '2026-02-01'],
  ])('%s on %s is %s', (text, today, expected) => {
    expect(range(text, Date.parse(`${today}T12:00:00Z`))).toBe(expected);
  });
});

test('a From field takes the first day of a period and a To field the last', () => {
  const lastWeek = parseDateExpression('last week');
  expect(resolveDate(lastWeek, 'from', { now: TUESDAY, zone: UTC })).toBe('2026-11-16');
  expect(resolveDate(lastWeek, 'to', { now: TUESDAY, zone: UTC })).toBe('2026-11-22');
});

test('weeks begin on Monday, or on the day that is asked for', () => {
  const lastWeek = parseDateExpression('last week');
  expect(resolveDateRange(lastWeek, { now: TUESDAY, zone: UTC, weekStartsOn: 0 })).toEqual({
    from: '2026-11-15',
    to: '2026-11-21',
  });
  expect(resolveDateRange(lastWeek, { now: TUESDAY, zone: UTC, weekStartsOn: 3 })).toEqual({
    from: '2026-11-11',
    to: '2026-11-17',
  });
});

describe('today is the day in the project', () => {
  const now = Date.UTC(2026, 11, 1, 3);

  test.each([
    ['UTC', '2026-12-01', '2026-11-01 to 2026-11-30'],
    ['US/Pacific', '2026-11-30', '2026-10-01 to 2026-10-31'],
    ['Pacific/Kiritimati', '2026-12-01', '2026-11-01 to 2026-11-30'],
    ['Pacific/Niue', '2026-11-30', '2026-10-01 to 2026-10-31'],
  ] as const)('in %s it is %s, and last month %s', (name, today, lastMonth) => {
    const zone = createZone(name);
    expect(range('today', now, zone)).toBe(today);
    expect(range('last month', now, zone)).toBe(lastMonth);
  });

  test('until the midnight of its own clock, on days of 23, 25 and 23.5 hours too', () => {
    const changes = [
      ['US/Pacific', '2026-03-08', 23],
      ['US/Pacific', '2026-11-01', 25],
      ['Australia/Lord_Howe', '2026-10-04', 23.5],
      ['America/Sao_Paulo', '2018-11-04', 23],
    ] as const;
    for (const [name, day, hours] of changes) {
      const zone = zones.get(name)!;
      const begin = zone.startOfDay(day);
      const end = begin + hours * 3_600_000;
      expect([begin - 1, begin, end - 1, end].map((at) => range('today', at, zone) === day)).toEqual([
        false,
        true,
        true,
        false,
      ]);
      expect(range('yesterday', end, zone)).toBe(day);
    }
  });
});

test.each([
  ['30d', 'needs a minus sign to count back from today: -30d.'],
  ['3 months', 'needs a minus sign to count back from today: -3m.'],
  ['-30', 'needs a unit: -30d for days, w for weeks, m for months, q or y.'],
  ['last 3 months', 'can be read in two ways. Write -3m for that long before today, or "start of -3m".'],
  ['last 2 weeks', 'can be read in two ways. Write -2w for that long before today, or "start of -2w".'],
  [
    'end of last 3 months',
    'can be read in two ways. Write -3m for that long before today, or "start of -3m".',
  ],
  ['tomorrow', 'is in the future. Mixpanel has data up to today.'],
  ['next week', 'is in the future. Mixpanel has data up to today.'],
  ['+7d', 'is in the future. Mixpanel has data up to today.'],
  ['in 3 days', 'is in the future. Mixpanel has data up to today.'],
  ['end of next month', 'is in the future. Mixpanel has data up to today.'],
  ['-24h', 'counts in hours or less. Write whole days, such as -1d.'],
  ['90 minutes ago', 'counts in hours or less. Write whole days, such as -1d.'],
  ['-36501d', 'goes back more than 100 years.'],
  ['101 years ago', 'goes back more than 100 years.'],
  ['-99999999999999999999d', 'goes back more than 100 years.'],
  ['last 0 days', 'must have at least one day.'],
  ['2026-02-30', 'is a date that does not exist in the calendar.'],
  ['2025-13-01T00:00:00Z', 'is a date that does not exist in the calendar.'],
])('%s %s', (text, message) => {
  expect(errorOf(text)).toBe(message);
});

test.each([
  '',
  'soon',
  '24.11.2026',
  '11/24/2026',
  '2026-1-1',
  'monday',
  'last monday',
  'last',
  'ago',
  '-d',
  '1.5 days ago',
  'start of',
  'start of 2026-11-24',
  'start of start of week',
  'start of monday',
  '2026-11-24x',
  '{{ Date1.value }}',
])('%j is refused with examples of what is right', (text) => {
  expect(errorOf(text)).toBe(
    'must be a date, such as 2025-10-01, or a relative date, such as yesterday, -30d, 7 days ago or last month.',
  );
});

test('only relative dates depend on today', () => {
  expect(['2026-11-24', '2026-11-24T10:00'].map((text) => isRelativeDate(parseDateExpression(text)))).toEqual(
    [false, false],
  );
  expect(
    ['today', '-30d', 'last week', 'start of month'].map((text) => isRelativeDate(parseDateExpression(text))),
  ).toEqual([true, true, true, true]);
});

const anyPeriod = fc.constantFrom('day', 'week', 'month', 'quarter', 'year');
const anyRelativeText = fc.oneof(
  fc.constantFrom('today', 'yesterday', 'now'),
  fc.tuple(fc.nat(100), fc.constantFrom('d', 'w', 'm', 'q', 'y')).map(([count, unit]) => `-${count}${unit}`),
  fc.tuple(fc.nat(100), anyPeriod).map(([count, unit]) => `${count} ${unit}s ago`),
  fc.integer({ min: 1, max: 400 }).map((count) => `last ${count} days`),
  fc
    .tuple(
      fc.constantFrom('', 'start of ', 'end of '),
      fc.constantFrom('this', 'last'),
      fc.constantFrom('week', 'month', 'quarter', 'year'),
    )
    .map(([edge, which, period]) => `${edge}${which} ${period}`),
  fc
    .tuple(fc.constantFrom('start', 'end'), fc.nat(50), fc.constantFrom('d', 'w', 'm', 'q', 'y'))
    .map(([edge, count, unit]) => `${edge} of -${count}${unit}`),
);
const anyWeekStart = fc.constantFrom(0, 1, 2, 3, 4, 5, 6);

test('a relative date begins before it ends and ends no later than today', () => {
  fc.assert(
    fc.property(anyRelativeText, anyTime, anyZone, anyWeekStart, (text, now, name, weekStartsOn) => {
      const zone = zones.get(name)!;
      const { from, to } = resolveDateRange(parseDateExpression(text), { now, zone, weekStartsOn });
      expect(from <= to).toBe(true);
      expect(to <= zone.dayOf(now)).toBe(true);
    }),
  );
});

test('the start and the end of a period are the ends of its range', () => {
  const anyRange = fc
    .tuple(fc.constantFrom('this', 'last'), fc.constantFrom('week', 'month', 'quarter', 'year'))
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(anyRange, anyTime, anyZone, anyWeekStart, (text, now, name, weekStartsOn) => {
      const today = { now, zone: zones.get(name)!, weekStartsOn };
      const { from, to } = resolveDateRange(parseDateExpression(text), today);
      for (const role of ['from', 'to'] as const) {
        expect(resolveDate(parseDateExpression(`start of ${text}`), role, today)).toBe(from);
        expect(resolveDate(parseDateExpression(`end of ${text}`), role, today)).toBe(to);
      }
    }),
  );
});

test('last week ends the day before this week begins, in whatever zone and week', () => {
  const period = fc.constantFrom('week', 'month', 'quarter', 'year');
  fc.assert(
    fc.property(period, anyTime, anyZone, anyWeekStart, (name, now, zoneName, weekStartsOn) => {
      const today = { now, zone: zones.get(zoneName)!, weekStartsOn };
      const { to } = resolveDateRange(parseDateExpression(`last ${name}`), today);
      const { from } = resolveDateRange(parseDateExpression(`this ${name}`), today);
      expect(daysBetween(to, from)).toBe(1);
    }),
  );
});

test('the last days are as many as it says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4000 }), anyTime, anyZone, (count, now, name) => {
      const { from, to } = resolveDateRange(parseDateExpression(`last ${count} days`), {
        now,
        zone: zones.get(name)!,
      });
      expect(daysBetween(from, to) + 1).toBe(count);
    }),
  );
});

test('a day is itself, whatever day today is', () => {
  fc.assert(
    fc.property(anyDay, anyTime, anyZone, (day, now, name) => {
      expect(resolveDateRange(parseDateExpression(day), { now, zone: zones.get(name)! })).toEqual({
        from: day,
        to: day,
      });
    }),
  );
});

test('any text is read or refused with a sentence', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      let expression: DateExpression;
      try {
        expression = parseDateExpression(text);
      } catch (error) {
        expect(error).toBeInstanceOf(DateExpressionError);
        expect((error as Error).message).toMatch(/^[a-z].*\.$/);
        return;
      }
      expect(resolveDateRange(expression, { now: TUESDAY, zone: UTC }).from).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }),
  );
});

test("the machine's own time zone has no say", () => {
  const texts = ['today', '-30d', '-6m', 'last week', 'this quarter', 'start of -3m', 'end of last year'];
  const changes = [
    Date.UTC(2018, 10, 4, 3),
    Date.UTC(2026, 2, 8, 10),
    Date.UTC(2026, 9, 25, 1),
    Date.UTC(2011, 11, 30, 10),
    Date.UTC(2027, 0, 1),
  ];
  const resolveAll = () =>
    changes.flatMap((at) =>
      [at - 1, at].flatMap((now) =>
        ZONES.flatMap((name) => texts.map((text) => range(text, now, zones.get(name)!))),
      ),
    );
  const offsets = new Set<number>();
  const results = new Set<string>();
  for (const machine of [
    'UTC',
    'America/Sao_Paulo',
    'Atlantic/Azores',
    'Pacific/Apia',
    'Australia/Lord_Howe',
  ]) {
    vi.stubEnv('TZ', machine);
    offsets.add(new Date(Date.UTC(2026, 0, 1)).getTimezoneOffset());
    results.add(JSON.stringify(resolveAll()));
  }
  expect(offsets.size).toBeGreaterThan(3);
  expect(results.size).toBe(1);
});
