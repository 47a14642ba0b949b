import { isObject } from '../records/json.js';
import type { Json, JsonObject } from '../records/write.js';

/** The operations of `/engage` and `/groups`. https://developer.mixpanel.com/reference/profile-set */
export const PROFILE_OPERATIONS = [
  '$set',
  '$set_once',
  '$add',
  '$append',
  '$remove',
  '$union',
  '$unset',
  '$delete',
] as const;
export type ProfileOperation = (typeof PROFILE_OPERATIONS)[number];

/** Returns what is wrong with the value of an operation, if anything. */
export function validateOperation(operation: ProfileOperation, value: Json | undefined): string | undefined {
  switch (operation) {
    case '$delete':
      return undefined;
    case '$unset':
      return Array.isArray(value) && value.every((name) => typeof name === 'string')
        ? undefined
        : 'must be a list of property names';
    case '$add':
      return isObject(value) && Object.values(value).every((amount) => typeof amount === 'number')
        ? undefined
        : 'must be an object of numbers';
    case '$union':
      return isObject(value) && Object.values(value).every(Array.isArray)
        ? undefined
        : 'must be an object of lists';
    default:
      return isObject(value) ? undefined : 'must be an object';
  }
}

/**
 * The properties of a profile after an update, `undefined` when it deletes the profile. Neither argument is changed.
 *
 * @param properties what the profile has; `undefined` where there is none yet.
 * @param update as it was sent: `{$token, $distinct_id, $set: {...}}`, every operation in it applied.
 */
export function applyUpdate(properties: JsonObject | undefined, update: JsonObject): JsonObject | undefined {
  if (Object.hasOwn(update, '$delete')) return undefined;
  // A map, because a property may be called `__proto__`.
  const result = new Map(Object.entries(properties ?? {}));
  let changed = properties !== undefined;
  for (const operation of PROFILE_OPERATIONS) {
    const value = update[operation];
    if (value === undefined || validateOperation(operation, value) !== undefined) continue;
    // Removing from a profile that does not exist does not create one.
    changed ||= operation !== '$remove' && operation !== '$unset';
    if (Array.isArray(value)) for (const name of value) result.delete(String(name));
    else if (isObject(value)) {
      for (const [name, each] of Object.entries(value)) applyOperation(result, operation, name, each);
    }
  }
  return changed ? Object.fromEntries(result) : undefined;
}

function applyOperation(
  properties: Map<string, Json>,
  operation: ProfileOperation,
  name: string,
  value: Json,
): void {
  const current = properties.get(name);
  switch (operation) {
    case '$set':
      properties.set(name, value);
      break;
    case '$set_once':
      if (!properties.has(name)) properties.set(name, value);
      break;
    case '$add':
      properties.set(name, (typeof current === 'number' ? current : 0) + Number(value));
      break;
    case '$append':
      properties.set(name, [...toList(current), value]);
      break;
    case '$remove':
      if (Array.isArray(current))
        properties.set(
          name,
          current.filter((item) => !isEqualJson(item, value)),
        );
      break;
    case '$union':
      properties.set(name, union(toList(current), toList(value)));
      break;
    default:
      break;
  }
}

function union(current: Json[], added: Json[]): Json[] {
  const united = [...current];
  for (const item of added) if (!united.some((each) => isEqualJson(each, item))) united.push(item);
  return united;
}

function toList(value: Json | undefined): Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isEqualJson(left: Json, right: Json): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
