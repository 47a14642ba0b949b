import type { Command, CommandContext, FieldProblem } from '../command/definition.js';
import { type FormField, formFields, type InputValues } from '../command/field.js';
import { ParseError, readInstant, readValue, receiveField } from '../command/values.js';
import { type Issue, PluginError } from '../errors.js';
import { previewJson } from '../json/preview.js';
import type { DatesMeta } from '../result/query-result.js';
import {
  type KnownDays,
  type ProjectZone,
  projectOfDates,
  type ResolvedInput,
  resolveDates,
  UTC,
} from './relative-dates.js';

/** A command's input, read and checked. */
export interface ReadInput {
  input: InputValues;
  /** What relative dates became; absent if there are none. */
  dates?: DatesMeta;
  /** What was assumed in reading the values, a sentence each. */
  assumptions: string[];
}

export interface DateOptions {
  /** Returns the time zone of a project. Called only for input with relative dates and no other mistake. */
  zoneOf(projectId: string | undefined): Promise<ProjectZone>;
  /** The days of the stream that is continued. */
  known?: KnownDays;
}

/**
 * Reads a host's parameters into a command's input, with the day of each relative date. Every mistake is reported at
 * once, in one `INVALID_INPUT`; only the command's own fields are looked at, since hosts send the fields of all forms.
 */
export function readInput(
  command: Command,
  parameters: Record<string, unknown>,
  context: CommandContext,
  zone: ProjectZone = { zone: UTC },
): ReadInput {
  const { input, assumptions } = readFields(command, parameters, context);
  const resolved = resolveDates(command, input, context, zone);
  const problems = findProblems(command, resolved, context);
  if (problems.length > 0) throw invalidInput(command.label, problems);
  return toReadInput(resolved, assumptions);
}

/** Reads like `readInput`, and asks for the project's time zone if there are relative dates. */
export async function readInputInProjectZone(
  command: Command,
  parameters: Record<string, unknown>,
  context: CommandContext,
  { zoneOf, known }: DateOptions,
): Promise<ReadInput> {
  const { input, assumptions } = readFields(command, parameters, context);
  const inUtc = resolveDates(command, input, context, { zone: UTC }, known);
  const needsZone = known === undefined && inUtc.dates !== undefined;
  const problems = findProblems(command, inUtc, context);
  // Nothing is asked of Mixpanel for an input that cannot be sent whatever the time zone is.
  if (problems.length > 0 && !(needsZone && problems.every(({ field }) => isDateField(command, field))))
    throw invalidInput(command.label, problems);
  if (!needsZone) return toReadInput(inUtc, assumptions);
  const zone = await zoneOf(projectOfDates(command, input, context));
  const resolved = resolveDates(command, input, context, zone);
  const remaining = findProblems(command, resolved, context);
  if (remaining.length > 0) throw invalidInput(command.label, remaining);
  return toReadInput(resolved, assumptions);
}

function toReadInput({ input, dates, remarks }: ResolvedInput, assumptions: string[]): ReadInput {
  return { input, dates, assumptions: [...assumptions, ...remarks] };
}

function isDateField(command: Command, key: string): boolean {
  return formFields(command).some((field) => field.key === key && field.date !== undefined);
}

/** Reads each field by itself. @throws `PluginError` that lists every mistake. */
function readFields(
  command: Command,
  parameters: Record<string, unknown>,
  context: CommandContext,
): { input: InputValues; assumptions: string[] } {
  const fields = formFields(command);
  const issues: Issue[] = [];
  const assumptions: string[] = [];
  const input: InputValues = {};
  for (const field of fields) {
    let received: unknown;
    let value: unknown;
    try {
      received =
        receiveField(parameters, field) ?? (field.key === 'projectId' ? context.projectId : undefined);
      value = received === undefined ? undefined : readValue(received, field);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      issues.push(toIssue(field, error.message, received));
      continue;
    }
    const assumption = assumptionIn(field, received);
    if (assumption) assumptions.push(assumption);
    const checked = field.schema.safeParse(value);
    if (checked.success) input[field.key] = checked.data;
    else if (value === undefined) issues.push(toIssue(field, requiredMessage(field, parameters[field.key])));
    else
      for (const { message, path } of checked.error.issues)
        issues.push(toIssue(field, withPath(path, message), received));
  }
  if (issues.length > 0) throw invalidInput(command.label, issues);
  return { input, assumptions };
}

