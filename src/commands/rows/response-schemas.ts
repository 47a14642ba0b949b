import { z } from 'zod';
import { isObject } from '../../json/object.js';

/**
 * A JSON object whose values are trusted to be `T`. zod's records drop a key called `__proto__`, and walking
 * every value of a large answer would cost more than it finds: the outer shape is what is checked.
 */
export function objectOf<T>() {
  return z.custom<Record<string, T>>(isObject, 'expected an object');
}

/** An array whose items are trusted to be `T`, for the same reason. */
export function arrayOf<T>() {
  return z.custom<T[]>((value) => Array.isArray(value), 'expected an array');
}
