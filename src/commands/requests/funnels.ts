import { entriesOf } from '../../json/key-order.js';
import { makeRow, type Row } from '../../result/rows.js';
import { REQUEST_COST } from '../fields/costs.js';
import { OVERALL } from '../insights/series.js';
import { compareTimes, isTime } from '../insights/time-axis.js';
import { queryPath } from './answer-path.js';
import { omit, readNumber, readObject, readObjects, unknownShape } from './answer-shape.js';
import type { AnswerRows, AskedRequest, RequestGroup } from './named-request.js';
import { cutMessage } from './segment-limit.js';

/** Source: https://developer.mixpanel.com/reference/funnels-query, `limit` */
const DEFAULT_LIMIT = 255;

const STEP_MEMBERS = [
  'count',
  'event',
  'goal',
  'step_label',
  'step_conv_ratio',
  'overall_conv_ratio',
  'avg_time',
  'avg_time_from_start',
];

export const funnelRequests: RequestGroup = {
  label: 'Funnels',
  requests: [
    {
      id: 'funnel',
      label: 'Saved funnel by week',
      description: 'The steps of a saved funnel over dates of your own, a group of rows for each week.',
      rows: 'date, segment, step, event, count, stepConversion, overallConversion, avgTime, avgTimeFromStart',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/funnels-query',
      values: {
        method: 'GET',
        endpoint: '/api/query/funnels?funnel_id=9070&from_date=-12w&to_date=today&unit=week',
      },
    },
    {
      id: 'funnel-by-property',
      label: 'Saved funnel by property',
      description:
        'The same by the values of a property (on), for the events that fit a filter (where). total is true for the rows of all values together.',
      rows: 'date, segment, step, event, count, stepConversion, overallConversion, avgTime, avgTimeFromStart, total',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/funnels-query',
      values: {
        method: 'GET',
        endpoint:
          '/api/query/funnels?funnel_id=9070&from_date=-30d&to_date=today&unit=month&on=properties["$os"]&where=properties["country"] == "US"',
      },
    },
    {
      id: 'funnels',
      label: 'List of funnels',
      description: 'The saved funnels of the project, for a select.',
      rows: 'id, name',
      cost: REQUEST_COST,
      documentation: 'https://developer.mixpanel.com/reference/funnels-list-saved',
      values: { method: 'GET', endpoint: '/api/query/funnels/list' },
    },
  ],
  answers: [
    { methods: ['GET', 'POST'], path: queryPath('/funnels'), read: readFunnel },
    {
      methods: ['GET', 'POST'],
      path: queryPath('/funnels/list'),
      read: (body) => ({
        rows: readObjects(body, 'the answer').map(({ funnel_id: id, name, ...rest }) =>
          makeRow({ id: id ?? null, name: name ?? null }, rest),
        ),
      }),
    },
  ],
};

/**
 * Reads `{"data": {"2016-09-12": {"steps": […]}}}`, and with `on` `{"2016-09-12": {"$overall": […], "Chrome": […]}}`.
 * Sources: https://developer.mixpanel.com/reference/funnels-query; with `on`: mixpanel_data `live_query.py`
 * (`_extract_steps_from_date_data`).
 */
function readFunnel(body: unknown, asked: AskedRequest): AnswerRows {
  const { data, meta, ...leftOver } = readObject(body, 'the answer');
  const segments = new Set<string>();
  const dates = entriesOf(readObject(data, 'data')).map(([date, found]) => {
    if (!isTime(date)) unknownShape('a date as name', `data.${date}`);
    return { date, groups: groupsOf(found, `data.${date}`) };
  });
  for (const { groups } of dates)
    for (const [segment] of groups) if (segment !== null && segment !== OVERALL) segments.add(segment);
  const isSegmented = dates.some(({ groups }) => groups.some(([segment]) => segment !== null));
  return {
    rows: dates
      .toSorted((one, other) => compareTimes(one.date, other.date))
      .flatMap(({ date, groups }) =>
        groups.flatMap(([segment, steps]) =>
          steps.map((step, index) => stepRow(step, { date, segment, step: index + 1 }, isSegmented)),
        ),
      ),
    messages: () => cutMessage(segments.size, DEFAULT_LIMIT, asked),
    leftOver: { ...leftOver, ...(meta === undefined ? {} : omit(readObject(meta, 'meta'), ['dates'])) },
  };
}

type Steps = Record<string, unknown>[];

/** Returns the steps of a date by segment; the segment is null if there is none. `analysis` only sums them up. */
function groupsOf(found: unknown, place: string): [string | null, Steps][] {
  const date = readObject(found, place);
  // With `on`, "steps" could also be a value of the property, but not the only one: `$overall` is always there.
  if (Object.keys(omit(date, ['analysis'])).join() === 'steps') {
    return [[null, readObjects(date.steps, `${place}.steps`)]];
  }
  return entriesOf(date).map(([segment, steps]) => [segment, readObjects(steps, `${place}.${segment}`)]);
}

function stepRow(
  step: Record<string, unknown>,
  { date, segment, step: number }: { date: string; segment: string | null; step: number },
  isSegmented: boolean,
): Row {
  const place = `data.${date}`;
  const fixed: Row = {
    date,
    segment,
    step: number,
    // A custom event has its id as event and its name as label.
    event: step.step_label ?? step.event ?? step.goal ?? null,
    count: readNumber(step.count, `${place}.count`),
    stepConversion: readNumber(step.step_conv_ratio, `${place}.step_conv_ratio`),
    overallConversion: readNumber(step.overall_conv_ratio, `${place}.overall_conv_ratio`),
    avgTime: readNumber(step.avg_time, `${place}.avg_time`),
    avgTimeFromStart: readNumber(step.avg_time_from_start, `${place}.avg_time_from_start`),
    ...(isSegmented ? { total: segment === OVERALL } : {}),
  };
  return makeRow(fixed, omit(step, STEP_MEMBERS));
}