/** Returns the problems across the fields of an input. */
function findProblems(
  command: Command,
  { input, describe }: ResolvedInput,
  context: CommandContext,
): Issue[] {
  const fields = formFields(command);
  const toProblem = ({ field: key, message, received }: FieldProblem) =>
    toIssue(
      fields.find((field) => field.key === key) ?? { key, label: key },
      message,
      describe(key) ?? received,
    );
  return Array.from(command.check?.(input, context) ?? [], toProblem);
}

/** Returns what was assumed in reading a value, in a sentence. */
function assumptionIn({ kind, label }: FormField, received: unknown): string | undefined {
  const instant = kind === 'date' ? readInstant(received) : undefined;
  return (
    instant &&
    `${label}: ${instant.text} is a point in time in UTC; its day there, ${instant.day}, was used. The day that was picked may be another. Pass the day itself: in Appsmith {{moment(DatePicker1.selectedDate).format('YYYY-MM-DD')}}.`
  );
}

/** A longer list helps nobody, and could have an entry for each of a million values. */
const MAX_LISTED_ISSUES = 50;
const MAX_MESSAGE_CHARACTERS = 2000;

/** Returns one error for all problems of an input. */
export function invalidInput(label: string, issues: readonly Issue[]): PluginError {
  const sentences = issues.slice(0, MAX_LISTED_ISSUES).map((each) => {
    const received = each.received === undefined ? '' : ` Received: ${each.received}.`;
    return `${each.label}: ${shorten(each.message, MAX_MESSAGE_CHARACTERS)}${received}`;
  });
  if (issues.length > MAX_LISTED_ISSUES)
    sentences.push(`And ${(issues.length - MAX_LISTED_ISSUES).toLocaleString('en-US')} more.`);
  const head = `${label} was not sent: ${issues.length === 1 ? 'one field needs' : `${issues.length} fields need`} a correction.`;
  return new PluginError('INVALID_INPUT', [head, ...sentences].join('\n'), { issues });
}

function requiredMessage(field: FormField, received: unknown): string {
  if (field.key === 'projectId') {
    return 'is missing, and the datasource has no Default Project ID. Enter a project ID here, such as 1234567, or set it in the datasource.';
  }
  const word = typeof received === 'string' ? received.trim() : '';
  if (field.key === 'event' && word !== '') {
    return `is required. It is ${word}, which is what an empty binding produces. If an event has this name, write it in quotes: "${word}".`;
  }
  const example = field.choices?.map(({ value }) => value).join(', ') ?? field.placeholder;
  return `is required.${example ? ` Give ${field.choices ? 'one of' : 'a value such as'} ${example}.` : ''}`;
}

function withPath(path: readonly PropertyKey[], message: string): string {
  return path.length === 0 ? message : `at ${path.map(String).join('.')}: ${message}`;
}

const MAX_SHOWN_CHARACTERS = 120;

function toIssue(
  { key, label, confidential }: Pick<FormField, 'key' | 'label' | 'confidential'>,
  message: string,
  received?: unknown,
): Issue {
  if (received === undefined || confidential) return { field: key, label, message };
  return {
    field: key,
    label,
    message,
    received:
      typeof received === 'string'
        ? shorten(received, MAX_SHOWN_CHARACTERS)
        : previewJson(received, MAX_SHOWN_CHARACTERS),
  };
}

function shorten(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
}
