import { datasourceForm } from '../../command/datasource.js';
import type { Command } from '../../command/definition.js';
import { type FormField, formFields, type ValueKind } from '../../command/field.js';
import { isFilledByDatasource } from '../../command/form.js';

/**
 * The `schema.json` of a Budibase datasource plugin, as its validator takes it. Source: `@budibase/backend-core`
 * 3.46.0, `dist/plugins.js`.
 */
export interface BudibaseSchema {
  type: 'datasource';
  metadata: Record<string, never>;
  schema: {
    docs: string;
    friendlyName: string;
    type: 'API';
    description: string;
    features: { connection: true };
    datasource: Record<string, BudibaseField>;
    query: Record<string, BudibaseQuery>;
    extra: Record<string, BudibaseChoice>;
  };
}

interface BudibaseField {
  type: 'string' | 'password' | 'json';
  required: boolean;
  default?: string;
  /** The label; there is no other place for words beside a field. */
  display: string;
}

interface BudibaseQuery {
  type: 'fields';
  displayName: string;
  /** Its rows may fill tables and data providers. */
  readable: true;
  fields: Record<string, BudibaseField>;
}

/** The only dropdown Budibase has: shown with every query, its list by verb. It cannot be bound to a parameter. */
interface BudibaseChoice {
  type: 'list';
  displayName: string;
  required: false;
  data: Record<string, string[]>;
}

/** Builds Budibase's `schema.json` from the registry: each command is a verb. No command is known by name here. */
export function buildBudibaseSchema(commands: readonly Command[]): BudibaseSchema {
  return {
    type: 'datasource',
    metadata: {},
    schema: {
      docs: 'https://developer.mixpanel.com/reference/overview',
      friendlyName: 'Mixpanel',
      type: 'API',
      description: 'Queries Mixpanel with a service account.',
      features: { connection: true },
      datasource: Object.fromEntries(datasourceForm().map((field) => [field.key, datasourceField(field)])),
      query: Object.fromEntries(
        commands.map((command) => [
          command.id,
          { type: 'fields', displayName: command.label, readable: true, fields: queryFields(command) },
        ]),
      ),
      extra: choiceLists(commands),
    },
  };
}

function datasourceField(field: FormField): BudibaseField {
  return {
    type: field.confidential ? 'password' : 'string',
    required: field.required,
    ...(field.default === undefined ? {} : { default: field.default }),
    display: display(field),
  };
}

function queryFields(command: Command): Record<string, BudibaseField> {
  return Object.fromEntries(
    formFields(command)
      .filter(({ choices }) => !choices)
      .map((field) => [
        field.key,
        {
          type: JSON_KINDS.has(field.kind) ? 'json' : 'string',
          required: field.required && !isFilledByDatasource(field),
          display: display(field),
        },
      ]),
  );
}

/** Shown in an editor of several lines; everything else is one line that takes `{{ bindings }}`. */
const JSON_KINDS: ReadonlySet<ValueKind> = new Set(['records', 'object', 'any']);

/** The dropdowns, by field: one list for each verb that has the field. */
function choiceLists(commands: readonly Command[]): Record<string, BudibaseChoice> {
  const lists: Record<string, BudibaseChoice> = {};
  for (const command of commands) {
    for (const { key, label, choices } of formFields(command)) {
      if (!choices) continue;
      lists[key] ??= { type: 'list', displayName: label, required: false, data: {} };
      lists[key].data[command.id] = choices.map(({ value }) => value);
    }
  }
  return lists;
}

function display({ label, help, choices }: FormField): string {
  const values = choices ? ` One of ${choices.map(({ value }) => value).join(', ')}.` : '';
  return `${label}: ${help}${values}`;
}
