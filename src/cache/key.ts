import { hash } from 'node:crypto';
import { isObject } from '../json/object.js';

/** What two identical queries have in common. */
export interface CacheKeyParts {
  username: string;
  password: string;
  region: string;
  command: string;
  /** The input as the executor parsed it, so that `["a"]` and `[ "a" ]` are the same. */
  input: unknown;
}

/**
 * Returns the SHA-256 hash that names a query. The order of the input's fields does not matter. The credentials are
 * part of it, so that callers with other credentials never share a result, and cannot be read back from it.
 */
export function createCacheKey({ username, password, region, command, input }: CacheKeyParts): string {
  return hash('sha256', toCanonicalJson([username, password, region, command, input]), 'base64url');
}

/** Returns JSON with every object's fields in alphabetical order, without undefined ones. */
function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? sortFields(inner) : inner));
}

function sortFields(record: Record<string, unknown>): Record<string, unknown> {
  // Without a prototype, so that a field named `__proto__` is a field like any other.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(record).sort()) sorted[name] = record[name];
  return sorted;
}
