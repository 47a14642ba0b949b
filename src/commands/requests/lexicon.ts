import { entriesOf } from '../../json/key-order.js';
import { isObject } from '../../json/object.js';
import { makeRow, type Row } from '../../result/rows.js';
import { projectPath } from './answer-path.js';
import { omit, readObject, readObjects, unknownShape } from './answer-shape.js';
import type { AnswerRows, AskedRequest, RequestGroup } from './named-request.js';

/** Source: https://developer.mixpanel.com/reference/lexicon-schemas-api, "Limits" */
const SCHEMA_COST = 'Costs none of the hourly limits; Mixpanel takes 5 such requests a minute.';

export const lexiconRequests: RequestGroup = {
  label: 'Lexicon',
  requests: [
    {
      id: 'schemas',
      label: 'All schemas',
      description:
        'The data dictionary: a row for each event or profile, and one for each of its properties. Only what has a schema in Lexicon is listed.',
      rows: 'entity, property, type, description, entityType, displayName, hidden, dropped, tags',
      cost: SCHEMA_COST,
      documentation: 'https://developer.mixpanel.com/reference/list-all-schemas-for-project',
      values: { method: 'GET', endpoint: '/api/app/projects/{projectId}/schemas' },
    },
    {
      id: 'event-schemas',
      label: 'Schemas of events',
      description: 'The same for events alone. entity_name chooses one of them.',
      rows: 'entity, property, type, description, entityType, displayName, hidden, dropped, tags',
      cost: SCHEMA_COST,
      documentation: 'https://developer.mixpanel.com/reference/list-schemas-for-entity',
      values: {
        method: 'GET',
        endpoint: '/api/app/projects/{projectId}/schemas/event?entity_name=Purchase',
      },
    },
  ],
  answers: [
    { methods: ['GET'], path: projectPath('/schemas(?:/[^/]+)?'), read: readSchemas },
    { methods: ['GET'], path: projectPath('/schemas/[^/]+/[^/]+'), read: readSchema },
  ],
};

function readSchemas(body: unknown): AnswerRows {
  const { results, ...leftOver } = readObject(body, 'the answer');
  const rows = readObjects(results, 'results').flatMap(({ entityType, name, schemaJson, ...rest }, index) =>
    schemaRows(schemaJson, { entity: name, entityType, rest, place: `results[${index}]` }),
  );
  return { rows, leftOver };
}

/** One schema comes bare, by the description of the API; its name stands in the path. */
function readSchema(body: unknown, { path }: AskedRequest): AnswerRows {
  const answer = readObject(body, 'the answer');
  const found = isObject(answer.results) ? answer.results : answer;
  if (!Object.hasOwn(found, 'properties') && !Object.hasOwn(found, 'description'))
    unknownShape('a schema', 'the answer');
  const [entityType, name = ''] = path.split('/').slice(-2);
  return {
    rows: schemaRows(found, { entity: decodeName(name), entityType, rest: {}, place: 'the answer' }),
  };
}

const SCHEMA_MEMBERS = [
  '$schema',
  'description',
  'metadata',
  'properties',
  'additionalProperties',
  'required',
  'type',
];

interface Entity {
  entity: unknown;
  entityType: unknown;
  rest: Record<string, unknown>;
  place: string;
}

/** Returns a row for the entity itself and one for each property. */
function schemaRows(schemaJson: unknown, { entity, entityType, rest, place }: Entity): Row[] {
  const schema = readObject(schemaJson, `${place}.schemaJson`);
  const properties = readObject(schema.properties ?? {}, `${place}.schemaJson.properties`);
  const toRow = (property: string | null, described: unknown) => {
    const { type, description, metadata, ...others } = isObject(described) ? described : { type: described };
    return makeRow(
      {
        entity: entity ?? null,
        property,
        type: property === null ? null : textOf(type),
        description: description ?? null,
        entityType: entityType ?? null,
        ...readMetadata(metadata),
      },
      // What JSON schema says of a property beyond its type, such as enum.
      { ...rest, ...(property === null ? omit(schema, SCHEMA_MEMBERS) : others) },
    );
  };
  return [toRow(null, schema), ...entriesOf(properties).map(([name, described]) => toRow(name, described))];
}

/** What Lexicon keeps beside the schema: `metadata["com.mixpanel"]`. */
function readMetadata(metadata: unknown): Row {
  const kept = isObject(metadata) && isObject(metadata['com.mixpanel']) ? metadata['com.mixpanel'] : {};
  const { displayName, hidden, dropped, tags } = kept;
  return {
    displayName: displayName ?? null,
    hidden: hidden ?? null,
    dropped: dropped ?? null,
    tags: textOf(tags),
  };
}

/** JSON schema allows several types, as a list. */
function textOf(value: unknown): unknown {
  const isPlainList = Array.isArray(value) && !value.some((item) => typeof item === 'object');
  return isPlainList ? value.map(String).join(', ') : (value ?? null);
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
