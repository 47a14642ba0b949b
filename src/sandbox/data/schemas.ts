import type { JsonObject, Write } from '../records/write.js';
import { SCHEMAS } from './dataset/saved-objects.js';

/** The description of an event or of profiles, as Lexicon keeps it. */
export interface EntitySchema {
  entityType: string;
  name: string;
  schemaJson: JsonObject;
}

export type SchemaWrite = Extract<Write, { kind: 'schema' | 'schema-deleted' }>;

/** The schemas of one project, those that were written included. */
export interface Schemas {
  list(): EntitySchema[];
  apply(write: SchemaWrite): void;
}

export function createSchemas(): Schemas {
  const schemas = new Map(SCHEMAS.map((each): [string, EntitySchema] => [toKey(each), each]));
  return {
    list: () => [...schemas.values()],
    apply(write) {
      if (write.kind === 'schema') schemas.set(toKey(write.schema), write.schema);
      else schemas.delete(toKey(write));
    },
  };
}

function toKey({ entityType, name }: Pick<EntitySchema, 'entityType' | 'name'>): string {
  return `${entityType}/${name}`;
}
