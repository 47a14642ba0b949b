import { isObject } from '../../json/object.js';

/** Thrown when an answer does not have the shape that its endpoint is known for. */
export class UnknownShapeError extends Error {
  override readonly name = 'UnknownShapeError';
}

const MAX_PLACE_CHARACTERS = 80;

/** Throws `UnknownShapeError`, with what was expected and where. */
export function unknownShape(expected: string, place: string): never {
  throw new UnknownShapeError(`${place.slice(0, MAX_PLACE_CHARACTERS)}: expected ${expected}`);
}

export function readObject(value: unknown, place: string): Record<string, unknown> {
  return isObject(value) ? value : unknownShape('an object', place);
}

export function readList(value: unknown, place: string): unknown[] {
  return Array.isArray(value) ? value : unknownShape('a list', place);
}

export function readObjects(value: unknown, place: string): Record<string, unknown>[] {
  return readList(value, place).map((item, index) => readObject(item, `${place}[${index}]`));
}

/** Returns a number, or null for null and for what is missing. Integers beyond 2^53 are text of their digits. */
export function readNumber(value: unknown, place: string): number | string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value))) return value;
  return unknownShape('a number', place);
}

/** Returns an object without some of its members. */
export function omit(
  object: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
