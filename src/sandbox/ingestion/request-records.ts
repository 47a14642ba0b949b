import type { SandboxRequest } from '../endpoint/definition.js';
import { isObject, parseJson, toText } from '../records/json.js';
import type { Json } from '../records/write.js';

/**
 * Returns the records of a request: a JSON array or object, one object a line, or a field `data` of a form or query
 * string, in JSON or base64. Empty if nothing can be read; a record that is no JSON is `undefined`.
 */
export function readRecords(request: SandboxRequest): readonly (Json | undefined)[] {
  const { body, params, rawBody, headers } = request;
  if (headers['content-type']?.includes('ndjson')) return parseNdjson(rawBody);
  // What was parsed from JSON is JSON.
  if (body !== undefined && !(isObject(body) && 'data' in body)) return toList(body as Json);
  const data = toText(params.data);
  if (data) return toList(parseJson(data) ?? parseJson(decodeBase64(data)));
  return parseNdjson(rawBody);
}

/** Mixpanel's Node SDK does not escape the `+` of base64 in a form, where it means a space. */
function decodeBase64(data: string): string {
  return Buffer.from(data.replaceAll(' ', '+'), 'base64').toString('utf8');
}

function parseNdjson(bytes: Uint8Array): readonly (Json | undefined)[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const records = lines.filter((line) => line.trim() !== '').map((line) => parseJson(line));
  // A body of which not one line is JSON is no list of records at all.
  return records.some((record) => record !== undefined) ? records : [];
}

function toList(value: Json | undefined): readonly (Json | undefined)[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
