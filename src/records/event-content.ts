import { withoutTrailingZeros } from './decimal-text.js';
import type { EventRecord } from './event-record.js';

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const BOOLEAN = /^(?:true|false)$/i;

/**
 * Returns the content of an event as text, for the `$insert_id` that is made of it. Names are sorted, and a value has
 * the same text whether it was written as text or as number: an event stays the same when a column changes its type
 * because another record of it was mended. Token and `$insert_id` are left out.
 */
export function eventContent({ event, properties }: EventRecord): string {
  const { token: _, $insert_id: __, ...content } = properties;
  return `${JSON.stringify(event)}${contentOf(content)}`;
}

function contentOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(contentOf).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    entries.sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${contentOf(each)}`).join(',')}}`;
  }
  return JSON.stringify(normalizeScalar(String(value)));
}

function normalizeScalar(text: string): string {
  if (DECIMAL.test(text)) return withoutTrailingZeros(text);
  return BOOLEAN.test(text) ? text.toLowerCase() : text;
}
