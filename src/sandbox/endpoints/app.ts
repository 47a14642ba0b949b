import { addDays, toUtcDay } from '../../time/day.js';
import type { DataStore } from '../data/data-store.js';
import { ANNOTATION_AUTHOR, ANNOTATIONS, SCHEMAS } from '../data/dataset/saved-objects.js';
import { type Endpoint, jsonReply, type Reply, type SandboxRequest } from '../endpoint/definition.js';
import { readText } from '../endpoint/parameters.js';

/** Reads of the App API: https://developer.mixpanel.com/reference/annotations-api and lexicon-schemas-api. */
export const appEndpoints: readonly Endpoint[] = [
  envelopedEndpoint('/annotations', (request, store) => {
    // Camel case, unlike everywhere else.
    const from = readText(request, 'fromDate') ?? '';
    const to = readText(request, 'toDate') ?? '9999';
    return listAnnotations(store).filter(({ date }) => date.slice(0, 10) >= from && date.slice(0, 10) <= to);
  }),
  // Described as a bare list, without the envelope of its neighbours; likewise the single schema below.
  plainEndpoint('/annotations/tags', (request) =>
    ANNOTATIONS.flatMap(({ tag }) => (tag ? [{ ...tag, project_id: Number(request.params.projectId) }] : [])),
  ),
  envelopedEndpoint('/annotations/:annotationId', (request, store) =>
    listAnnotations(store).find(({ id }) => String(id) === request.params.annotationId),
  ),
  envelopedEndpoint('/schemas', () => SCHEMAS),
  envelopedEndpoint('/schemas/:entityType', (request) =>
    SCHEMAS.filter(
      ({ entityType, name }) =>
        entityType === request.params.entityType &&
        [undefined, name].includes(readText(request, 'entity_name')),
    ),
  ),
  plainEndpoint(
    '/schemas/:entityType/:name',
    (request) =>
      SCHEMAS.find(
        ({ entityType, name }) => entityType === request.params.entityType && name === request.params.name,
      )?.schemaJson,
  ),
];

/** A resource of a project in the App API's envelope; what is not there is answered with 404. */
function envelopedEndpoint(
  path: string,
  find: (request: SandboxRequest, store: DataStore) => unknown,
): Endpoint {
  return plainEndpoint(path, (request, store) => {
    const results = find(request, store);
    return results === undefined ? undefined : { status: 'ok', results };
  });
}

function plainEndpoint(path: string, find: (request: SandboxRequest, store: DataStore) => unknown): Endpoint {
  return {
    method: 'GET',
    path: `/api/app/projects/:projectId${path}`,
    family: 'app',
    handle(request, store): Reply {
      const found = find(request, store);
      // The words follow another resource's: "Metric not found for id 5".
      if (found === undefined) {
        return jsonReply(404, { error: `Not found: ${request.path}`, status: 'error' });
      }
      return jsonReply(200, found);
    },
  };
}

function listAnnotations(store: DataStore) {
  const today = toUtcDay(store.now());
  return ANNOTATIONS.map(({ id, daysAgo, description, tag }) => ({
    id,
    date: `${addDays(today, -daysAgo)} 00:00:00`,
    description,
    user: ANNOTATION_AUTHOR,
    tags: tag ? [tag] : [],
  }));
}
