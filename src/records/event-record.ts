import { parseJson } from '../json/large-integers.js';
import { isObject } from '../json/object.js';
import { HOUR_MS } from '../time/durations.js';
import { toEpochMs } from '../time/epoch.js';
import { type EventTimeOptions, readEventTime, toMixpanelTime } from '../time/event-time.js';
import type { OptionWording } from './option-wording.js';

/** An event as Mixpanel takes it. */
export interface EventRecord {
  event: string;
  properties: Record<string, unknown>;
}

/** One fault of a record: a sentence that is the same for every record with this fault, and what came. */
export interface RecordProblem {
  message: string;
  received?: unknown;
}

export interface EventReading {
  /** The event; absent if the record has a fault. */
  event?: EventRecord;
  problems: readonly RecordProblem[];
  /** Whether its time named no zone. */
  zoneAssumed: boolean;
  /** Whether it had no time and got the one of the options. */
  timeAssumed: boolean;
}

export interface EventReadOptions extends EventTimeOptions {
  /** The names that Mixpanel knows, by the names that stand in their place in the records; '' for none. */
  map?: Readonly<Record<string, string>>;
  /** The project token of events without one. */
  token?: string;
  /** The time of events without one, as Mixpanel takes it. */
  time?: number;
  /** A likely name in place of a missing one is refused with the option that would use it; absent if there is none. */
  wording?: OptionWording;
}

/** Names that other tools use, in lower case and without signs. */
const ALIASES = {
  event: ['event', 'eventname', 'name', 'eventtype', 'action'],
  distinct_id: ['distinctid', 'userid', 'uid', 'user', 'customerid', 'anonymousid', 'anonid', 'visitorid'],
  time: [
    'time',
    'timestamp',
    'ts',
    'eventtime',
    'eventtimestamp',
    'eventdate',
    'occurredat',
    'datetime',
    'date',
    'createdat',
  ],
} as const;

/** Source: https://developer.mixpanel.com/reference/import-events (`time`). */
const MIN_EVENT_TIME_MS = Date.UTC(1971, 0, 1);
const MAX_EVENT_LEAD_MS = HOUR_MS;

/**
 * Reads a record as an event. It may have `event` and `properties` (an object or its JSON text), fields beside
 * `properties`, or be flat. What would be lost, misdated or overwritten is a problem.
 */
export function readEventRecord(record: unknown, options: EventReadOptions = {}): EventReading {
  if (!isObject(record)) {
    return failed([{ message: 'must be an object with event and properties.', received: record }]);
  }
  const problems: RecordProblem[] = [];
  const { event: given, properties: givenProperties, ...beside } = record;
  const nested = readProperties(givenProperties, problems);
  const properties: Record<string, unknown> = nested ? { ...nested } : {};
  for (const [name, value] of Object.entries(beside)) {
    if (Object.hasOwn(properties, name) && !isSame(properties[name], value)) {
      problems.push({
        message: `has ${JSON.stringify(name)} twice, in "properties" and beside it, with different values.`,
        received: value,
      });
    } else setOwn(properties, name, value);
  }
  let event: unknown = given;
  for (const [target, source] of Object.entries(options.map ?? {})) {
    if (source === '' || source === target) continue;
    const value = source === 'event' ? event : properties[source];
    if (!isPresent(value)) continue;
    const own = target === 'event' ? event : properties[target];
    if (isPresent(own) && !isSame(own, value)) {
      problems.push({
        message: `has a value of its own in ${JSON.stringify(target)}, and ${JSON.stringify(source)} is to take its place. Leave one of them out.`,
        received: own,
      });
    }
    if (source !== 'event') delete properties[source];
    if (target === 'event') event = value;
    else setOwn(properties, target, value);
  }
  const offered = findOffers(event, properties, nested === undefined ? undefined : beside, options);
  problems.push(...offered.values());
  if (!offered.has('event') && (typeof event !== 'string' || event === '')) {
    problems.push({ message: 'needs an event name in "event".', received: event });
  }
  let zoneAssumed = false;
  let timeAssumed = false;
  if (isPresent(properties.time)) {
    const time = readEventTime(properties.time, options);
    const problem = describeTimeProblem(time?.ms);
    if (problem) problems.push({ message: problem, received: properties.time });
    else if (time) {
      properties.time = toMixpanelTime(time.ms);
      zoneAssumed = time.zoneAssumed;
    }
  } else {
    delete properties.time;
    if (options.time !== undefined) {
      properties.time = options.time;
      timeAssumed = true;
    }
  }
  if (options.token !== undefined && !isPresent(properties.token)) properties.token = options.token;
  if (problems.length > 0) return failed(problems);
  return { event: { event: event as string, properties }, problems, zoneAssumed, timeAssumed };
}

