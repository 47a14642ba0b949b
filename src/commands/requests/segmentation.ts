import { entriesOf } from '../../json/key-order.js';
import { makeRow, type Row } from '../../result/rows.js';
import { REQUEST_COST } from '../fields/costs.js';
import { isFilled, toSeriesRows } from '../fields/time-series.js';
import { compareTimes, isTime } from '../insights/time-axis.js';
import { queryPath } from './answer-path.js';
import { readList, readNumber, readObject, unknownShape } from './answer-shape.js';
import type { AnswerRows, AskedRequest, RequestGroup } from './named-request.js';
import { cutMessage } from './segment-limit.js';

/** Source: https://developer.mixpanel.com/reference/segmentation-query, `limit` */
const DEFAULT_LIMIT = 60;

export const segmentationRequests: RequestGroup = {
  label: 'Segmentation',
  requests: [
    {
      id: 'segmentation',
      label: 'Event by property',
      description:
        'Counts of an event by day and by the values of a property (on), for the events that fit a filter (where).',
      rows: 'date, segment, count',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/segmentation-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/segmentation?event=Signup&from_date=-30d&to_date=today&unit=day&on=properties["method"]&where=properties["country"] == "US"',
      },
    },
    {
      id: 'segmentation-unique',
      label: 'Unique users by month',
      description: 'How many users did an event each month.',
      rows: 'date, segment, count',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/segmentation-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/segmentation?event=Purchase&from_date=-60d&to_date=today&unit=month&type=unique',
      },
    },
    {
      id: 'numeric',
      label: 'Numeric buckets',
      description: 'Counts of an event by ranges of a numeric property, which Mixpanel chooses.',
      rows: 'date, bucket, count',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/segmentation-numeric-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/segmentation/numeric?event=Purchase&from_date=-7d&to_date=today&unit=day&on=properties["amount"]',
      },
    },
    {
      id: 'sum',
      label: 'Sum of a property',
      description: 'A numeric property of an event added up for each day. What is not a number counts as 0.',
      rows: 'date, value',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/segmentation-sum-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/segmentation/sum?event=Purchase&from_date=-30d&to_date=today&unit=day&on=properties["amount"]',
      },
    },
    {
      id: 'average',
      label: 'Average of a property',
      description: 'The average of a numeric property of an event for each day.',
      rows: 'date, value',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/segmentation-query-average',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/segmentation/average?event=Purchase&from_date=-30d&to_date=today&unit=day&on=properties["amount"]&where=properties["gift"] == true',
      },
    },
  ],
  answers: [
    {
      methods: ['GET', 'POST'],
      path: queryPath('/segmentation'),
      read: (body, asked) => readSeries(body, 'segment', asked),
    },
    {
      methods: ['GET', 'POST'],
      path: queryPath('/segmentation/numeric'),
      // Its buckets are not cut: it has no limit.
      read: (body) => readSeries(body, 'bucket'),
    },
    { methods: ['GET', 'POST'], path: queryPath('/segmentation/(?:sum|average)'), read: readValues },
  ],
};

/** Reads `{"data": {"series": [dates], "values": {"segment": {"date": 5}}}, "legend_size": 1}`, or the same as CSV. */
function readSeries(body: unknown, column: 'segment' | 'bucket', asked?: AskedRequest): AnswerRows {
  const { data, legend_size: _, ...leftOver } = readObject(body, 'the answer');
  const { series, values, ...others } = readObject(data, 'data');
  const dates = new Set(readList(series, 'data.series').map((date) => readDate(date, 'data.series')));
  const segments = readObject(values, 'data.values');
  for (const [segment, counts] of entriesOf(segments)) {
    const place = `data.values.${segment}`;
    for (const [date, count] of entriesOf(readObject(counts, place))) {
      readNumber(count, `${place}.${date}`);
      dates.add(readDate(date, place));
    }
  }
  const answer = {
    data: { series: [...dates], values: segments as Record<string, Record<string, number>> },
  };
  return {
    rows: toSeriesRows(answer, column, { response: 'rows' }),
    messages: () => [
      ...(asked ? cutMessage(Object.keys(segments).length, DEFAULT_LIMIT, asked) : []),
      ...(isFilled(answer) ? [] : ['Dates without a count have no row, because there are too many.']),
    ],
    leftOver: { ...leftOver, ...others },
  };
}

/** Reads `{"status": "ok", "computed_at": "…", "results": {"2019-10-07": 4}}`. */
function readValues(body: unknown): AnswerRows {
  const { results, ...leftOver } = readObject(body, 'the answer');
  const rows = entriesOf(readObject(results, 'results')).map(
    ([date, value]): Row =>
      makeRow({ date: readDate(date, 'results'), value: readNumber(value, `results.${date}`) }),
  );
  return {
    rows: rows.toSorted((one, other) => compareTimes(String(one.date), String(other.date))),
    leftOver,
  };
}

function readDate(date: unknown, place: string): string {
  return typeof date === 'string' && isTime(date) ? date : unknownShape('a date', place);
}
