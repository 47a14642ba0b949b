import { addDays, isDay } from './day.js';
import { addPeriods, endOfPeriod, type Period, startOfPeriod, type WeekStart } from './period.js';
import type { Zone } from './zone.js';

/**
 * What a date field says, before it is known which day today is.
 *
 * | text | meaning |
 * |---|---|
 * | `2026-11-24`, `2026-11-24T09:30:00Z` | that day, as it stands in the text |
 * | `today`, `yesterday` | that day |
 * | `-30d`, `-12w`, `-6m`, `-2q`, `-1y`, `today-30d`, `7 days ago` | the day that long before today |
 * | `last 30 days` | today and the 29 days before it |
 * | `this week`, `this month`, `this quarter`, `this year` | from its first day until today |
 * | `last week`, `last month`, `last quarter`, `last year` | the whole period before the current one |
 * | `start of …`, `end of …` | the first or last day of a period: of `last month`, `month`, `-3m`, `2 weeks ago` |
 */
export type DateExpression =
  | { type: 'day'; day: string }
  | { type: 'ago'; period: Period; count: number }
  | { type: 'lastDays'; count: number }
  | { type: 'period'; period: Period; ago: number }
  | { type: 'edge'; edge: 'start' | 'end'; period: Period; ago: number };

/** Which end of a range a date field is: `last week` is its first day in a From field and its last in a To field. */
export type DateRole = 'from' | 'to';

export interface Today {
  /** Epoch milliseconds. */
  now: number;
  /** The zone in which today is a day: the project's. */
  zone: Zone;
  /** Defaults to Monday. */
  weekStartsOn?: WeekStart;
}

/** Thrown for a text that is not a date. The message continues the name of the field: "must be …". */
export class DateExpressionError extends Error {
  override readonly name = 'DateExpressionError';
}

const PERIODS: Readonly<Record<string, Period>> = {
  d: 'day',
  w: 'week',
  m: 'month',
  q: 'quarter',
  y: 'year',
};

/** No project is this old; a larger number is a slip. */
const MAX_AGO: Readonly<Record<Period, number>> = {
  day: 36_500,
  week: 5200,
  month: 1200,
  quarter: 400,
  year: 100,
};

const UNIT = '(d|days?|w|weeks?|m|months?|q|quarters?|y|years?)';
const DAY = /^(\d{4}-\d{2}-\d{2})(?:$|[t ])/;
const MINUS = new RegExp(`^(?:today|now)? ?- ?(\\d+) ?${UNIT}$`);
const AGO = new RegExp(`^(\\d+|an?) ?${UNIT} ago$`);
const LAST_DAYS = /^(?:last|past) (\d+) ?d(?:ays?)?$/;
const PERIOD = /^(this|current|last|previous) (week|month|quarter|year)$/;
const EDGE = /^(start|beginning|end) of (.+)$/;

// Texts that come close, and what to write instead.
const AMBIGUOUS = new RegExp(`^(?:last|past) (\\d+) ?${UNIT}$`);
const NO_SIGN = new RegExp(`^(\\d+) ?${UNIT}$`);
const NO_UNIT = /^(?:today|now)? ?- ?(\d+)$/;
const FUTURE = new RegExp(`^(?:tomorrow|next .+|in \\d+ .+|(?:today|now)? ?\\+ ?\\d+ ?${UNIT}?)$`);
const CLOCK = /^(?:(?:today|now)? ?- ?)?\d+ ?(?:h|hours?|min|minutes?|s|sec|seconds?)(?: ago)?$/;

/**
 * Reads what a date field says. Upper case, extra spaces, `last_week` and a typographic minus are fine.
 *
 * @throws `DateExpressionError` that says what to write instead.
 */
export function parseDateExpression(text: string): DateExpression {
  const source = normalize(text);
  const [, day] = DAY.exec(source) ?? [];
  if (day !== undefined) {
    if (!isDay(day)) throw new DateExpressionError('is a date that does not exist in the calendar.');
    return { type: 'day', day };
  }
  const [, edge, operand] = EDGE.exec(source) ?? [];
  const expression =
    edge === undefined || operand === undefined
      ? parseRange(source)
      : parseEdge(edge === 'end' ? 'end' : 'start', operand);
  if (expression === undefined) throw new DateExpressionError(explain(operand ?? source));
  return expression;
}

