import { isObject } from '../../json/object.js';
import { makeRow, type Row } from '../../result/rows.js';
import { NO_COST } from '../fields/costs.js';
import { ingestionPath } from './answer-path.js';
import { omit, readNumber, readObject, unknownShape } from './answer-shape.js';
import type { AnswerRows, AskedRequest, NamedRequest, RequestGroup } from './named-request.js';

const ENGAGE = '/engage?strict=1&verbose=1';
const GROUPS = '/groups?strict=1&verbose=1';
const UPDATE_ROWS =
  'status, accepted; a row for each rejected record: status, accepted, index, distinct_id (or group_key and group_id), reason';
const REFERENCE = 'https://developer.mixpanel.com/reference';

/** The token stands in each record: these endpoints know the project by it, not by the credentials. */
const USER = '"$token": "YOUR_PROJECT_TOKEN", "$distinct_id": "user1"';
const GROUP = '"$token": "YOUR_PROJECT_TOKEN", "$group_key": "company", "$group_id": "Acme"';

export const profileRequests: RequestGroup = {
  label: 'Profile updates',
  requests: [
    update('profile-set', 'Set', 'Sets properties of a user profile, and creates the profile if needed.', {
      body: `[{${USER}, "$set": {"plan": "Premium", "$email": "ada@example.com"}}]`,
      page: 'profile-set',
    }),
    update('profile-set-once', 'Set once', 'Sets properties that the profile does not have yet.', {
      body: `[{${USER}, "$set_once": {"first_seen": "2025-11-01"}}]`,
      page: 'profile-set-property-once',
    }),
    update('profile-add', 'Add to a number', 'Adds to numeric properties; a negative number subtracts.', {
      body: `[{${USER}, "$add": {"logins": 1}}]`,
      page: 'profile-numerical-add',
    }),
    update('profile-union', 'Union', 'Adds values to a list property, each only once.', {
      body: `[{${USER}, "$union": {"interests": ["coffee", "tea"]}}]`,
      page: 'user-profile-union',
    }),
    update('profile-append', 'Append', 'Adds a value to the end of a list property.', {
      body: `[{${USER}, "$append": {"interests": "coffee"}}]`,
      page: 'profile-append-to-list-property',
    }),
    update('profile-remove', 'Remove', 'Removes a value from a list property.', {
      body: `[{${USER}, "$remove": {"interests": "tea"}}]`,
      page: 'profile-remove-from-list-property',
    }),
    update('profile-unset', 'Unset', 'Deletes properties of a profile.', {
      body: `[{${USER}, "$unset": ["plan"]}]`,
      page: 'profile-delete-property',
    }),
    update('profile-delete', 'Delete', 'Deletes a profile for good, but not its events.', {
      body: `[{${USER}, "$delete": null, "$ignore_alias": false}]`,
      page: 'delete-profile',
    }),
  ],
  answers: [
    {
      methods: ['GET', 'POST'],
      path: ingestionPath('/(?:engage|groups|track|import)'),
      read: readReceipt,
    },
  ],
};

export const groupProfileRequests: RequestGroup = {
  label: 'Group profile updates',
  requests: [
    groupUpdate('group-set', 'Set', 'Sets properties of a group profile, such as a company.', {
      body: `[{${GROUP}, "$set": {"seats": 25}}]`,
      page: 'group-set-property',
    }),
    groupUpdate('group-set-once', 'Set once', 'Sets properties that the group does not have yet.', {
      body: `[{${GROUP}, "$set_once": {"customer_since": "2025-11-01"}}]`,
      page: 'group-set-property-once',
    }),
    groupUpdate('group-union', 'Union', 'Adds values to a list property, each only once.', {
      body: `[{${GROUP}, "$union": {"products": ["mail"]}}]`,
      page: 'group-union',
    }),
    groupUpdate('group-remove', 'Remove', 'Removes a value from a list property.', {
      body: `[{${GROUP}, "$remove": {"products": "mail"}}]`,
      page: 'group-remove-from-list-property',
    }),
    groupUpdate('group-unset', 'Unset', 'Deletes properties of a group profile.', {
      body: `[{${GROUP}, "$unset": ["seats"]}]`,
      page: 'group-delete-property',
    }),
    groupUpdate('group-delete', 'Delete', 'Deletes a group profile for good.', {
      body: `[{${GROUP}, "$delete": null}]`,
      page: 'delete-group',
    }),
  ],
  answers: [],
};

interface Update {
  body: string;
  /** The end of the address of Mixpanel's page. */
  page: string;
}

function update(id: string, label: string, description: string, { body, page }: Update): NamedRequest {
  return {
    id,
    label,
    description,
    rows: UPDATE_ROWS,
    cost: NO_COST,
    documentation: `${REFERENCE}/${page}`,
    values: { method: 'POST', endpoint: ENGAGE, body },
  };
}

function groupUpdate(id: string, label: string, description: string, about: Update): NamedRequest {
  const request = update(id, label, description, about);
  return { ...request, values: { ...request.values, endpoint: GROUPS } };
}

