import type { Lookup } from './lookup.js';

/** A dropdown next to a JSON field. What is chosen is written into the object at `path`. */
export interface Insertion {
  label: string;
  lookup: Lookup;
  path: readonly string[];
  /** How it is written: as a value, as a list of all that are chosen, or as a property of the filter language. */
  as: 'value' | 'list' | 'property';
}

/** Returns a chosen value as the object holds it. */
export function writtenAs(as: Insertion['as'], value: unknown): unknown {
  if (as === 'list') return Array.isArray(value) ? value : [value];
  return as === 'property' ? `properties[${JSON.stringify(String(value))}]` : value;
}
