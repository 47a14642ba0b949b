import type { DataStore } from '../data/data-store.js';
import type { SandboxProject } from '../data/dataset/project.js';
import type { Endpoint, Reply, SandboxRequest } from '../endpoint/definition.js';
import { validateImport } from '../ingestion/import.js';
import type { ValidationResult } from '../ingestion/replies.js';
import type { TokenRecord } from '../ingestion/stored-event.js';
import { validateTrack } from '../ingestion/track.js';
import { validateUpdates } from '../ingestion/updates.js';
import type { Write } from '../records/write.js';

/**
 * The endpoints that take data in. All of them answer GET too, with the records in `data`: Mixpanel's Node SDK sends
 * single events, updates and imports that way. https://developer.mixpanel.com/reference/ingestion-api
 */
export const ingestionEndpoints: readonly Endpoint[] = [
  ...onPostAndGet('/track', (request, store) =>
    storeRecords(store, validateTrack(request), ({ id }, event) => ({ kind: 'event', projectId: id, event })),
  ),
  ...onPostAndGet('/engage', (request, store) =>
    storeRecords(store, validateUpdates(request, 'profile'), ({ id }, update) => ({
      kind: 'profile',
      projectId: id,
      at: request.receivedAt,
      update,
    })),
  ),
  ...onPostAndGet('/groups', (request, store) =>
    storeRecords(store, validateUpdates(request, 'group'), ({ id }, update) => ({
      kind: 'group',
      projectId: id,
      at: request.receivedAt,
      update,
    })),
  ),
  ...onPostAndGet('/import', (request, store) => {
    const { accepted, reply } = validateImport(request);
    const { project } = request;
    if (project) store.write(accepted.map((event) => ({ kind: 'event', projectId: project.id, event })));
    return reply;
  }),
];

/** Keeps each record in the project of its token. An unknown token is no error to Mixpanel: nothing is kept. */
function storeRecords<T>(
  store: DataStore,
  { accepted, reply }: ValidationResult<TokenRecord<T>>,
  toWrite: (project: SandboxProject, record: T) => Write,
): Reply {
  const writes = accepted.flatMap(({ token, record }) => {
    const project = store.projects.find((each) => each.token === token);
    return project ? [toWrite(project, record)] : [];
  });
  store.write(writes);
  return reply;
}

function onPostAndGet(
  path: string,
  handle: (request: SandboxRequest, store: DataStore) => Reply,
): Endpoint[] {
  return (['POST', 'GET'] as const).map((method) => ({
    method,
    path,
    family: 'ingestion',
    handle,
  }));
}
