import type { DataStore } from '../data/data-store.js';
import type { EntitySchema } from '../data/schemas.js';
import { appEndpoint, bareAppEndpoint } from '../endpoint/app-endpoint.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { readBoolean, readText, requireProject } from '../endpoint/parameters.js';
import { isObject } from '../records/json.js';
import type { Json } from '../records/write.js';

const ENTITY_TYPES: readonly string[] = ['event', 'profile', 'group', 'lookup', 'custom_event'];

/** Descriptions of events and profiles: https://developer.mixpanel.com/reference/lexicon-schemas-api */
export const schemaEndpoints: readonly Endpoint[] = [
  appEndpoint('GET', '/schemas', list),
  appEndpoint('GET', '/schemas/:entityType', select),
  // Described as a bare schema, without the envelope of its neighbours.
  bareAppEndpoint(
    'GET',
    '/schemas/:entityType/:name',
    (request, store) => select(request, store)[0]?.schemaJson,
  ),

  appEndpoint('POST', '/schemas', (request, store) => {
    const { body } = request;
    const entries = isObject(body) ? body.entries : undefined;
    if (!Array.isArray(entries)) throw new EndpointError(400, 'entries: must be a list');
    const added = entries.map(readEntry);
    const deleted = readBoolean(request, 'truncate', false)
      ? remove(list(request, store), request, store)
      : 0;
    save(added, request, store);
    return { added: added.length, deleted };
  }),

  bareAppEndpoint('POST', '/schemas/:entityType/:name', (request, store) => {
    const { entityType, name } = request.params;
    save(
      [
        readEntry(
          { entityType: String(entityType), name: String(name), schemaJson: toJson(request.body) },
          0,
        ),
      ],
      request,
      store,
    );
    return { status: 'ok' };
  }),

  appEndpoint('DELETE', '/schemas', (request, store) => ({
    delete_count: remove(list(request, store), request, store),
  })),
  appEndpoint('DELETE', '/schemas/:entityType', (request, store) => ({
    delete_count: remove(select(request, store), request, store),
  })),
  appEndpoint('DELETE', '/schemas/:entityType/:name', (request, store) => ({
    delete_count: remove(select(request, store), request, store),
  })),
];

function list(request: SandboxRequest, store: DataStore): EntitySchema[] {
  return store.schemas(requireProject(request).id).list();
}

/** The schemas that the path and `entity_name` select. */
function select(request: SandboxRequest, store: DataStore): EntitySchema[] {
  const name = readText(request, 'name') ?? readText(request, 'entity_name');
  return list(request, store).filter(
    (each) => each.entityType === request.params.entityType && (name === undefined || each.name === name),
  );
}

function save(schemas: readonly EntitySchema[], request: SandboxRequest, store: DataStore): void {
  const { id: projectId } = requireProject(request);
  store.write(schemas.map((schema) => ({ kind: 'schema', projectId, schema })));
}

function remove(schemas: readonly EntitySchema[], request: SandboxRequest, store: DataStore): number {
  const { id: projectId } = requireProject(request);
  store.write(
    schemas.map(({ entityType, name }) => ({ kind: 'schema-deleted', projectId, entityType, name })),
  );
  return schemas.length;
}

function readEntry(entry: Json, index: number): EntitySchema {
  const { entityType, name, schemaJson } = isObject(entry) ? entry : {};
  if (typeof entityType !== 'string' || !ENTITY_TYPES.includes(entityType))
    throw new EndpointError(400, `entries.${index}.entityType: must be one of ${ENTITY_TYPES.join(', ')}`);
  if (typeof name !== 'string' || name === '')
    throw new EndpointError(400, `entries.${index}.name: must be a text`);
  if (!isObject(schemaJson)) throw new EndpointError(400, `entries.${index}.schemaJson: must be an object`);
  return { entityType, name, schemaJson };
}

/** What was parsed from JSON is JSON. */
function toJson(body: unknown): Json {
  return (body ?? null) as Json;
}
