import type { Command, CommandContext } from '../command/definition.js';
import { type FormField, formFields, type InputValues } from '../command/field.js';
import { isTooDeep, ParseError, readValue, unwrap } from '../command/values.js';
import { type Issue, PluginError } from '../errors.js';

/**
 * Reads a host's parameters into a command's input. Every mistake is reported at once, in one `INVALID_INPUT`;
 * only the command's own fields are looked at, since hosts send the fields of all forms.
 */
export function readInput(
  command: Command,
  parameters: Record<string, unknown>,
  context: CommandContext,
): InputValues {
  const fields = formFields(command);
  const issues: Issue[] = [];
  const input: InputValues = {};
  for (const field of fields) {
    const received =
      unwrap(parameters[field.key]) ?? (field.key === 'projectId' ? context.projectId : undefined);
    let value: unknown;
    try {
      value = received === undefined ? undefined : readValue(received, field);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      issues.push(toIssue(field, error.message, received));
      continue;
    }
    const checked = field.schema.safeParse(value);
    if (checked.success) input[field.key] = checked.data;
    else if (value === undefined) issues.push(toIssue(field, requiredMessage(field, parameters[field.key])));
    else
      for (const { message, path } of checked.error.issues)
        issues.push(toIssue(field, withPath(path, message), received));
  }
  if (issues.length === 0) {
    for (const problem of command.check?.(input, context) ?? []) {
      const field = fields.find(({ key }) => key === problem.field);
      issues.push(
        toIssue(field ?? { key: problem.field, label: problem.field }, problem.message, problem.received),
      );
    }
  }
  if (issues.length > 0) throw invalidInput(command.label, issues);
  return input;
}

/** One error for all that is wrong with an input. */
export function invalidInput(label: string, issues: readonly Issue[]): PluginError {
  const sentences = issues.map((each) => {
    const received = each.received === undefined ? '' : ` Received: ${each.received}.`;
    return `${each.label}: ${each.message}${received}`;
  });
  const head = `${label} was not sent: ${issues.length === 1 ? 'one field needs' : `${issues.length} fields need`} a correction.`;
  return new PluginError('INVALID_INPUT', [head, ...sentences].join('\n'), { issues });
}

function requiredMessage(field: FormField, received: unknown): string {
  if (field.key === 'projectId') {
    return 'is missing, and the datasource has no Default Project ID. Give one here, such as 1234567, or set it in the datasource.';
  }
  const word = typeof received === 'string' ? received.trim() : '';
  if (field.key === 'event' && word !== '') {
    return `is required. The word ${word} came, which is what an empty binding leaves behind. If an event has this name, write it in quotes: "${word}".`;
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
  const text = typeof received === 'string' ? received : toJson(received);
  const shown = text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
  return { field: key, label, message, received: shown };
}

function toJson(value: unknown): string {
  if (isTooDeep(value)) return 'a value of many levels';
  return JSON.stringify(value) ?? String(value);
}
