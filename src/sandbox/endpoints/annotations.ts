import { SECOND_MS } from '../../time/durations.js';
import type { Annotation, AnnotationTag } from '../data/annotations.js';
import type { DataStore } from '../data/data-store.js';
import { appEndpoint } from '../endpoint/app-endpoint.js';
import type { Endpoint, SandboxRequest } from '../endpoint/definition.js';
import { EndpointError } from '../endpoint/errors.js';
import { getProjectZone, parseDateTime, readText, requireProject } from '../endpoint/parameters.js';
import { isObject } from '../records/json.js';
import type { JsonObject } from '../records/write.js';

/**
 * Annotations and their tags: https://developer.mixpanel.com/reference/annotations-api. Dates, ids and envelopes are
 * those of answers recorded in July 2026 (NangoHQ/integration-templates), which differ from that page.
 */
export const annotationEndpoints: readonly Endpoint[] = [
  appEndpoint('GET', '/annotations', (request, store) => {
    // Camel case, unlike everywhere else.
    const from = readText(request, 'fromDate') ?? '';
    const to = readText(request, 'toDate') ?? '9999';
    const zone = getProjectZone(request, store);
    return list(request, store)
      .filter(({ at }) => zone.dayOf(at) >= from && zone.dayOf(at) <= to)
      .map((each) => toBody(each, request, store));
  }),

  // The page says 201; the recorded answer has 200.
  appEndpoint('POST', '/annotations', (request, store) => {
    const { date, description, tags } = readBody(request);
    const at = typeof date === 'string' ? parseDateTime(date, getProjectZone(request, store)) : undefined;
    if (at === undefined)
      throw new EndpointError(400, 'date: must be a date and time such as 2026-07-03 12:00:00');
    if (typeof description !== 'string') throw new EndpointError(400, 'description: must be a text');
    const annotation = {
      id: store.annotations(requireProject(request).id).nextId(),
      at: at * SECOND_MS,
      description,
      user: { id: request.account?.userId ?? 0, first_name: '', last_name: '' },
      tagIds: readTagIds(tags, request, store) ?? [],
    };
    return save(annotation, request, store);
  }),

  appEndpoint('GET', '/annotations/tags', (request, store) =>
    store
      .annotations(requireProject(request).id)
      .tags()
      .map((tag) => toTagBody(tag, request, store)),
  ),

  appEndpoint('POST', '/annotations/tags', (request, store) => {
    const { name } = readBody(request);
    if (typeof name !== 'string' || name === '') throw new EndpointError(400, 'name: must be a text');
    const { id: projectId } = requireProject(request);
    const tag = { id: store.annotations(projectId).nextId(), name };
    store.write([{ kind: 'annotation-tag', projectId, tag }]);
    return toTagBody(tag, request, store);
  }),

  appEndpoint('GET', '/annotations/:annotationId', (request, store) => {
    const found = find(request, store);
    return found && toBody(found, request, store);
  }),

  appEndpoint('PATCH', '/annotations/:annotationId', (request, store) => {
    const found = find(request, store);
    if (!found) return undefined;
    const { description = found.description, tags } = readBody(request);
    if (typeof description !== 'string') throw new EndpointError(400, 'description: must be a text');
    const { id, at, user } = found;
    const tagIds = readTagIds(tags, request, store) ?? found.tags.map((tag) => tag.id);
    return save({ id, at, user, description, tagIds }, request, store);
  }),

  appEndpoint('DELETE', '/annotations/:annotationId', (request, store) => {
    const found = find(request, store);
    if (!found) return undefined;
    store.write([{ kind: 'annotation-deleted', projectId: requireProject(request).id, id: found.id }]);
    return { id: found.id };
  }),
];

interface SavedAnnotation extends Omit<Annotation, 'tags'> {
  tagIds: number[];
}

function save(annotation: SavedAnnotation, request: SandboxRequest, store: DataStore) {
  const { id: projectId } = requireProject(request);
  store.write([{ kind: 'annotation', projectId, annotation }]);
  const saved = list(request, store).find(({ id }) => id === annotation.id);
  return saved && toBody(saved, request, store);
}

function list(request: SandboxRequest, store: DataStore): Annotation[] {
  return store.annotations(requireProject(request).id).list();
}

function find(request: SandboxRequest, store: DataStore): Annotation | undefined {
  return list(request, store).find(({ id }) => String(id) === request.params.annotationId);
}

function toBody({ id, at, description, user, tags }: Annotation, request: SandboxRequest, store: DataStore) {
  return {
    date: getProjectZone(request, store).formatIso(at),
    description,
    id,
    project_id: Number(requireProject(request).id),
    user,
    tags,
  };
}

function toTagBody({ id, name }: AnnotationTag, request: SandboxRequest, store: DataStore) {
  return {
    id,
    name,
    project_id: Number(requireProject(request).id),
    has_annotations: list(request, store).some(({ tags }) => tags.some((tag) => tag.id === id)),
  };
}

function readBody({ body }: SandboxRequest): JsonObject {
  if (!isObject(body)) throw new EndpointError(400, 'The body must be a JSON object');
  return body;
}

function readTagIds(tags: unknown, request: SandboxRequest, store: DataStore): number[] | undefined {
  if (tags === undefined) return undefined;
  const known = new Set(
    store
      .annotations(requireProject(request).id)
      .tags()
      .map(({ id }) => id),
  );
  if (!Array.isArray(tags) || !tags.every((id): id is number => known.has(id)))
    throw new EndpointError(400, 'tags: must be a list of ids of tags');
  return tags;
}
