import type { LargeInteger } from './large-integer.js';

/** A JSON value, as properties hold them. */
export type Json = null | boolean | number | string | LargeInteger | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** An event as the sandbox keeps and exports it; `properties.time` in epoch milliseconds, UTC. */
export interface StoredEvent {
  event: string;
  properties: JsonObject;
}

/**
 * Something written to the sandbox from outside. These, in their order, are all that has to be kept to come back
 * to the same state: everything else follows from the seed.
 */
export type Write =
  | { kind: 'event'; projectId: string; event: StoredEvent }
  /** An update of `/engage`, as it was sent: `{$token, $distinct_id, $set: {...}}`. */
  | { kind: 'profile'; projectId: string; at: number; update: JsonObject }
  /** An update of `/groups`: `{$token, $group_key, $group_id, $set: {...}}`. */
  | { kind: 'group'; projectId: string; at: number; update: JsonObject }
  | {
      kind: 'annotation';
      projectId: string;
      /** The whole annotation, whether it is new or changed; `at` in epoch milliseconds. */
      annotation: {
        id: number;
        at: number;
        description: string;
        user: { id: number; first_name: string; last_name: string };
        tagIds: number[];
      };
    }
  | { kind: 'annotation-deleted'; projectId: string; id: number }
  | { kind: 'annotation-tag'; projectId: string; tag: { id: number; name: string } }
  | {
      kind: 'schema';
      projectId: string;
      schema: { entityType: string; name: string; schemaJson: JsonObject };
    }
  | { kind: 'schema-deleted'; projectId: string; entityType: string; name: string }
  /** A lookup table, replaced as a whole. */
  | { kind: 'lookup-table'; projectId: string; id: string; csv: string };
