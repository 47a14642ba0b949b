import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { datasourceForm } from '../../command/datasource.js';
import type { Command } from '../../command/definition.js';
import { type FormField, formFields } from '../../command/field.js';
import { type InsertionField, insertionFields, isFilledByDatasource } from '../../command/form.js';
import { describeLookupCost, LOOKUP_INFO, type Lookup } from '../../command/lookup.js';
import {
  DEFAULT_MAX_ITEMS,
  DEFAULT_TIMEOUT_SECONDS,
  isStreamed,
  MAX_ITEMS,
  OPTIONS,
  TIMEOUT_SECONDS,
} from './options.js';

/** The form of the node: what `node-form.json` holds. */
export interface N8nNodeForm {
  /** The operation's name, below the node. */
  subtitle: string;
  properties: INodeProperties[];
}

/** Builds the node's form from the registry; nothing in here knows a command by name. */
export function buildN8nNodeForm(commands: readonly Command[]): N8nNodeForm {
  return {
    subtitle: subtitle(commands),
    properties: [
      operation(commands),
      ...commands.flatMap((command) => [...required(command), options(command)]),
    ],
  };
}

/** Builds the credential's form: what `credential-form.json` holds. */
export function buildN8nCredentialForm(): INodeProperties[] {
  return datasourceForm().map(credentialProperty);
}

function subtitle(commands: readonly Command[]): string {
  const labels = Object.fromEntries(commands.map(({ id, label }) => [id, label]));
  return `={{ (${JSON.stringify(labels)})[$parameter["operation"]] }}`;
}

function operation(commands: readonly Command[]): INodeProperties {
  return {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: commands[0]?.id ?? '',
    options: commands.map(({ id, label, description }) => ({
      name: label,
      value: id,
      description,
      action: label,
    })),
  };
}

/** n8n shows a property with the operations it names, and keeps one value for all properties of a name. */
function required(command: Command): INodeProperties[] {
  return formFields(command)
    .filter((field) => !isOptional(field))
    .map((field) => ({ ...property(field), displayOptions: shownWith(command) }));
}

function shownWith({ id }: Command) {
  return { show: { operation: [id] } };
}

/** Returns whether the field stands among the options; the others are always shown. */
function isOptional(field: FormField): boolean {
  return !field.required && !isFilledByDatasource(field);
}

function options(command: Command): INodeProperties {
  const streamed = isStreamed(command);
  const own = formFields(command)
    .filter(isOptional)
    .flatMap((field) => [property(field), ...insertionFields(field).map((each) => insertion(field, each))]);
  return {
    displayName: 'Options',
    name: OPTIONS,
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    displayOptions: shownWith(command),
    options: [
      ...own,
      ...(streamed ? [maxItems(), timeoutSeconds(STREAM_TIMEOUT)] : [timeoutSeconds(QUERY_TIMEOUT)]),
    ],
  };
}

function maxItems(): INodeProperties {
  return {
    displayName: 'Max Items',
    name: MAX_ITEMS,
    type: 'number',
    typeOptions: { minValue: 1 },
    default: DEFAULT_MAX_ITEMS,
    description: `The most items to return; a hint says so if there were more. Left out, ${DEFAULT_MAX_ITEMS.toLocaleString('en-US')}.`,
  };
}

const QUERY_TIMEOUT = {
  default: DEFAULT_TIMEOUT_SECONDS,
  description: `The longest the query may take, waiting for the quota included. Left out, ${DEFAULT_TIMEOUT_SECONDS} seconds.`,
};
const STREAM_TIMEOUT = {
  default: 600,
  description:
    'The longest the query may take, waiting for the quota included. Left out, as long as the workflow.',
};

function timeoutSeconds(words: { default: number; description: string }): INodeProperties {
  return {
    displayName: 'Timeout (Seconds)',
    name: TIMEOUT_SECONDS,
    type: 'number',
    typeOptions: { minValue: 1 },
    ...words,
  };
}

function property(field: FormField): INodeProperties {
  const { key, label, help, placeholder, choices, lookup, kind } = field;
  const base = {
    displayName: label,
    name: key,
    description: help,
    ...(lookup && LOOKUP_INFO[lookup].queries > 0 ? { hint: describeLookupCost(lookup) } : {}),
    ...(field.required && !isFilledByDatasource(field) ? { required: true } : {}),
  };
  if (choices) {
    return {
      ...base,
      type: 'options',
      default: field.default ?? '',
      options: choices.map((choice) => ({ name: choice.label, value: choice.value })),
    };
  }
  if (lookup && kind === 'list') return { ...base, ...multipleChoice(lookup) };
  if (lookup) return { ...base, ...locator(lookup, placeholder) };
  const hint = placeholder === undefined ? {} : { placeholder };
  switch (kind) {
    case 'integer':
      return { ...base, type: 'number', default: Number(field.default ?? placeholder) || 0 };
    case 'date':
      return {
        ...base,
        type: 'dateTime',
        typeOptions: { dateOnly: true },
        default: '',
        hint: 'For a relative date, such as -30d, switch to Expression and write it',
        ...hint,
      };
    case 'records':
    case 'object':
      return { ...base, type: 'json', default: '' };
    case 'expression':
    case 'any':
      return { ...base, type: 'string', typeOptions: { rows: 3 }, default: '', ...hint };
    default:
      return { ...base, type: 'string', default: field.default ?? '', ...hint };
  }
}

/** A dropdown of several; an expression may give names it does not list. */
function multipleChoice(lookup: Lookup) {
  return {
    type: 'multiOptions' as const,
    typeOptions: { loadOptionsMethod: lookup, ...dependencies(lookup) },
    allowArbitraryValues: true,
    default: [],
  };
}

/** A searchable list, or the value typed. */
function locator(lookup: Lookup, placeholder = '') {
  const modes: INodePropertyMode[] = [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      typeOptions: { searchListMethod: lookup, searchable: true },
    },
    { displayName: 'By Value', name: 'value', type: 'string', placeholder },
  ];
  return {
    type: 'resourceLocator' as const,
    typeOptions: dependencies(lookup),
    default: { __rl: true, mode: 'list', value: '' },
    modes,
  };
}

/** What a look-up depends on is required or filled by the credential, so it is a locator outside the options. */
function dependencies(lookup: Lookup): { loadOptionsDependsOn?: string[] } {
  const keys = LOOKUP_INFO[lookup].needs;
  return keys.length > 0 ? { loadOptionsDependsOn: keys.map((key) => `${key}.value`) } : {};
}

function insertion(field: FormField, { key, label, lookup, path, as }: InsertionField): INodeProperties {
  return {
    displayName: label,
    name: key,
    description: `Written into ${field.label} as ${path.join('.')}`,
    ...(LOOKUP_INFO[lookup].queries > 0 ? { hint: describeLookupCost(lookup) } : {}),
    ...(as === 'list' ? multipleChoice(lookup) : locator(lookup)),
  };
}

function credentialProperty(field: FormField): INodeProperties {
  const { key, label, help, placeholder, choices, confidential } = field;
  return {
    displayName: label,
    name: key,
    type: choices ? 'options' : 'string',
    ...(confidential ? { typeOptions: { password: true } } : {}),
    ...(choices ? { options: choices.map((each) => ({ name: each.label, value: each.value })) } : {}),
    default: field.default ?? '',
    description: help,
    ...(placeholder ? { placeholder } : {}),
    ...(field.required ? { required: true } : {}),
  };
}
