import { parse } from 'csv-parse/sync';
import { MEGABYTE } from '../../json/bytes.js';
import { type Endpoint, jsonReply } from '../endpoint/definition.js';
import { requireProject } from '../endpoint/parameters.js';

/** https://developer.mixpanel.com/reference/lookup-tables-api */
const MAX_TABLE_BYTES = 100 * MEGABYTE;

/**
 * Lookup tables. Nobody can make a new one by API: Mixpanel answers 404 for an id that Lexicon does not show. The
 * sandbox has no Lexicon page, so it takes any UUID.
 */
export const lookupTableEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/lookup-tables',
    family: 'ingestion',
    handle(request, store) {
      const ids = [...store.lookupTables(requireProject(request).id).keys()];
      // Without any table `results` is null: NangoHQ/integration-templates, list-lookup-tables, July 2026.
      const results =
        ids.length === 0 ? null : ids.map((id) => ({ id, name: `Lookup table ${id.slice(0, 8)}` }));
      return jsonReply(200, { code: 200, results, status: 'OK' });
    },
  },
  {
    method: 'PUT',
    path: '/lookup-tables/:tableId',
    family: 'ingestion',
    handle(request, store) {
      const id = String(request.params.tableId);
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
        // The code beside the status is the description's.
        const error = `Lookup table with id '${id}' was not found.`;
        return jsonReply(404, { code: 200, error, status: 'Not Found' });
      }
      if (request.rawBody.byteLength > MAX_TABLE_BYTES) {
        return jsonReply(413, {
          code: 413,
          error: `request exceeds max limit of ${MAX_TABLE_BYTES} bytes`,
          status: 'Request Entity Too Large',
        });
      }
      const csv = Buffer.from(request.rawBody).toString('utf8');
      const failures = findBlankKeys(csv);
      if (failures.length > 0) {
        return jsonReply(400, {
          code: 400,
          error: 'Some data points in the request failed validation.',
          failed_records: failures.map((index) => ({
            index,
            message: 'primary key is required and cannot be blank',
          })),
          status: 'Bad Request',
        });
      }
      store.write([{ kind: 'lookup-table', projectId: requireProject(request).id, id, csv }]);
      return jsonReply(200, { code: 200, status: 'OK' });
    },
  },
];

/** Returns the rows after the header whose first column is blank; -1 if the text is no CSV. */
function findBlankKeys(csv: string): number[] {
  try {
    const rows = parse(csv, { relax_column_count: true, skip_empty_lines: true }).slice(1);
    return rows.flatMap(([key], index) => (key === undefined || key.trim() === '' ? [index] : []));
  } catch {
    return [-1];
  }
}
