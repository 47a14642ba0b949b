import { daysBetween } from '../../../time/day.js';
import {
  DateExpressionError,
  isRelativeDate,
  parseDateExpression,
  resolveDate,
  type Today,
} from '../../../time/relative-date.js';

/** The texts of a From and a To field. */
export interface DateRange {
  from: string;
  to: string;
}

export interface DatePreset extends DateRange {
  label: string;
}

/** The ranges that forms offer. They keep their relative form, so that a link means the same tomorrow. */
export const DATE_PRESETS: readonly DatePreset[] = [
  { label: 'Today', from: 'today', to: 'today' },
  { label: 'Yesterday', from: 'yesterday', to: 'yesterday' },
  { label: 'Last 7 days', from: 'last 7 days', to: 'today' },
  { label: 'Last 30 days', from: 'last 30 days', to: 'today' },
  { label: 'Last 3 months', from: '-3m', to: 'today' },
  { label: 'Last 6 months', from: '-6m', to: 'today' },
  { label: 'Last week', from: 'last week', to: 'last week' },
  { label: 'Last month', from: 'last month', to: 'last month' },
];

/** The days that a From and a To field mean, or what is wrong with them. */
export interface ResolvedRange {
  from?: string;
  to?: string;
  /** Whether one of the days depends on the day today is. */
  isRelative: boolean;
  /** What is wrong with each text; a sentence. An empty text is not wrong before it is sent. */
  problems: { from?: string; to?: string };
}

export function resolveRange({ from, to }: DateRange, today: Today): ResolvedRange {
  const first = resolveText(from, 'from', today);
  const last = resolveText(to, 'to', today);
  const problems = { from: first.problem, to: last.problem };
  if (first.day !== undefined && last.day !== undefined && first.day > last.day) {
    problems.from = `From (${first.day}) is after To (${last.day}).`;
  }
  return { from: first.day, to: last.day, isRelative: first.isRelative || last.isRelative, problems };
}

/** Returns the preset that has these texts, written in any way that means the same. */
export function findPreset({ from, to }: DateRange): DatePreset | undefined {
  const [first, last] = [meaningOf(from), meaningOf(to)];
  if (first === undefined || last === undefined) return undefined;
  return DATE_PRESETS.find((preset) => meaningOf(preset.from) === first && meaningOf(preset.to) === last);
}

/** Returns the days in words: `Oct 27 – Nov 25, 2026 · 30 days`. */
export function describeDays(from: string, to: string): string {
  const length = daysBetween(from, to) + 1;
  const days = from === to ? formatDay(from) : dayRange.formatRange(new Date(from), new Date(to));
  return `${days} · ${length === 1 ? '1 day' : `${length.toLocaleString('en-US')} days`}`;
}

const dayRange = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });

function formatDay(day: string): string {
  return dayRange.format(new Date(day));
}

function resolveText(
  text: string,
  role: 'from' | 'to',
  today: Today,
): { day?: string; problem?: string; isRelative: boolean } {
  if (text.trim() === '') return { isRelative: false };
  try {
    const expression = parseDateExpression(text);
    return { day: resolveDate(expression, role, today), isRelative: isRelativeDate(expression) };
  } catch (error) {
    if (!(error instanceof DateExpressionError)) throw error;
    return { problem: `${role === 'from' ? 'From' : 'To'} ${error.message}`, isRelative: false };
  }
}

function meaningOf(text: string): string | undefined {
  try {
    return JSON.stringify(parseDateExpression(text));
  } catch (error) {
    if (!(error instanceof DateExpressionError)) throw error;
    return undefined;
  }
}
