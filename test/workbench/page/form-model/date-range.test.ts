import { describe, expect, test } from 'vitest';
import { createZone } from '../../../../src/time/zone.js';
import {
  DATE_PRESETS,
  describeDays,
  findPreset,
  resolveRange,
} from '../../../../src/workbench/page/form-model/date-range.js';

/** A Wednesday; in Honolulu it is still Tuesday. */
const now = Date.parse('2026-11-25T08:30:00Z');
const inUtc = { now, zone: createZone('UTC') };

describe('a range of dates in the form', () => {
  test.each([
    ['Today', '2026-11-25', '2026-11-25'],
    ['Yesterday', '2026-11-24', '2026-11-24'],
    ['Last 7 days', '2026-11-19', '2026-11-25'],
    ['Last 30 days', '2026-10-27', '2026-11-25'],
    ['Last 3 months', '2026-08-25', '2026-11-25'],
    ['Last 6 months', '2026-05-25', '2026-11-25'],
    ['Last week', '2026-11-16', '2026-11-22'],
    ['Last month', '2026-10-01', '2026-10-31'],
  ])('%s means %s to %s', (label, from, to) => {
    const preset = DATE_PRESETS.find((each) => each.label === label)!;
    expect(resolveRange(preset, inUtc)).toEqual({ from, to, isRelative: true, problems: {} });
  });

  test('has all its presets in the table above', () => {
    expect(DATE_PRESETS).toHaveLength(8);
  });

  test("today is today in the project's zone, not in that of the browser", () => {
    const range = resolveRange(
      { from: 'yesterday', to: 'today' },
      { now, zone: createZone('Pacific/Honolulu') },
    );
    expect(range).toMatchObject({ from: '2026-11-23', to: '2026-11-24' });
  });

  test('days stay as they are typed', () => {
    expect(resolveRange({ from: '2026-01-31', to: '2026-02-01' }, inUtc)).toEqual({
      from: '2026-01-31',
      to: '2026-02-01',
      isRelative: false,
      problems: {},
    });
  });

  test.each([
    ['last 7 days', 'today', 'Last 7 days'],
    ['Last_7_days', ' TODAY ', 'Last 7 days'],
    ['-3m', 'now', 'Last 3 months'],
    ['last week', 'last week', 'Last week'],
    ['last week', 'today', undefined],
    ['2026-11-19', '2026-11-25', undefined],
    ['', '', undefined],
    ['soon', 'today', undefined],
  ])('from %j to %j is the preset %s', (from, to, label) => {
    expect(findPreset({ from, to })?.label).toBe(label);
  });

  test('says what is wrong with each end, and nothing about an empty one', () => {
    const { problems } = resolveRange({ from: '30d', to: '2026-02-30' }, inUtc);
    expect(problems.from).toMatch(/^From needs a minus sign/);
    expect(problems.to).toMatch(/^To is a date that does not exist/);
    expect(resolveRange({ from: '', to: ' ' }, inUtc).problems).toEqual({});
  });

  test('says when its ends are the wrong way round', () => {
    expect(resolveRange({ from: 'today', to: 'yesterday' }, inUtc).problems.from).toBe(
      'From (2026-11-25) is after To (2026-11-24).',
    );
  });

  test.each([
    ['2026-11-25', '2026-11-25', /^Nov 25, 2026 · 1 day$/],
    ['2026-10-27', '2026-11-25', /^Oct 27\s–\sNov 25, 2026 · 30 days$/],
    ['2025-12-31', '2026-01-01', /^Dec 31, 2025\s–\sJan 1, 2026 · 2 days$/],
    ['2020-01-01', '2026-01-01', / · 2,193 days$/],
  ])('%s to %s is in words %s', (from, to, words) => {
    expect(describeDays(from, to)).toMatch(words);
  });
});
