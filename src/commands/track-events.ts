import * as z from 'zod';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { eventContent } from '../records/event-content.js';
import { type EventRecord, readEventRecord } from '../records/event-record.js';
import { makeRow } from '../result/rows.js';

import { isZone } from '../time/zone.js';

import { NO_COST } from './fields/costs.js';

import { response } from './fields/shared-fields.js';
import {
  checkTrackedEvent,
  checkTrackedEvents,
  eventColumns,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  withInsertId,
} from './fields/tracked-events.js';

export const trackEvents = defineCommand({
  id: 'TRACK_EVENTS',
  label: 'Track Events',
  description: 'Sends events with their properties to Mixpanel.',
  documentation: 'https://developer.mixpanel.com/reference/track-event',
  columns: ['status', 'accepted'],
  moreColumns: 'a row per rejected event: index, event, reason',
  cost: NO_COST,
  effect: 'write',
  transfer: {
    kind: 'batches',
    items: ({ trackedEvents }) => trackedEvents,
    withItems: (input, trackedEvents) => ({ ...input, trackedEvents: [...trackedEvents] }),
    limits: { items: MAX_BATCH_EVENTS, bytes: MAX_BATCH_BYTES },
    prepare: (item, { timezone }) => {
      const { event, problems } = readEventRecord(item, { timezone });
      return event ? { value: event } : { problem: joinMessages(problems) };
    },
    prepareRead: (event) => ({ value: event }),
    withId: (value, makeId) => withInsertId(value as EventRecord, makeId),
    contentOf: (value) => eventContent(value as EventRecord),
    check: (value, json, now) =>
      joinMessages([...checkTrackedEvent(value as EventRecord, now, json)]) || undefined,
    columnsOf: eventColumns,
    readReceipt: ({ status, error }) => ({ accepted: status === 1, reason: error ?? undefined }),
  },
  fields: {
    trackedEvents: field(z.array(z.unknown()).min(1, 'must hold at least one event.'), {
      label: 'Events (Array of Objects)',
      help: 'The events to track. Each has an event name and properties, with the project token and, recommended, a distinct_id and a time (epoch seconds or milliseconds, or an ISO date). Each call makes new ids, so two equal clicks are two events; give an $insert_id of your own to send an event again without counting it twice.',
      kind: 'records',
      required: true,
      placeholder:
        '[{"event": "Button Clicked", "properties": {"token": "YOUR_TOKEN", "distinct_id": "user@example.com"}}]',
    }),
    timezone: field(
      z.string().refine(isZone, 'must be the name of a time zone, such as Europe/Berlin.').optional(),
      {
        label: 'Time Zone',
        help: 'The time zone of times that name none, such as 2026-11-25 09:44:53. Left empty, they are taken as UTC.',
        kind: 'text',
        required: false,
        placeholder: 'Europe/Berlin',
      },
    ),
    response: response(),
  },
  examples: [
    {
      label: 'One event',
      values: {
        trackedEvents:
          '[{"event": "Button Clicked", "properties": {"token": "abc123xyz456token789", "distinct_id": "user@example.com", "action": "Clicked Start Button"}}]',
      },
    },
    {
      label: 'Several events',
      values: {
        trackedEvents:
          '[{"event": "Page View", "properties": {"token": "abc123xyz456token789", "distinct_id": "user@example.com", "page": "Dashboard"}}, {"event": "Button Clicked", "properties": {"token": "abc123xyz456token789", "distinct_id": "user@example.com", "button": "Submit"}}]',
      },
    },
  ],
  doubts: ({ trackedEvents, timezone }) => {
    const assumed = trackedEvents.filter((item) => readEventRecord(item, { timezone }).zoneAssumed);
    if (assumed.length === 0) return [];
    const subject = assumed.length === 1 ? '1 event has a time' : `${assumed.length} events have times`;
    return [`${subject} without a time zone, taken as ${timezone ?? 'UTC'}.`];
  },
  check: ({ trackedEvents, timezone }, { now }) => checkTrackedEvents(trackedEvents, { timezone }, now),
  request: ({ trackedEvents }) => ({
    family: 'ingestion',
    method: 'POST',
    path: '/track',
    query: { verbose: 1 },
    json: trackedEvents,
    authenticated: false,
    // A rejection becomes a row with its reason.
    errorsRead: 'in-200',
  }),
  // Without `verbose`, or through some proxies, Mixpanel answers with the plain text 1 or 0.
  answer: z.union([
    z.object({ status: z.number(), error: z.string().nullish() }),
    z.number().transform((status) => ({ status, error: undefined })),
  ]),
  // Mixpanel answers for the whole request: a rejection has one reason, and nothing is accepted.
  rows: ({ status, error }, { trackedEvents }) => {
    if (status === 1) return [makeRow({ status: 'ok', accepted: trackedEvents.length })];
    return [
      makeRow({ status: 'rejected', accepted: 0 }),
      ...trackedEvents.map((each, index) =>
        makeRow({
          status: 'rejected',
          accepted: 0,
          index,
          ...eventColumns(each),
          reason: error ?? 'no reason given',
        }),
      ),
    ];
  },
});

function joinMessages(problems: readonly { message: string }[]): string {
  return problems.map(({ message }) => message).join(' ');
}
