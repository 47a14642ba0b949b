import * as z from 'zod';
import { type Choice, type DateUse, field } from '../../command/field.js';
import type { Lookup } from '../../command/lookup.js';
import { PROJECT_ID_PATTERN, toCanonicalProjectId } from '../../mixpanel/project-id.js';
import { DAY_SECONDS } from '../../time/durations.js';

/** Fields that several commands share, with the same label, meaning and validation in each. */

const projectIdSchema = () =>
  z.string().regex(PROJECT_ID_PATTERN, 'must be a number, such as 1234567.').overwrite(toCanonicalProjectId);

export const projectId = () =>
  field(projectIdSchema(), {
    label: 'Project ID',
    help: 'The project to query, a number from the project settings or its URL. Left empty, the default project of the datasource is used.',
    kind: 'text',
    required: true,
    placeholder: '1234567',
    lookup: 'projects',
  });

export const optionalProjectId = () =>
  field(projectIdSchema(), {
    label: 'Project ID',
    help: 'The project whose cohorts are listed. Left empty, the default project of the datasource is used.',
    kind: 'text',
    required: false,
    placeholder: '1234567',
    lookup: 'projects',
  });

export const workspaceId = () =>
  field(z.string().regex(/^\d+$/, 'must be a number, such as 9876543.').optional(), {
    label: 'Workspace ID',
    help: 'Narrows the query to one workspace. Left empty, the default workspace is used.',
    kind: 'text',
    required: false,
    placeholder: '9876543',
    lookup: 'workspaces',
  });

const eventNames = z.array(z.string().min(1, 'holds an empty name.')).min(1, 'must name at least one event.');

export const events = () =>
  field(eventNames, {
    label: 'Event(s) (JSON array)',
    help: 'One or more event names as a JSON array. A name the project does not have is left out of the result.',
    kind: 'list',
    required: true,
    placeholder: '["Signup", "Purchase", "Page View"]',
    lookup: 'events',
  });

export const optionalEvents = () =>
  field(eventNames.optional(), {
    label: 'Event(s) (JSON array)',
    help: 'Event names to download, as a JSON array. Left empty, all events of the dates are downloaded.',
    kind: 'list',
    required: false,
    placeholder: '["Signup", "Purchase", "Page View"]',
    lookup: 'events',
  });

/**
 * One event name. Rejects lists and quotes, which Mixpanel would treat as part of the name: it finds no such event and
 * counts the query. Rejects the word null, which empty bindings produce; quotes allow an event of that name.
 */
const eventName = z.string().transform((text, context) => {
  const value = parsedName(text);
  if (value === undefined || value === text) return text;
  if (value === 'null' || value === 'undefined') return value;
  const [name, ...others] = Array.isArray(value) ? value : [value];
  context.addIssue({
    code: 'custom',
    message:
      others.length > 0
        ? `takes one event name, without brackets, such as ${name}. Get Aggregate Event Counts takes several.`
        : `must be the event name alone, without ${Array.isArray(value) ? 'brackets and quotes' : 'quotes'}: ${name}.`,
  });
  return z.NEVER;
});