function failed(problems: readonly RecordProblem[]): EventReading {
  return { problems, zoneAssumed: false, timeAssumed: false };
}

function readProperties(given: unknown, problems: RecordProblem[]): Record<string, unknown> | undefined {
  if (!isPresent(given)) return undefined;
  const value = typeof given === 'string' ? tryParseJson(given) : given;
  if (isObject(value)) return value;
  problems.push({ message: '"properties" must be an object, or the JSON text of one.', received: given });
  return undefined;
}

function describeTimeProblem(ms: number | undefined): string | undefined {
  if (ms === undefined) {
    return 'time must be epoch seconds or milliseconds, or a date such as 2026-11-25T09:44:53Z or 2026-11-25 09:44:53. Mixpanel would store the event at its arrival.';
  }
  if (ms < MIN_EVENT_TIME_MS) {
    return 'time is before 1971 if it counts seconds, and Mixpanel takes none that old. If it is a day or the number of a spreadsheet, write it as yyyy-mm-dd hh:mm:ss.';
  }
  if (ms > Date.now() + MAX_EVENT_LEAD_MS) {
    return 'time is more than an hour in the future, and Mixpanel would not keep it. Check its zone and its unit.';
  }
  if (toEpochMs(toMixpanelTime(ms)) !== ms) {
    return 'time is before March 1973 and has a fraction of a second: Mixpanel would take its milliseconds for seconds. Leave the fraction out.';
  }
  return undefined;
}

/** The faults that another name in the record would mend, by the name that is missing. */
function findOffers(
  event: unknown,
  properties: Record<string, unknown>,
  beside: Record<string, unknown> | undefined,
  { map = {}, wording }: EventReadOptions,
): Map<string, RecordProblem> {
  const found = new Map<string, RecordProblem>();
  const missing = {
    event: !isPresent(event),
    distinct_id: DISTINCT_ID_NAMES.every((name) => !isPresent(properties[name])),
    time: !isPresent(properties.time),
  };
  // A form's own object may hold anything; only what stands beside its properties is surely meant otherwise.
  const candidates = wording ? properties : (beside ?? {});
  for (const target of ['event', 'distinct_id', 'time'] as const) {
    if (!missing[target] || map[target] !== undefined) continue;
    const source = findAlias(candidates, ALIASES[target]);
    if (source === undefined) continue;
    const without = target === 'event' || !wording ? '' : ` ${wording.omit(target)}`;
    found.set(target, {
      message: wording
        ? `has no "${target}", but ${JSON.stringify(source)}. ${wording.map(target, source)}${without}`
        : `has no "${target}", but ${JSON.stringify(source)} beside its properties. Rename it to "${target}".`,
    });
  }
  return found;
}

/** Mixpanel also knows who an event belongs to by these. Source: https://docs.mixpanel.com/docs/tracking-methods/id-management */
const DISTINCT_ID_NAMES = ['distinct_id', '$distinct_id', '$user_id', '$device_id'];

function findAlias(values: Record<string, unknown>, aliases: readonly string[]): string | undefined {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
    if (!name.startsWith('$') && isPresent(value) && !names.has(plain)) names.set(plain, name);
  }
  const alias = aliases.find((each) => names.has(each));
  return alias === undefined ? undefined : names.get(alias);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const nested = typeof one === 'object' || typeof other === 'object';
  return nested ? JSON.stringify(one) === JSON.stringify(other) : String(one) === String(other);
}

// `__proto__` is a name like any other here.
function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

function tryParseJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
