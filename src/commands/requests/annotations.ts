import { isObject } from '../../json/object.js';
import { makeRow, type Row } from '../../result/rows.js';
import { NO_COST } from '../fields/costs.js';
import { projectPath } from './answer-path.js';
import { readObject, unknownShape } from './answer-shape.js';
import type { AnswerRows, RequestGroup } from './named-request.js';

export const annotationRequests: RequestGroup = {
  label: 'Annotations',
  requests: [
    {
      id: 'annotations',
      label: 'List of annotations',
      description:
        'What is noted at the dates of the charts. The names of its dates are fromDate and toDate.',
      rows: 'date, description, user, tags, id',
      cost: NO_COST,
      documentation: 'https://developer.mixpanel.com/reference/list-all-annotations-for-project',
      values: {
        method: 'GET',
        endpoint: '/api/app/projects/{projectId}/annotations?fromDate=-90d&toDate=today',
      },
    },
    {
      id: 'create-annotation',
      label: 'Create an annotation',
      description:
        'Notes a release, a campaign or an incident, for everyone who sees a chart. tags takes ids.',
      rows: 'date, description, user, tags, id of the new annotation',
      cost: NO_COST,
      documentation: 'https://developer.mixpanel.com/reference/create-annotation',
      values: {
        method: 'POST',
        endpoint: '/api/app/projects/{projectId}/annotations',
        body: '{"date": "2025-11-01 12:00:00", "description": "Release 2.0", "tags": []}',
      },
    },
    {
      id: 'annotation-tags',
      label: 'Tags of annotations',
      description: 'The tags that annotations can have, for a select.',
      rows: 'id, name, project_id, has_annotations',
      cost: NO_COST,
      documentation: 'https://developer.mixpanel.com/reference/get-annotation-tags',
      values: { method: 'GET', endpoint: '/api/app/projects/{projectId}/annotations/tags' },
    },
  ],
  answers: [
    { methods: ['GET', 'POST'], path: projectPath('/annotations'), read: readAnnotations },
    // A number, unlike `tags`.
    { methods: ['GET', 'PATCH'], path: projectPath('/annotations/\\d+'), read: readAnnotations },
  ],
};

/** Reads a list of annotations or a single one, the answer to one that was created or changed. */
function readAnnotations(body: unknown): AnswerRows {
  const { results, ...leftOver } = readObject(body, 'the answer');
  const list = Array.isArray(results) ? results : [results];
  return { rows: list.map((each, index) => annotationRow(each, `results[${index}]`)), leftOver };
}

/** Users and tags are objects; a table shows their names. `response: raw` has the ids of the tags. */
function annotationRow(value: unknown, place: string): Row {
  const { date, description, user, tags, id, ...rest } = readObject(value, place);
  if (date === undefined && description === undefined) unknownShape('an annotation', place);
  return makeRow(
    {
      date: date ?? null,
      description: description ?? null,
      user: nameOf(user),
      tags: Array.isArray(tags) ? tags.map(nameOfTag).join(', ') : (tags ?? null),
      id: id ?? null,
    },
    rest,
  );
}

/** Service accounts have no name; their id stands for them. */
function nameOf(user: unknown): unknown {
  if (!isObject(user)) return user ?? null;
  const { id, first_name: first, last_name: last } = user;
  const name = [first, last].filter((part) => typeof part === 'string' && part !== '').join(' ');
  return name || (id ?? null);
}

function nameOfTag(tag: unknown): string {
  if (!isObject(tag)) return String(tag);
  return String(tag.name ?? tag.id);
}
