import type { World } from '../data/data-store.js';
import { ANNOTATIONS, AUTHOR, SCHEMAS } from '../data/dataset/saved-objects.js';
import { type Endpoint, type Exchange, jsonReply, type Reply } from '../endpoint/definition.js';
import { textOf } from '../endpoint/parameters.js';
import { DAY_MS } from '../time/zone.js';

/** Reads of the App API: https://developer.mixpanel.com/reference/annotations-api and lexicon-schemas-api. */
export const appEndpoints: readonly Endpoint[] = [
  read('/annotations', (exchange, world) => {
    // Camel case, unlike everywhere else.
    const from = textOf(exchange, 'fromDate') ?? '';
    const to = textOf(exchange, 'toDate') ?? '9999';
    return annotations(world).filter(({ date }) => date.slice(0, 10) >= from && date.slice(0, 10) <= to);
  }),
  // Described as a bare list, without the envelope of its neighbours; likewise the single schema below.
  bare('/annotations/tags', (exchange) =>
    ANNOTATIONS.flatMap(({ tag }) =>
      tag ? [{ ...tag, project_id: Number(exchange.params.projectId) }] : [],
    ),
  ),
  read('/annotations/:annotationId', (exchange, world) =>
    annotations(world).find(({ id }) => String(id) === exchange.params.annotationId),
  ),
  read('/schemas', () => SCHEMAS),
  read('/schemas/:entityType', (exchange) =>
    SCHEMAS.filter(
      ({ entityType, name }) =>
        entityType === exchange.params.entityType &&
        [undefined, name].includes(textOf(exchange, 'entity_name')),
    ),
  ),
  bare(
    '/schemas/:entityType/:name',
    (exchange) =>
      SCHEMAS.find(
        ({ entityType, name }) => entityType === exchange.params.entityType && name === exchange.params.name,
      )?.schemaJson,
  ),
];

/** A resource of a project in the App API's envelope; what is not there is answered with 404. */
function read(path: string, find: (exchange: Exchange, world: World) => unknown): Endpoint {
  return bare(path, (exchange, world) => {
    const results = find(exchange, world);
    return results === undefined ? undefined : { status: 'ok', results };
  });
}

function bare(path: string, find: (exchange: Exchange, world: World) => unknown): Endpoint {
  return {
    method: 'GET',
    path: `/api/app/projects/:projectId${path}`,
    family: 'app',
    handle(exchange, world): Reply {
      const found = find(exchange, world);
      // The words follow another resource's: "Metric not found for id 5".
      if (found === undefined) {
        return jsonReply(404, { error: `Not found: ${exchange.path}`, status: 'error' });
      }
      return jsonReply(200, found);
    },
  };
}

function annotations(world: World) {
  const today = Math.floor(world.now() / DAY_MS) * DAY_MS;
  return ANNOTATIONS.map(({ id, daysAgo, description, tag }) => ({
    id,
    date: `${new Date(today - daysAgo * DAY_MS).toISOString().slice(0, 10)} 00:00:00`,
    description,
    user: AUTHOR,
    tags: tag ? [tag] : [],
  }));
}
