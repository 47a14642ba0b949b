import { PROFILE_OPERATIONS, validateOperation } from '../data/profile-updates.js';
import type { SandboxRequest } from '../endpoint/definition.js';
import { isObject, toText } from '../records/json.js';
import type { Json, JsonObject } from '../records/write.js';
import { findRecordSizeViolation, invalidField, MAX_RECORDS_PER_REQUEST, type Violation } from './limits.js';
import {
  createPlainReply,
  createStrictUpdateReply,
  createTooLargeReply,
  isFlagSet,
  type Rejection,
  type ValidationResult,
} from './replies.js';
import { readRecords } from './request-records.js';
import type { TokenRecord } from './stored-event.js';

/** Validates a request to `/engage` or `/groups`. */
export function validateUpdates(
  request: SandboxRequest,
  kind: 'profile' | 'group',
): ValidationResult<TokenRecord<JsonObject>> {
  const records = readRecords(request);
  if (records.length > MAX_RECORDS_PER_REQUEST)
    return { accepted: [], reply: createTooLargeReply(`${MAX_RECORDS_PER_REQUEST} updates`) };
  const rejections: Rejection[] = [];
  const accepted: TokenRecord<JsonObject>[] = [];
  records.forEach((record, index) => {
    const violation = findUpdateViolation(record, kind);
    if (violation) rejections.push({ index, insertId: '', ...violation });
    else if (isObject(record)) accepted.push({ token: toText(record.$token), record });
  });
  if (isFlagSet(request.params.strict)) {
    return { accepted, reply: createStrictUpdateReply(accepted.length, rejections) };
  }
  const error = accepted.length > 0 ? undefined : (rejections[0]?.message ?? 'data, missing or empty');
  return { accepted, reply: createPlainReply(request, error) };
}

function findUpdateViolation(record: Json | undefined, kind: 'profile' | 'group'): Violation | undefined {
  if (!isObject(record)) return { field: '', message: 'data, missing or empty' };
  const names = kind === 'profile' ? ['$token', '$distinct_id'] : ['$token', '$group_key', '$group_id'];
  // Measured for `$token`; the others follow it.
  const missing = names.find((name) => toText(record[name]) === '');
  if (missing) return { field: missing, message: `${missing}, missing or empty` };
  const operations = PROFILE_OPERATIONS.filter((operation) => Object.hasOwn(record, operation));
  if (operations.length === 0)
    return { field: '', message: `no operation, expected one of ${PROFILE_OPERATIONS.join(', ')}` };
  for (const operation of operations) {
    const message = validateOperation(operation, record[operation]);
    if (message) return invalidField(operation, message);
  }
  return findRecordSizeViolation('data', record);
}