/** Returns whether an expression depends on which day today is, and so on the project's time zone. */
export function isRelativeDate(expression: DateExpression): boolean {
  return expression.type !== 'day';
}

/** Returns the first and the last day that an expression means. No relative date ends after today. */
export function resolveDateRange(
  expression: DateExpression,
  { now, zone, weekStartsOn }: Today,
): { from: string; to: string } {
  if (expression.type === 'day') return { from: expression.day, to: expression.day };
  const today = zone.dayOf(now);
  if (expression.type === 'lastDays') return { from: addDays(today, 1 - expression.count), to: today };
  if (expression.type === 'ago') {
    const day = addPeriods(expression.period, today, -expression.count);
    return { from: day, to: day };
  }
  const { period, ago } = expression;
  const first = addPeriods(period, startOfPeriod(period, today, weekStartsOn), -ago);
  const last = endOfPeriod(period, first, weekStartsOn);
  // The rest of the current period has not happened yet, and Mixpanel refuses days in the future.
  const isOver = last < today;
  const to = isOver ? last : today;
  if (expression.type === 'period') return { from: first, to };
  return expression.edge === 'start' ? { from: first, to: first } : { from: to, to };
}

/** Returns the day that an expression means in a From or a To field. */
export function resolveDate(expression: DateExpression, role: DateRole, today: Today): string {
  return resolveDateRange(expression, today)[role];
}

function parseRange(source: string): DateExpression | undefined {
  if (source === 'today' || source === 'now') return { type: 'ago', period: 'day', count: 0 };
  if (source === 'yesterday') return { type: 'ago', period: 'day', count: 1 };

  const [, count, unit] = MINUS.exec(source) ?? AGO.exec(source) ?? [];
  if (count !== undefined && unit !== undefined) {
    const period = PERIODS[unit[0]!]!;
    return { type: 'ago', period, count: readCount(count, period) };
  }

  const [, days] = LAST_DAYS.exec(source) ?? [];
  if (days !== undefined) {
    const length = readCount(days, 'day');
    if (length === 0) throw new DateExpressionError('must have at least one day.');
    return { type: 'lastDays', count: length };
  }

  const [, which, name] = PERIOD.exec(source) ?? [];
  if (which === undefined || name === undefined) return undefined;
  return {
    type: 'period',
    period: name as Period,
    ago: which === 'this' || which === 'current' ? 0 : 1,
  };
}

/** Reads what stands after "start of": a period, or a time ago whose unit is the period. */
function parseEdge(edge: 'start' | 'end', operand: string): DateExpression | undefined {
  const expression = parseRange(/^(?:week|month|quarter|year)$/.test(operand) ? `this ${operand}` : operand);
  switch (expression?.type) {
    case 'period':
      return { type: 'edge', edge, period: expression.period, ago: expression.ago };
    case 'ago':
      return { type: 'edge', edge, period: expression.period, ago: expression.count };
    case 'lastDays':
      return { type: 'ago', period: 'day', count: edge === 'start' ? expression.count - 1 : 0 };
    default:
      return undefined;
  }
}

function readCount(text: string, period: Period): number {
  const count = text.startsWith('a') ? 1 : Number(text);
  if (count > MAX_AGO[period]) throw new DateExpressionError('goes back more than 100 years.');
  return count;
}

function normalize(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/(?<=[a-z])[_-](?=[a-z])/g, ' ')
    .replace(/[\s_]+/g, ' ');
}

function explain(source: string): string {
  const [, ambiguousCount, ambiguousUnit] = AMBIGUOUS.exec(source) ?? [];
  if (ambiguousUnit !== undefined) {
    const short = `-${ambiguousCount}${ambiguousUnit[0]}`;
    return `can be read in two ways. Write ${short} for that long before today, or "start of ${short}".`;
  }
  const [, count, unit] = NO_SIGN.exec(source) ?? [];
  if (unit !== undefined) return `needs a minus sign to count back from today: -${count}${unit[0]}.`;
  const [, number] = NO_UNIT.exec(source) ?? [];
  if (number !== undefined) return `needs a unit: -${number}d for days, w for weeks, m for months, q or y.`;
  if (FUTURE.test(source)) return 'is in the future. Mixpanel has data up to today.';
  if (CLOCK.test(source)) return 'counts in hours or less. Write whole days, such as -1d.';
  return 'must be a date, such as 2025-10-01, or a relative date, such as yesterday, -30d, 7 days ago or last month.';
}
