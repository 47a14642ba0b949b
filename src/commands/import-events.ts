import { z } from 'zod';
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

// The documentation spells the id `$insert_id` and the API description `insert_id`; plain texts have been seen too.
const failedRecord = z.union([
  z.string().transform((message) => ({ index: undefined, field: undefined, message })),
  z.object({ index: z.number().optional(), field: z.string().optional(), message: z.string() }),
]);

/**
 * Sends events of any age by `/import`, with the service account. It is no command of the forms: `plugin.send` alone
 * knows it. Source: https://developer.mixpanel.com/reference/import-events
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
      if (event.properties.time === undefined) return { problem: 'needs a time: /import sets none.' };
      // The project is in the request. An event of nobody has an empty distinct_id, as the page says.
      const { token: _, ...properties } = event.properties;
      return {
        value: { ...event, properties: { ...properties, distinct_id: properties.distinct_id ?? '' } },
      };
    },
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
          `Mixpanel refused the import (HTTP ${code}). Mixpanel says: ${error ?? 'nothing'}`,
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
        'An import needs the project it goes to. Set the Default Project ID of the datasource (MIXPANEL_PROJECT_ID).',
      );
    }
    return {
      family: 'ingestion',
      method: 'POST',
      path: '/import',
      projectId,
      query: { strict: 1, project_id: projectId },
      // With strict=1 the valid events of a batch are kept when others are refused.
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
