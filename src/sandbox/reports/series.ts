import type { OrderedJson } from '../records/ordered-json.js';

/** `series` of a saved report: names and values, level by level, in Mixpanel's order. */
export type Series = Map<string, OrderedJson>;
