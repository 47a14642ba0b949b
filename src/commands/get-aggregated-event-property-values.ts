import { defineCommand } from '../command/definition.js';
import { QUERY_COST } from './fields/costs.js';
import { dateRangeFreshSeconds } from './fields/date-range.js';
import { event, limit, projectId, propertyName, workspaceId } from './fields/shared-fields.js';
import {
  checkSeries,
  isFilled,
  seriesFields,
  seriesQuery,
  seriesSchema,
  toSeriesRows,
} from './fields/time-series.js';

const { format, response, cacheSeconds, ...counted } = seriesFields(
  'Total counts events with each value, unique counts users for each value, average is events per user.',
);
const output = { format, response, cacheSeconds };

export const getAggregatedEventPropertyValues = defineCommand({
  id: 'GET_AGGREGATED_EVENT_PROPERTY_VALUES',
  label: 'Get Aggregated Event Property Values',
  description: 'Counts of one event by the values of one of its properties, over time.',
  documentation: 'https://developer.mixpanel.com/reference/query-event-properties',
  columns: ['date', 'value', 'count'],
  moreColumns: 'or, wide, date and a column for each value',
  cost: QUERY_COST,
  effect: 'read',
  freshSeconds: dateRangeFreshSeconds,
  fields: {
    projectId: projectId(),
    workspaceId: workspaceId(),
    event: event(),
    propertyName: propertyName(),
    ...counted,
    // Without a limit, Mixpanel silently returns only 255 values.
    limit: limit({
      defaultLimit: 5000,
      help: 'The most values to count. Left empty, 5,000; a message says when there may be more.',
    }),
    ...output,
  },
  examples: [
    {
      label: 'Signups by plan',
      values: {
        event: 'Signup',
        propertyName: 'PlanType',
        type: 'general',
        unit: 'day',
        fromDate: '2025-10-01',
        toDate: '2025-11-03',
      },
    },
    {
      label: 'Signups by tier, weekly',
      values: {
        event: 'Signup',
        propertyName: 'SubscriptionTier',
        type: 'unique',
        unit: 'week',
        fromDate: '2025-10-01',
        toDate: '2025-11-03',
      },
    },
  ],
  check: checkSeries,
  request: (input) => ({
    family: 'query',
    method: 'GET',
    path: '/api/query/events/properties',
    projectId: input.projectId,
    query: { ...seriesQuery(input), event: input.event, name: input.propertyName, limit: input.limit },
  }),
  answer: seriesSchema,
  *messages(body, { limit: most }) {
    const values = Object.keys(body.data.values).length;
    if (values >= most) {
      yield `This list may be truncated: Mixpanel returned ${values.toLocaleString('en-US')} values, which is the limit. Increase Limit to see more.`;
    }
    if (!isFilled(body))
      yield 'Dates without a count are omitted, because the table would be too large. Choose fewer days or a coarser unit to see them.';
  },
  rows: (body, input) => toSeriesRows(body, 'value', input),
});
