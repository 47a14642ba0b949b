import type { Command } from '../../command/definition.js';
import { type FormField, formFields } from '../../command/field.js';
import { isFilledByDatasource } from '../../command/form.js';
import type { HostSnippet, QueryField } from '../wire.js';
import type { Connection } from './sessions.js';
import { quoteForShell } from './shell.js';

/** The parameters that are neither empty nor the default, with their fields, in the order of the form. */
function givenFields(
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
): { field: FormField; value: unknown }[] {
  return formFields(command)
    .map((field) => ({ field, value: parameters[field.key] }))
    .filter(({ field, value }) => toText(value) !== '' && toText(value) !== (field.default ?? ''));
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Returns what to type into the form of a host: labels and values, dropdowns by the words they show. */
export function describeFields(
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
): QueryField[] {
  return [
    { label: 'Command', value: command.label },
    ...givenFields(command, parameters).map(({ field, value }) => ({
      label: field.label,
      value: field.choices?.find((choice) => choice.value === value)?.label ?? toText(value),
    })),
  ];
}

/** Returns the query for this project's command line. Credentials come from the environment. */
export function toCommandLine(
  { datasource, hosts }: Connection,
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
): string {
  const { region = 'US', projectId } = datasource;
  const environment = [
    ...(region === 'US' ? [] : [`MIXPANEL_REGION=${region}`]),
    ...(projectId && !parameters.projectId ? [`MIXPANEL_PROJECT_ID=${projectId}`] : []),
  ];
  const lines = [
    [...environment, 'npx mixpanel-datasource run', command.id].join(' '),
    ...givenFields(command, parameters).map(
      ({ field, value }) => `-p ${quoteForShell(`${field.key}=${toText(value)}`)}`,
    ),
    ...(hosts ? [`--mixpanel-url ${hosts.query}`] : []),
  ];
  return lines.join(' \\\n  ');
}

/** Returns the query for the hosts that have adapters. */
export function toHostSnippets(
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
): HostSnippet[] {
  return [
    {
      host: 'n8n',
      hint: 'Copy, then paste into the canvas of a workflow. Choose the credential in the node.',
      text: toN8nNode(command, parameters),
    },
    {
      host: 'ToolJet',
      hint: 'Operation and fields of the query.',
      text: toLines('Operation', command, parameters),
    },
    {
      host: 'Budibase',
      hint: 'Query type and fields. Budibase shows dropdowns by their values.',
      text: toLines('Query type', command, parameters, { byValue: true }),
    },
  ];
}

/** A node as n8n copies it: what is required beside the operation, the rest below options (`hosts/n8n/properties.ts`). */
function toN8nNode(command: Command, parameters: Readonly<Record<string, unknown>>): string {
  const fields = givenFields(command, parameters);
  const isRequired = (field: FormField) => field.required || isFilledByDatasource(field);
  const entry = ({ field, value }: (typeof fields)[number]) => [field.key, toN8nValue(field, value)];
  const node = {
    name: command.label,
    type: 'n8n-nodes-mixpanel-datasource.mixpanel',
    typeVersion: 1,
    position: [0, 0],
    parameters: {
      operation: command.id,
      ...Object.fromEntries(fields.filter(({ field }) => isRequired(field)).map(entry)),
      options: Object.fromEntries(fields.filter(({ field }) => !isRequired(field)).map(entry)),
    },
  };
  return JSON.stringify({ nodes: [node], connections: {} }, null, 2);
}

function toN8nValue({ kind, lookup, choices }: FormField, value: unknown): unknown {
  if (kind === 'list') return parseList(value);
  if (lookup && !choices) return { __rl: true, mode: 'value', value: toText(value) };
  return kind === 'integer' ? Number(value) : toText(value);
}

function parseList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value.split(',').map((name) => name.trim());
  }
}

function toLines(
  title: string,
  command: Command,
  parameters: Readonly<Record<string, unknown>>,
  { byValue = false } = {},
): string {
  const fields = byValue
    ? givenFields(command, parameters).map(({ field, value }) => ({
        label: field.label,
        value: toText(value),
      }))
    : describeFields(command, parameters).slice(1);
  return [`${title}: ${command.label}`, ...fields.map(({ label, value }) => `${label}: ${value}`)].join('\n');
}