/** Parses a text that is a JSON string or a JSON list of strings. */
function parsedName(text: string): string | string[] | undefined {
  if (!/^["[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
    return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

export const event = () =>
  field(eventName, {
    label: 'Event',
    help: 'One event name, as it is written in the project, without quotes or brackets.',
    kind: 'text',
    required: true,
    placeholder: 'Signup',
    lookup: 'events',
  });

export const propertyName = () =>
  field(z.string(), {
    label: 'Property Name',
    help: 'A property of the event, as it is written in the project.',
    kind: 'text',
    required: true,
    placeholder: 'PlanType',
    lookup: 'properties',
  });

const TYPE_LABELS = {
  general: 'Total',
  unique: 'Unique users',
  average: 'Average',
} as const;

/** What is counted. `sharedKey` tells lists of types apart, see `FieldMeta`. */
export function type<const T extends readonly (keyof typeof TYPE_LABELS)[]>(
  values: T,
  help: string,
  sharedKey?: string,
) {
  return choice(values, {
    label: 'Type',
    help,
    default: 'general',
    ...(sharedKey ? { sharedKey } : {}),
    choices: values.map((value) => ({ label: `${TYPE_LABELS[value]} (${value})`, value })),
  });
}

/** How events are ranked; without the average, which ranks nothing. */
export const rankBy = () =>
  type(['general', 'unique'], 'Rank by the total of events or by the number of users.', 'rankBy');

export const unit = () =>
  choice(['minute', 'hour', 'day', 'week', 'month'], {
    label: 'Unit',
    help: 'The length of one step of time in the result.',
    default: 'day',
    choices: ['minute', 'hour', 'day', 'week', 'month'].map((value) => ({ label: capitalize(value), value })),
  });

const PROJECT_TIME = "yyyy-mm-dd or -30d, in the project's time zone";
const PROJECT_DAYS = 'Days are those in the time zone of the project.';

interface DateWords {
  /** Sentences about whose days they are. */
  days?: string;
  note?: string;
  isExport?: true;
}

function date(
  use: DateUse,
  { days = PROJECT_DAYS, note = PROJECT_TIME }: DateWords,
  { label, help, placeholder }: { label: string; help: string; placeholder: string },
) {
  const meta = { label, help: `${help} ${days}`, note, placeholder };
  return field(z.string(), { ...meta, kind: 'date', date: use, required: true });
}

export const fromDate = ({ isExport, ...words }: DateWords = {}) =>
  date({ role: 'from', isExport }, words, {
    label: 'From Date',
    help: 'The first day, included: yyyy-mm-dd, or relative to today, such as yesterday, -30d, -6m, last week or start of last month.',
    placeholder: '2025-10-01',
  });
export const toDate = ({ isExport, ...words }: DateWords = {}) =>
  date({ role: 'to', isExport }, words, {
    label: 'To Date',
    help: 'The last day, included: yyyy-mm-dd, or relative to today, such as today, yesterday, last week or end of last month.',
    placeholder: '2025-11-03',
  });

export const format = () =>
  choice(['json', 'csv'], {
    label: 'Format',
    help: 'JSON gives rows to bind to a table or a chart; CSV gives one text to save or download.',
    default: 'json',
    advanced: true,
    choices: [
      { label: 'JSON', value: 'json' },
      { label: 'CSV', value: 'csv' },
    ],
  });

/** Creates a limit field with Mixpanel's default and, if it has one, its maximum. */
export function limit({ defaultLimit, max, help }: { defaultLimit: number; max?: number; help: string }) {
  return field(limitSchema(max).default(defaultLimit), {
    label: 'Limit',
    help,
    kind: 'integer',
    required: false,
    default: String(defaultLimit),
    placeholder: String(defaultLimit),
  });
}

export function optionalLimit({ max, help }: { max: number; help: string }) {
  return field(limitSchema(max).optional(), {
    label: 'Limit',
    help,
    note: 'Default: no limit',
    kind: 'integer',
    required: false,
    placeholder: '100',
  });
}

function limitSchema(max = Number.MAX_SAFE_INTEGER) {
  return z
    .number()
    .int()
    .min(1, 'must be 1 or more.')
    .max(max, `is over the API's maximum of ${max.toLocaleString('en-US')}.`);
}

export const response = () =>
  choice(['rows', 'raw'], {
    label: 'Response',
    help: "Rows are flat and bind to a table, a chart or a select. Raw is Mixpanel's answer untouched.",
    default: 'rows',
    advanced: true,
    choices: [
      { label: 'Rows', value: 'rows' },
      { label: 'Raw', value: 'raw' },
    ],
  });

/** The response of commands for counts over time, whose rows also come one for each date. */
export const seriesResponse = () =>
  choice(['rows', 'wide', 'raw'], {
    label: 'Response',
    help: "Rows are flat: one for each date and name. Wide has one row for each date and a column for each name, as a stacked chart needs it. Raw is Mixpanel's answer untouched.",
    default: 'rows',
    advanced: true,
    sharedKey: 'seriesResponse',
    choices: [
      { label: 'Rows', value: 'rows' },
      { label: 'Wide', value: 'wide' },
      { label: 'Raw', value: 'raw' },
    ],
  });

export const cacheSeconds = () =>
  field(
    z
      .number()
      .int()
      .min(0, 'must be 0 or more.')
      .max(31 * DAY_SECONDS, 'must be at most 31 days.')
      .optional(),
    {
      label: 'Cache (seconds)',
      help: 'How long a result may be served again without spending a query. 0 asks Mixpanel every time. Left empty, a time that fits the command is used.',
      kind: 'integer',
      required: false,
      placeholder: 'Automatic',
      advanced: true,
    },
  );

/** Creates a field with a fixed list of choices and a default. */
export function choice<const T extends readonly string[]>(
  values: T,
  meta: {
    label: string;
    help: string;
    default: T[number];
    choices: readonly Choice[];
    sharedKey?: string;
    advanced?: true;
    lookup?: Lookup;
  },
) {
  const schema = z.enum(values as unknown as [T[number], ...T[number][]], {
    error: `must be one of ${values.join(', ')}.`,
  });
  return field(schema.default(meta.default as never), { ...meta, kind: 'choice', required: true });
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
