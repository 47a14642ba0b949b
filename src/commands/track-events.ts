import { z } from 'zod';
import { defineCommand } from '../command/definition.js';
import { field } from '../command/field.js';
import { makeRow } from '../result/rows.js';
import { response } from './fields/shared-fields.js';
import {
  checkTrackedEvent,
  checkTrackedEvents,
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
  effect: 'write',
  transfer: {
    kind: 'batches',
    items: ({ trackedEvents }) => trackedEvents,
    withItems: (input, trackedEvents) => ({ ...input, trackedEvents: [...trackedEvents] }),
    limits: { items: MAX_BATCH_EVENTS, bytes: MAX_BATCH_BYTES },
    withId: withInsertId,
    check: (item, json, now) =>
      [...checkTrackedEvent(item, now, json)].map(({ message }) => message).join(' ') || undefined,
    columnsOf: (item) => ({ event: eventName(item) }),
    readReceipt: ({ status, error }) => ({ accepted: status === 1, reason: error ?? undefined }),
  },
  fields: {
    trackedEvents: field(z.array(z.unknown()).min(1, 'must hold at least one event.'), {
      label: 'Events (Array of Objects)',
      help: 'The events to track. Each has an event name and properties, with the project token and, recommended, a distinct_id.',
      kind: 'records',
      required: true,
      placeholder:
        '[{"event": "Button Clicked", "properties": {"token": "YOUR_TOKEN", "distinct_id": "user@example.com"}}]',
    }),
    response: response(),
  },
  check: ({ trackedEvents }, { now }) => checkTrackedEvents(trackedEvents, now),
  request: ({ trackedEvents }) => ({
    family: 'ingestion',
    method: 'POST',
    path: '/track',
    query: { verbose: 1 },
    json: trackedEvents,
    authenticated: false,
    // A refusal is a row that names its reason.
    errorsRead: 'in-200',
  }),
  // Without `verbose`, and through some proxies, Mixpanel answers the bare text 1 or 0.
  answer: z.union([
    z.object({ status: z.number(), error: z.string().nullish() }),
    z.number().transform((status) => ({ status, error: undefined })),
  ]),
  // Mixpanel answers for the request as a whole: a refusal names its reason once and accepts nothing.
  rows: ({ status, error }, { trackedEvents }) => {
    if (status === 1) return [makeRow({ status: 'ok', accepted: trackedEvents.length })];
    return [
      makeRow({ status: 'rejected', accepted: 0 }),
      ...trackedEvents.map((each, index) =>
        makeRow({
          status: 'rejected',
          accepted: 0,
          index,
          event: eventName(each),
          reason: error ?? 'no reason given',
        }),
      ),
    ];
  },
});

function eventName(item: unknown): unknown {
  return typeof item === 'object' && item !== null ? ((item as { event?: unknown }).event ?? null) : null;
}
