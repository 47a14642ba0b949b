import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from '../../command/definition.js';
import { type FormField, formFields } from '../../command/field.js';
import { readValue } from '../../command/values.js';
import { type Issue, PluginError } from '../../errors.js';
import { parseJson } from '../../json/large-integers.js';
import { describeJsonError } from '../../json/syntax-error.js';
import { addDays, toUtcDay } from '../../time/day.js';
import { quote } from '../shell-words.js';
import { suggest } from '../suggestions.js';

/** Reads the parameters of a JSON file, or of standard input for `-`. */
export async function readParametersFile(path: string, stdin: Readable): Promise<Record<string, unknown>> {
  const content = path === '-' ? await text(stdin) : await readFile(path, 'utf8').catch(() => undefined);
  if (content === undefined)
    throw new PluginError('INVALID_INPUT', `The parameters file ${path} cannot be read.`);
  try {
    JSON.parse(content);
  } catch {
    throw new PluginError(
      'INVALID_INPUT',
      `The parameters file ${path} is not valid JSON: ${describeJsonError(content)}`,
    );
  }
  const parsed = parseJson(content);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new PluginError(
      'INVALID_INPUT',
      `The parameters file ${path} must hold a JSON object, such as {"limit": 10}.`,
    );
  }
  return parsed as Record<string, unknown>;
}

/**
 * Returns parameters under the keys of the command's fields, which may be written in another case or with hyphens
 * (`from-date`). Throws `PluginError` for fields that the command does not have, with those that were likely meant.
 * Hosts send the fields of all forms, so only the command line checks this.
 */
export function readFieldNames(
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const keys = formFields(command).map(({ key }) => key);
  const problems: string[] = [];
  const known = Object.entries(parameters).flatMap(([name, value]) => {
    const key = keys.find((each) => normalize(each) === normalize(name));
    if (key !== undefined) return [[key, value] as const];
    const hint =
      suggest(
        name,
        keys.map((each) => ({ name: each, shown: each })),
      ) ?? `It has ${keys.join(', ')}.`;
    problems.push(`There is no field ${JSON.stringify(name)} in ${command.id}. ${hint}`);
    return [];
  });
  if (problems.length > 0) throw new PluginError('INVALID_INPUT', problems.join('\n'));
  return Object.fromEntries(known);
}

function normalize(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}

/** Returns an error about fields in terms of the command line: by their keys, with what to type. */
export function inCommandLineTerms(
  error: PluginError,
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
): PluginError {
  if (error.code !== 'INVALID_INPUT' || !error.issues) return error;
  const fields = formFields(command);
  const lines = error.issues.slice(0, MAX_LISTED_ISSUES).map((issue) => {
    const field = fields.find(({ key }) => key === issue.field);
    return field ? describeIssue(issue, field, parameters[field.key] !== undefined) : describeOther(issue);
  });
  const rest = error.issues.length - lines.length;
  if (rest > 0) lines.push(`And ${rest.toLocaleString('en-US')} more.`);
  const fault = lines.length === 1 ? 'one field needs' : `${error.issues.length} fields need`;
  return new PluginError(
    'INVALID_INPUT',
    [`${command.id} was not sent: ${fault} a correction.`, ...lines].join('\n'),
    { issues: error.issues },
  );
}

const MAX_LISTED_ISSUES = 50;

function describeIssue({ label, message, received }: Issue, field: FormField, isGiven: boolean): string {
  const example = exampleOf(field);
  const advice = example === undefined ? '' : ` Give -p ${field.key}=${quote(example)}.`;
  const name = `${field.key} (${label})`;
  if (isGiven || !field.required) {
    return `${name}: ${message}${received === undefined ? '' : ` Received: ${received}.`}${advice}`;
  }
  const setting = field.key === 'projectId' ? ' Or set MIXPANEL_PROJECT_ID.' : '';
  return `${name}: is missing.${advice}${setting}`;
}

function describeOther({ label, message, received }: Issue): string {
  return `${label}: ${message}${received === undefined ? '' : ` Received: ${received}.`}`;
}

/** Returns a value that fits a field, if the form shows one. */
export function exampleOf(field: FormField): string | undefined {
  const { choices, placeholder, kind, key } = field;
  // Days that have data, so that an example can be run as it is.
  if (kind === 'date') return addDays(toUtcDay(Date.now()), key === 'fromDate' ? -7 : -1);
  return [choices?.[0]?.value, placeholder, field.default].find(
    (each) => each !== undefined && isValid(each, field),
  );
}

/** A placeholder may be a word about the default, such as `Automatic`. */
function isValid(text: string, field: FormField): boolean {
  try {
    return field.schema.safeParse(readValue(text, field)).success;
  } catch {
    return false;
  }
}
