import * as z from 'zod';
import { isObject } from '../../json/object.js';

/**
 * Schema of a JSON object whose values are not validated. zod's records drop a key called `__proto__`, and validating
 * every value of a large answer would cost more than it finds.
 */
export function objectOf<T>() {
  return z.custom<Record<string, T>>(isObject, 'expected an object');
}

/** Schema of an array whose items are not validated, for the same reason. */
export function arrayOf<T>() {
  return z.custom<T[]>((value) => Array.isArray(value), 'expected an array');
}
