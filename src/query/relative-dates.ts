import type { Command, CommandContext } from '../command/definition.js';
import { type DateUse, formFields, type InputValues } from '../command/field.js';
import type { DatesMeta } from '../result/query-result.js';
import { toUtcDay } from '../time/day.js';
import {
  DateExpressionError,
  isRelativeDate,
  parseDateExpression,
  resolveDate,
} from '../time/relative-date.js';
import { createZone, type Zone } from '../time/zone.js';

export const UTC = createZone('UTC');

/** The time zone in which relative dates of a query are resolved. */
export interface ProjectZone {
  zone: Zone;
  /** Why it is UTC and not the project's own, in a clause. */
  unknownBecause?: string;
}

/** The days that the dates of an interrupted stream were resolved to. */
export type KnownDays = Readonly<Partial<Record<'from' | 'to', string>>>;

/** A relative date, and the day it was resolved to. */
interface ResolvedDate {
  label: string;
  text: string;
  day: string;
  /** The day it means, if that has not begun in UTC and so cannot be exported yet. */
  notBegun?: string;
}

/** The input of a query with the day of each relative date. */
export interface ResolvedInput {
  input: InputValues;
  /** Where the input has relative dates: what they became. */
  dates?: DatesMeta;
  /** What the relative dates became, a sentence each. */
  remarks: string[];
  /** Returns how a message names the date of a field: as it was written, and its day. */
  describe(field: string): string | undefined;
}

/** Returns the project in whose time zone the relative dates of an input are resolved. */
export function projectOfDates(
  command: Command,
  input: InputValues,
  context: CommandContext,
): string | undefined {
  if (typeof input.projectId === 'string') return input.projectId;
  return command.embeddedDates?.projectId(input, context) ?? context.projectId;
}

/** Replaces every relative date of an input by its day. `known` has the days of a stream that is continued. */
export function resolveDates(
  command: Command,
  input: InputValues,
  context: CommandContext,
  { zone, unknownBecause }: ProjectZone,
  known?: KnownDays,
): ResolvedInput {
  const resolved: ResolvedDate[] = [];
  const dates: DatesMeta = { timezone: zone.name };
  const latestExported = toUtcDay(context.now);
  const resolvedInput = replaceDates(command, input, context, (label, text, use) => {
    const expression = readRelative(text);
    if (!expression) {
      dates[use.role] ??= text;
      return text;
    }
    const meant = known?.[use.role] ?? resolveDate(expression, use.role, { now: context.now, zone });
    // Mixpanel refuses days that have not begun, and most exports have the days of UTC.
    const isTooLate = use.isExport === true && meant > latestExported;
    const day = isTooLate ? latestExported : meant;
    dates[use.role] ??= day;
    resolved.push({ label, text, day, ...(isTooLate ? { notBegun: meant } : {}) });
    return day;
  });
  if (resolved.length === 0) return { input: resolvedInput, remarks: [], describe: () => undefined };
  const labels = new Map(formFields(command).map(({ key, label }) => [key, label]));
  return {
    input: resolvedInput,
    dates,
    remarks: [...remarksOn(resolved, { zone, unknownBecause }, known)],
    describe(field) {
      const date = resolved.find(({ label }) => label === labels.get(field));
      return date && `${date.text}, which is ${date.day} in ${zone.name}`;
    },
  };
}

function* remarksOn(
  resolved: readonly ResolvedDate[],
  { zone, unknownBecause }: ProjectZone,
  known: KnownDays | undefined,
): Iterable<string> {
  const list = resolved.map(({ label, text, day }) => `${label} ${text} is ${day}`).join(', ');
  if (known) {
    yield `${list}: the days of the download that is continued.`;
    return;
  }
  yield unknownBecause === undefined
    ? `${list}, in the project's time zone, ${zone.name}.`
    : `${list}, in UTC, because ${unknownBecause}. Give the days as yyyy-mm-dd if the project has another time zone.`;
  const late = resolved.find(({ notBegun }) => notBegun !== undefined);
  if (late) {
    yield `The day ${late.notBegun} has begun in ${zone.name}, but not yet in UTC, whose days downloads have. The download ends with ${late.day}.`;
  }
}

/** Returns the input with every date, in a field of its own or inside another field, replaced. */
function replaceDates(
  command: Command,
  input: InputValues,
  context: CommandContext,
  replace: (label: string, text: string, use: DateUse) => string,
): InputValues {
  const replaced: InputValues = { ...input };
  for (const { key, label, date } of formFields(command)) {
    const text = input[key];
    if (date && typeof text === 'string') replaced[key] = replace(label, text, date);
  }
  return command.embeddedDates?.replace(replaced, context, replace) ?? replaced;
}

function readRelative(text: string) {
  try {
    const expression = parseDateExpression(text);
    return isRelativeDate(expression) ? expression : undefined;
  } catch (error) {
    // A date of an endpoint may be anything that Mixpanel understands.
    if (error instanceof DateExpressionError) return undefined;
    throw error;
  }
}
