import { createHash } from 'node:crypto';
import { isObject } from '../json/object.js';

/** What makes two queries the same one. */
export interface CacheKeyParts {
  username: string;
  password: string;
  region: string;
  command: string;
  /** The normalised input: what the executor made of the form, so that `["a"]` and `[ "a" ]` are one. */
  input: unknown;
}

/**
 * Names a query by a hash: the same credentials, region, command and input give the same key, in whatever order
 * the input's fields stand. Nothing can be read back from it, and nobody who lacks the credentials finds another's
 * results.
 */
export function createCacheKey({ username, password, region, command, input }: CacheKeyParts): string {
  return createHash('sha256')
    .update(toCanonicalJson([username, password, region, command, input]))
    .digest('base64url');
}

/** JSON with every object's fields in alphabetical order, and absent ones left out. */
function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? sortFields(inner) : inner));
}

function sortFields(record: Record<string, unknown>): Record<string, unknown> {
  // Without a prototype, so that a field named `__proto__` is a field like any other.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(record).sort()) sorted[name] = record[name];
  return sorted;
}
