import * as z from 'zod';
import { defineCommand } from '../command/definition.js';
import { PluginError } from '../errors.js';
import { eventContent } from '../records/event-content.js';
import { type EventRecord, readEventRecord } from '../records/event-record.js';
import { NO_COST } from './fields/costs.js';
import {
  checkImportedEvent,
  eventColumns,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  withInsertId,
} from './fields/tracked-events.js';

// The documentation calls the id `$insert_id`, the API description `insert_id`. Plain texts have been seen too.
const failedRecord = z.union([
  z.string().transform((message) => ({ index: undefined, field: undefined, message })),
  z.object({ index: z.number().optional(), field: z.string().optional(), message: z.string() }),
]);

/**
 * Sends events of any age through `/import`, with the service account. It has no form and is available only in
 * `plugin.send`. Source: https://developer.mixpanel.com/reference/import-events
 */
export const importEvents = defineCommand({
  id: 'IMPORT_EVENTS',
  label: 'Import Events',
  description: 'Sends events of any age to Mixpanel, with the service account.',
  documentation: 'https://developer.mixpanel.com/reference/import-events',
  columns: ['status', 'accepted'],
  moreColumns: 'a row per rejected event: index, event, field, reason',
  cost: NO_COST,
  effect: 'write',
  transfer: {
    kind: 'batches',
    items: () => [],
    withItems: (input) => input,
    limits: { items: MAX_BATCH_EVENTS, bytes: MAX_BATCH_BYTES },
    prepare: (item) => {
      const { event, problems } = readEventRecord(item);
      if (!event) return { problem: problems.map(({ message }) => message).join(' ') };
      return prepareImport(event);
    },
    prepareRead: (event) => prepareImport(event as EventRecord),
    withId: (value, makeId) => withInsertId(value as EventRecord, makeId),
    contentOf: (value) => eventContent(value as EventRecord),
    check: (value, json) =>
      [...checkImportedEvent(value as EventRecord, json)].map(({ message }) => message).join(' ') ||
      undefined,
    columnsOf: eventColumns,
    readReceipt: ({ code, error, failed_records: failed, num_records_imported: imported = 0 }) => {
      if (code !== 200 && failed === undefined) {
        throw new PluginError(
          'BAD_REQUEST',
          `Mixpanel rejected the import (HTTP ${code}). Mixpanel says: ${error ?? 'nothing'}`,
          { upstream: error, upstreamStatus: code },
        );
      }
      return {
        accepted: imported > 0 || failed === undefined || failed.length === 0,
        reason: error,
        rejected: failed?.map(({ index, field, message }) => ({ index, field, reason: message })),
      };
    },
  },
  fields: {},
  request: (_, { projectId }) => {
    if (projectId === undefined) {
      throw new PluginError(
        'INVALID_DATASOURCE',
        'The import needs a project. Set the Default Project ID of the datasource (MIXPANEL_PROJECT_ID).',
      );
    }
    return {
      family: 'ingestion',
      method: 'POST',
      path: '/import',
      projectId,
      query: { strict: 1, project_id: projectId },
      // With strict=1, Mixpanel keeps the valid events of a batch when it rejects others.
      answerStatuses: [400],
    };
  },
  answer: z.object({
    code: z.number(),
    num_records_imported: z.number().optional(),
    error: z.string().optional(),
    failed_records: z.array(failedRecord).optional(),
  }),
  rows: (body) => body,
});

function prepareImport({
  event,
  properties: given,
}: EventRecord): { value: EventRecord } | { problem: string } {
  if (given.time === undefined) return { problem: 'needs a time: /import sets none.' };
  // The request names the project. Events without a user have an empty distinct_id, as documented.
  const { token: _, ...properties } = given;
  return { value: { event, properties: { ...properties, distinct_id: properties.distinct_id ?? '' } } };
}
