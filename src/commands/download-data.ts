import * as z from 'zod';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { normalizeOperators } from '../mixpanel/expression/index.js';
import { EXPORT_COST } from './fields/costs.js';
import { checkDateRange, dateRangeFreshSeconds } from './fields/date-range.js';
import { doubtsAboutFilter } from './fields/filter.js';
import {
  cacheSeconds,
  choice,
  fromDate,
  optionalEvents,
  optionalLimit,
  projectId,
  response,
  toDate,
} from './fields/shared-fields.js';
import { eventDuplicateKey, eventIdentity } from './rows/event-identity.js';
import { EventLineReader } from './rows/event-line.js';
import { type EventRecord, toEventRow } from './rows/event-row.js';
import { arrayOf } from './rows/response-schemas.js';

/** Source: https://docs.mixpanel.com/docs/export-methods and the managing-projects page on time zones. */
const DAYS_AND_TIMES =
  "Days are of UTC; for projects created before 2023 they are of the project's time zone, and so are the times in the rows, although they end in Z.";
const DATE_WORDS = {
  days: `${DAYS_AND_TIMES} Relative dates count from today in the time zone of the project.`,
  note: "yyyy-mm-dd or -30d, in UTC; in projects of before 2023 in the project's time zone",
  isExport: true,
} as const;

export const downloadData = defineCommand({
  id: 'DOWNLOAD_DATA',
  label: 'Download Mixpanel Data',
  description: 'Raw events over a period of time, each with all its properties.',
  documentation: 'https://developer.mixpanel.com/reference/raw-event-export',
  columns: ['event', 'time', 'distinct_id'],
  moreColumns: 'each property under its own name',
  cost: EXPORT_COST,
  effect: 'read',
  transfer: {
    kind: 'export',
    dateRange: ({ fromDate: from, toDate: to }) => ({ from, to }),
    forDates: (input, { from, to }) => ({ ...input, fromDate: from, toDate: to }),
    limit: (input) => input.limit,
    dedupe: (input) => input.dedupe === 'yes',
    duplicateKey: eventDuplicateKey,
    identity: eventIdentity,
    createLineReader: () => new EventLineReader(),
  },
  freshSeconds: dateRangeFreshSeconds,
  fields: {
    projectId: projectId(),
    fromDate: fromDate(DATE_WORDS),
    toDate: toDate(DATE_WORDS),
    events: optionalEvents(),
    where: field(z.string().optional(), {
      label: 'Where (Filter Expression)',
      help: "Keeps only the events for which this is true, in Mixpanel's filter language. Left empty, nothing is filtered.",
      kind: 'expression',
      required: false,
      completes: { properties: 'properties', values: 'propertyValues' },
      placeholder: 'properties["PlanType"] == "Premium" && properties["Country"] == "US"',
    }),
    // Source of the maximum: https://developer.mixpanel.com/reference/raw-event-export
    limit: optionalLimit({ max: 100_000, help: 'The most events to return. Left empty, all of them.' }),
    dedupe: choice(['no', 'yes'], {
      label: 'Without Duplicates',
      help: 'Mixpanel exports an event as many times as it received it. Yes returns duplicates (same event, distinct_id, time and $insert_id) once.',
      default: 'no',
      choices: [
        { label: 'No', value: 'no' },
        { label: 'Yes', value: 'yes' },
      ],
    }),
    response: response(),
    cacheSeconds: cacheSeconds(),
  },
  examples: [
    { label: 'One event', values: { events: '["Signup"]', fromDate: '2025-10-01', toDate: '2025-11-03' } },
    {
      label: 'Filtered by system',
      values: {
        where: 'properties["$os"] == "iOS"',
        limit: '100',
        fromDate: '2025-10-01',
        toDate: '2025-11-03',
      },
    },
    {
      label: 'Two conditions',
      values: {
        where: 'properties["PlanType"] == "Premium" && properties["Country"] == "US"',
        fromDate: '2025-10-01',
        toDate: '2025-11-03',
      },
    },
  ],
  check: checkDateRange,
  doubts: ({ where }) => doubtsAboutFilter(where),
  request: (input) => ({
    family: 'export',
    method: 'GET',
    path: '/api/2.0/export',
    projectId: input.projectId,
    query: {
      project_id: input.projectId,
      from_date: input.fromDate,
      to_date: input.toDate,
      event: input.events && JSON.stringify(input.events),
      where: input.where && normalizeOperators(input.where),
      limit: input.limit,
    },
  }),
  answer: arrayOf<EventRecord>(),
  rows: (records) => records.map(toEventRow),
});
