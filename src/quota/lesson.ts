import type { Outcome } from './gate.js';
import { SECOND_MS } from './limits.js';

/** Which limit a 429 speaks of. `load`: Mixpanel is shedding load, no limit of the project's is meant. */
export type Limit = 'hourly' | 'concurrent' | 'load';

/** What the end of a call teaches the ledger. */
export interface Lesson {
  /** Whether Mixpanel counts the call in the hour. */
  charged: boolean;
  /** Whether Mixpanel took the call on, which proves that the quota had room for it. */
  admitted: boolean;
  limited?: Limit;
  /** The project's real limits, where the answer names them. */
  policy: { hourly?: number; concurrent?: number };
  /** Starts left in the hour, where the answer names them. */
  left?: number;
  /** Milliseconds Mixpanel asks us to wait. */
  waitMs?: number;
}

// 401, 402 and 429 are not counted, nor is a call that never reached Mixpanel; everything else is, failures too.
// Source: "request pacing" in the documentation of Mixpanel's own client, mixpanel-headless.
const FREE_STATUSES = new Set([401, 402, 429]);

/** The names of the two limits in `RateLimit` and `RateLimit-Policy`. */
const HOURLY_POLICY = 'project';
const CONCURRENT_POLICY = 'project-concurrency';

/** Reads what an answer says of the limits: headers before text, and neither means that load is shed. */
export function readLesson(outcome: Outcome): Lesson {
  if (outcome.kind === 'failed') return { charged: outcome.reached, admitted: false, policy: {} };
  const headers = lowerCased(outcome.headers);
  const policies = readItems(headers['ratelimit-policy']);
  const states = readItems(headers.ratelimit);
  const counts = readCounts(outcome.body ?? '');
  const lesson: Lesson = {
    charged: !FREE_STATUSES.has(outcome.status),
    admitted:
      outcome.status !== 401 && outcome.status !== 402 && outcome.status !== 429 && outcome.status < 500,
    policy: {
      ...given('hourly', policies.get(HOURLY_POLICY)?.q ?? counts.hourly?.limit),
      ...given('concurrent', policies.get(CONCURRENT_POLICY)?.q ?? counts.concurrent?.limit),
    },
    ...given('left', left(states.get(HOURLY_POLICY))),
  };
  if (outcome.status !== 429) return lesson;
  const limited = trippedBy(states) ?? overrun(counts) ?? exportTrip(outcome.body ?? '') ?? 'load';
  const wait = limited === 'concurrent' ? states.get(CONCURRENT_POLICY)?.t : undefined;
  return {
    ...lesson,
    limited,
    ...given('waitMs', wait === undefined ? readRetryAfter(headers['retry-after']) : wait * SECOND_MS),
  };
}

type Item = Partial<Record<string, number>>;

/** Reads a list of structured fields: `"project";q=60;w=3600, "project-concurrency";q=5`. */
function readItems(header: string | undefined): Map<string, Item> {
  const items = new Map<string, Item>();
  for (const [, name = '', parameters = ''] of (header ?? '').matchAll(
    /"([^"]+)"((?:\s*;\s*[\w-]+=(?:"[^"]*"|[^;,\s]+))*)/g,
  )) {
    const item: Item = {};
    for (const [, key = '', value] of parameters.matchAll(/([\w-]+)=(\d+)(?=\s*(?:;|$))/g))
      item[key] = Number(value);
    items.set(name, item);
  }
  return items;
}

/** `r`, or `a` in some answers: what is left of the limit. */
function left(item: Item | undefined): number | undefined {
  return item?.r ?? item?.a;
}

function trippedBy(states: Map<string, Item>): Limit | undefined {
  if (left(states.get(HOURLY_POLICY)) === 0) return 'hourly';
  if (left(states.get(CONCURRENT_POLICY)) === 0) return 'concurrent';
  return undefined;
}

interface Count {
  used: number;
  limit: number;
}

/** Reads "61/60 queries running in the last hour" and "6/5 queries running concurrently", alone or together. */
function readCounts(body: string): { hourly?: Count; concurrent?: Count } {
  const counts: { hourly?: Count; concurrent?: Count } = {};
  for (const [, used, limit, which] of body.matchAll(
    /(\d+)\/(\d+) queries running (concurrently|in the last hour)/g,
  )) {
    counts[which === 'concurrently' ? 'concurrent' : 'hourly'] = { used: Number(used), limit: Number(limit) };
  }
  return counts;
}

function overrun({ hourly, concurrent }: { hourly?: Count; concurrent?: Count }): Limit | undefined {
  if (hourly && hourly.used > hourly.limit) return 'hourly';
  if (concurrent && concurrent.used > concurrent.limit) return 'concurrent';
  return undefined;
}

function exportTrip(body: string): Limit | undefined {
  return body.includes('too many export requests in progress') ? 'concurrent' : undefined;
}

/** `Retry-After` in milliseconds: whole seconds, or a date. */
function readRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * SECOND_MS : Date.parse(header) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

function lowerCased(headers: Readonly<Record<string, string>>): Partial<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function given<K extends string>(name: K, value: number | undefined): { [name in K]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [name in K]?: number });
}
