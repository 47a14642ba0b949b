import { entriesOf } from '../../json/key-order.js';
import { isObject } from '../../json/object.js';
import { makeRow, type Row } from '../../result/rows.js';
import { REQUEST_COST } from '../fields/costs.js';
import { OVERALL } from '../insights/series.js';
import { compareTimes, dayOf, isTime } from '../insights/time-axis.js';
import { queryPath } from './answer-path.js';
import { readList, readNumber, readObject, unknownShape } from './answer-shape.js';
import type { AnswerRows, RequestGroup } from './named-request.js';

const AVERAGE = '$average';

export const retentionRequests: RequestGroup = {
  label: 'Retention',
  requests: [
    {
      id: 'retention',
      label: 'Retention by week',
      description:
        'Of those who did a first event (born_event), how many did another (event) in the weeks after it. Period 0 is the week that begins with the first event.',
      rows: 'date, segment, period, first, count, rate',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/retention-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/retention?born_event=Signup&event=Page View&from_date=-8w&to_date=today&unit=week&interval_count=8',
      },
    },
    {
      id: 'retention-by-property',
      label: 'Retention by property',
      description: 'The same by the values of a property (on). total is true for all values together.',
      rows: 'date, segment, period, first, count, rate, total',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/retention-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/retention?born_event=Signup&event=Purchase&from_date=-8w&to_date=today&unit=week&interval_count=4&on=properties["$os"]',
      },
    },
    {
      id: 'frequency',
      label: 'Frequency',
      description: 'How many users did an event on at least so many days of a week.',
      rows: 'date, times, users',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/retention-frequency-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/retention/addiction?event=Page View&from_date=-4w&to_date=today&unit=week&addiction_unit=day',
      },
    },
  ],
  answers: [
    { methods: ['GET', 'POST'], path: queryPath('/retention'), read: readRetention },
    { methods: ['GET', 'POST'], path: queryPath('/retention/addiction'), read: readFrequency },
  ],
};

/** A value below the keys that lead to it. */
interface Keyed {
  date: string | null;
  segment: string | null;
  average: boolean;
  value: unknown;
}

/**
 * Reads `{"2012-01-01": {"first": 2, "counts": [2, 1, 2]}}`. What the answer looks like with `on` is in no source:
 * segments are taken below the dates, as in saved retention reports, and above them.
 * Source: https://developer.mixpanel.com/reference/retention-query
 */
function readRetention(body: unknown): AnswerRows {
  const cohorts = findKeyed(body, (value) => isObject(value) && Array.isArray(value.counts));
  const averages = cohorts.some(({ average }) => average);
  const segmented = cohorts.some(({ segment }) => segment !== null);
  const rows = cohorts.toSorted(byDate).flatMap(({ date, segment, average, value }): Row[] => {
    const { first, counts, rates, ...rest } = readObject(value, 'a cohort');
    const size = readNumber(first, 'first');
    const ratios = rates === undefined ? [] : readList(rates, 'rates');
    const list = readList(counts, 'counts').map((count) => readNumber(count, 'counts'));
    const periods = Math.max(list.length, ratios.length);
    const ends = {
      ...(averages ? { average } : {}),
      ...(segmented ? { total: segment === OVERALL || segment === null } : {}),
    };
    const toRow = (period: number | null, count: unknown, rate: unknown) =>
      makeRow({ date: date && dayOf(date), segment, period, first: size, count, rate, ...ends }, rest);
    // A cohort that nobody could come back to yet is a row all the same.
    if (periods === 0) return [toRow(null, null, null)];
    return Array.from({ length: periods }, (_, period) => {
      const count = list[period] ?? null;
      const rate = readNumber(ratios[period], 'rates') ?? rateOf(count, size);
      return toRow(period, count, rate);
    });
  });
  return { rows };
}

function rateOf(count: unknown, first: unknown): number | null {
  return typeof count === 'number' && typeof first === 'number' && first > 0 ? count / first : null;
}

/**
 * Reads `{"data": {"2012-01-01": [305, 107]}}`, also without `data` as the page of the reference has it: the first
 * number counts those who did it in at least one part of the unit, the second in at least two.
 * Source: https://developer.mixpanel.com/reference/retention-frequency-query
 */
function readFrequency(body: unknown): AnswerRows {
  const answer = readObject(body, 'the answer');
  const { data, ...leftOver } = answer;
  const lists = findKeyed(data ?? answer, Array.isArray);
  const segmented = lists.some(({ segment }) => segment !== null);
  const rows = lists.toSorted(byDate).flatMap(({ date, segment, average, value }): Row[] => {
    if (average) unknownShape('a date', AVERAGE);
    return readList(value, 'users').map((users, index) => ({
      date,
      ...(segmented ? { segment } : {}),
      times: index + 1,
      users: readNumber(users, 'users'),
      ...(segmented ? { total: segment === OVERALL || segment === null } : {}),
    }));
  });
  return { rows, leftOver: data === undefined ? {} : leftOver };
}

/** Returns the values below dates and segments, whichever stands above the other. */
function findKeyed(body: unknown, isValue: (value: unknown) => boolean): Keyed[] {
  const found: Keyed[] = [];
  const walk = (node: unknown, at: Omit<Keyed, 'value'>, place: string): void => {
    if (isValue(node)) {
      if (at.date === null && !at.average) unknownShape('a date', place);
      found.push({ ...at, value: node });
      return;
    }
    for (const [key, child] of entriesOf(readObject(node, place))) {
      const below = keyed(at, key) ?? unknownShape('one date and one segment at most', `${place}.${key}`);
      walk(child, below, `${place}.${key}`);
    }
  };
  walk(readObject(body, 'the answer'), { date: null, segment: null, average: false }, 'the answer');
  return found;
}

/** Returns a place with one more key, or nothing if the place has such a key already. */
function keyed(at: Omit<Keyed, 'value'>, key: string): Omit<Keyed, 'value'> | undefined {
  const dated = at.date !== null || at.average;
  if (isTime(key)) return dated ? undefined : { ...at, date: key };
  if (key === AVERAGE && !dated) return { ...at, average: true };
  return at.segment === null ? { ...at, segment: key } : undefined;
}

/** By date, averages last; the segments of a date stay in Mixpanel's order. */
function byDate(one: Keyed, other: Keyed): number {
  if (one.date === null || other.date === null)
    return Number(one.date === null) - Number(other.date === null);
  return compareTimes(one.date, other.date);
}