/**
 * Reads what ingestion answers: `1`, `{"status": 1, "error": null}`, with `strict=1` also `num_good_events` and
 * `errors`, and from `/import` `num_records_imported` and `failed_records`. The rows are those of Track Events.
 * Sources: https://developer.mixpanel.com/reference/profile-set; with `strict=1` recorded in July 2026
 * (NangoHQ/integration-templates, update-profile-property); that `errors` goes by index is a guess.
 */
function readReceipt(body: unknown, asked: AskedRequest): AnswerRows {
  const records = sentRecords(asked);
  if (body === 1) return acceptedRows(records?.length, asked, false);
  const answer = readObject(body, 'the answer');
  const { status, error, errors, num_good_events: good, code, num_records_imported: imported } = answer;
  const { failed_records: failed, ...others } = answer;
  if (failed !== undefined) return rejectedImport(failed, imported);
  const taken = readNumber(good ?? imported, 'the number of accepted records');
  const leftOver = omit(others, RECEIPT_MEMBERS);
  const rejections = readErrors(errors);
  if (rejections.length === 0 && (status === 1 || status === 'OK' || code === 200)) {
    return { ...acceptedRows(taken ?? records?.length, asked, taken !== null), leftOver };
  }
  if (taken === null && rejections.length === 0) unknownShape('a status', 'status');
  const accepted = taken ?? 0;
  const rows = rejections.map(({ index, reason }) =>
    makeRow({
      status: 'rejected',
      accepted: 0,
      index,
      ...identityOf(index === null ? undefined : records?.[index]),
      reason,
    }),
  );
  return {
    rows: [
      { status: accepted === 0 ? 'rejected' : 'partial', accepted },
      ...(rows.length > 0 ? rows : [{ status: 'rejected', accepted: 0, index: null, reason: error ?? null }]),
    ],
    meta: typeof accepted === 'number' ? { accepted } : {},
    leftOver,
  };
}

const RECEIPT_MEMBERS: readonly string[] = [
  'status',
  'error',
  'errors',
  'num_good_events',
  'code',
  'num_records_imported',
];

function acceptedRows(
  accepted: number | string | null | undefined,
  { parameters }: AskedRequest,
  counted: boolean,
): AnswerRows {
  const unchecked = !counted && accepted !== 1 && String(parameters.strict) !== '1';
  return {
    rows: [{ status: 'ok', accepted: accepted ?? null }],
    meta: typeof accepted === 'number' ? { accepted } : {},
    messages: () =>
      unchecked
        ? [
            'Mixpanel only says that at least one record was valid. Add strict=1 to the endpoint to learn of each.',
          ]
        : [],
  };
}

/** Identity events are rejected with a sentence only, others also with a field. */
function rejectedImport(failed: unknown, imported: unknown): AnswerRows {
  if (!Array.isArray(failed)) unknownShape('a list', 'failed_records');
  const rows = failed.map((record: unknown): Row => {
    if (!isObject(record)) return { index: null, field: null, reason: String(record) };
    const { index, field, message, ...rest } = record;
    return makeRow({ index: index ?? null, field: field ?? null, reason: message ?? null }, rest);
  });
  return {
    rows,
    meta: typeof imported === 'number' ? { accepted: imported } : {},
    messages: () => [
      `${imported ?? 'An unknown number of'} records were imported, ${failed.length} were not: a row for each says why.`,
    ],
  };
}

interface Rejection {
  index: number | null;
  reason: unknown;
}

/** Reads `errors`: sentences by the index of their record, or a list of them. */
function readErrors(errors: unknown): Rejection[] {
  if (errors === undefined || errors === null) return [];
  const entries = isObject(errors) ? Object.entries(errors) : undefined;
  if (entries) return entries.map(([key, reason]) => toRejection(key, reason));
  if (!Array.isArray(errors)) unknownShape('errors by record', 'errors');
  return errors.map((error: unknown) =>
    isObject(error)
      ? toRejection(error.index, error.message ?? error.error ?? JSON.stringify(error))
      : toRejection(undefined, error),
  );
}

function toRejection(key: unknown, reason: unknown): Rejection {
  const index = Number(key);
  const isIndex = key !== undefined && key !== '' && Number.isInteger(index) && index >= 0;
  const text = typeof reason === 'object' && reason !== null ? JSON.stringify(reason) : reason;
  if (isIndex || key === undefined) return { index: isIndex ? index : null, reason: text };
  return { index: null, reason: `${typeof key === 'object' ? JSON.stringify(key) : String(key)}: ${text}` };
}

/** Returns the records that were sent, if they can be read: a list or a single one, as JSON or in `data`. */
function sentRecords({ body, parameters }: AskedRequest): unknown[] | undefined {
  const { data } = parameters;
  const sent = body ?? (typeof data === 'string' ? parsed(data) : data);
  if (Array.isArray(sent)) return sent;
  return isObject(sent) ? [sent] : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whose record it was. */
function identityOf(record: unknown): Row {
  if (!isObject(record)) return {};
  const { $distinct_id: user, $group_key: key, $group_id: id } = record;
  if (user !== undefined) return { distinct_id: user };
  return key === undefined ? {} : { group_key: key, group_id: id ?? null };
}
