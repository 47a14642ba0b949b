import { visit } from 'jsonc-parser';
import type { CommandContext, ReplaceDate } from '../../command/definition.js';
import type { DateUse } from '../../command/field.js';
import { findShapeProblem } from '../../command/values.js';
import { isObject } from '../../json/object.js';
import { resolveEndpoint } from '../../mixpanel/endpoint.js';

/** Names of dates in query strings and bodies. Source: https://developer.mixpanel.com/reference/query-api */
const ROLES = {
  from_date: 'from',
  fromDate: 'from',
  to_date: 'to',
  toDate: 'to',
} as const;

const NAMES = Object.keys(ROLES).join('|');
const IN_QUERY = new RegExp(`([?&](${NAMES})=)([^&#]*)`, 'g');
const IN_FORM = new RegExp(`((?:^|&)(${NAMES})=)([^&]*)`, 'g');
const IN_JSON = new RegExp(`"(?:${NAMES})"`);

interface DatedRequest {
  endpoint: string;
  body?: unknown;
}

/**
 * Returns a request with the dates of its query string and of its body replaced. Only the top level of a body is
 * searched, and none of data to be stored: a property of an event may have any name and value.
 */
export function replaceRequestDates<R extends DatedRequest>(
  request: R,
  { region }: CommandContext,
  replace: ReplaceDate,
): R {
  const target = resolveEndpoint(request.endpoint, region);
  if ('problem' in target || target.family === 'ingestion') return request;
  const replaceMember = (name: string, text: string): string => {
    const use: DateUse = { role: ROLES[name as keyof typeof ROLES] };
    return replace(name, text, target.family === 'export' ? { ...use, isExport: true } : use);
  };
  return {
    ...request,
    endpoint: replacePairs(request.endpoint, IN_QUERY, replaceMember),
    ...(request.body === undefined ? {} : { body: replaceInBody(request.body, replaceMember) }),
  };
}

function isDateName(name: string): boolean {
  return Object.hasOwn(ROLES, name);
}

type ReplaceMember = (name: string, text: string) => string;

function replaceInBody(body: unknown, replaceMember: ReplaceMember): unknown {
  if (typeof body === 'string') {
    return /^\s*[[{]/.test(body)
      ? replaceInJson(body, replaceMember)
      : replacePairs(body, IN_FORM, replaceMember);
  }
  if (!isObject(body)) return body;
  const dates = Object.entries(body).flatMap(([name, value]) =>
    isDateName(name) && typeof value === 'string' ? [[name, replaceMember(name, value)]] : [],
  );
  return { ...body, ...Object.fromEntries(dates) };
}

/** Replaces the values of `name=value` pairs, and leaves every other character as it is. */
function replacePairs(text: string, pattern: RegExp, replaceMember: ReplaceMember): string {
  return text.replace(pattern, (pair: string, start: string, name: string, encoded: string) => {
    const value = new URLSearchParams(`value=${encoded}`).get('value') ?? '';
    const replaced = replaceMember(name, value);
    return replaced === value ? pair : start + encodeURIComponent(replaced);
  });
}

/** Replaces members of the outer object, and leaves every other character as it is, such as the digits of numbers. */
function replaceInJson(text: string, replaceMember: ReplaceMember): string {
  if (!IN_JSON.test(text) || findShapeProblem(text) !== undefined) return text;
  const pieces: string[] = [];
  let end = 0;
  visit(text, {
    onLiteralValue(value, offset, length, _line, _column, pathOf) {
      if (typeof value !== 'string') return;
      const [name, ...inner] = pathOf();
      if (typeof name !== 'string' || inner.length > 0 || !isDateName(name)) return;
      const replaced = replaceMember(name, value);
      if (replaced === value) return;
      pieces.push(text.slice(end, offset), JSON.stringify(replaced));
      end = offset + length;
    },
  });
  return [...pieces, text.slice(end)].join('');
}
