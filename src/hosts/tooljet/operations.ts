import type { Command } from '../../command/definition.js';
import { type FormField, formFields, sharedKeyOf, type ValueKind } from '../../command/field.js';
import { type InsertionField, insertionFields, sharedDefault } from '../../command/form.js';
import { LOOKUP_INFO, type Lookup } from '../../command/lookup.js';

/**
 * ToolJet's form of a query: what `lib/operations.json` of a plugin holds, one nested form per operation. Sources:
 * ToolJet, `plugins/schemas/operations.schema.json`, `plugins/packages/googlesheetsv2/lib/operations.json`,
 * `frontend/src/_components/DynamicSelector`.
 */
export interface ToolJetOperations {
  $schema: string;
  title: string;
  description: string;
  type: 'api';
  defaults: Record<string, string>;
  properties: { operation: OperationSelector } & Record<string, OperationSelector | OperationForm>;
}

interface OperationSelector {
  label: string;
  key: string;
  type: 'dropdown-component-flip';
  description: string;
  list: ListEntry[];
}

export type OperationForm = Record<string, ToolJetControl>;

interface ListEntry {
  name: string;
  value: string;
}

interface ControlBase {
  label: string;
  key: string;
  description: string;
}

export type ToolJetControl =
  | (ControlBase & { type: 'dropdown'; list: ListEntry[] })
  | (ControlBase & {
      type: 'codehinter';
      lineNumbers: boolean;
      height: string;
      className: string;
      placeholder: string;
    })
  | (ControlBase & {
      type: 'dynamic-selector';
      /** Called by ToolJet as `invokeMethod` of the query service. */
      operation: { invokeMethod: Lookup; label: string };
      /** Sent along with the call. Until all of them have values the selector is disabled. */
      dependsOn?: string[];
      /** Lets the value be typed or bound instead. */
      fxEnabled: true;
      isMulti?: true;
      placeholder: string;
    });

/** Builds ToolJet's `operations.json` from the registry; nothing in here knows a command by name. */
export function buildToolJetOperations(commands: readonly Command[]): ToolJetOperations {
  return {
    $schema:
      'https://raw.githubusercontent.com/ToolJet/ToolJet/develop/plugins/schemas/operations.schema.json',
    title: 'Mixpanel datasource',
    description: 'Queries Mixpanel with a service account.',
    type: 'api',
    defaults: defaults(commands),
    properties: {
      operation: {
        label: 'Command',
        key: 'operation',
        type: 'dropdown-component-flip',
        description: 'What to ask of Mixpanel.',
        list: commands.map(({ id, label }) => ({ name: label, value: id })),
      },
      ...Object.fromEntries(commands.map((command) => [command.id, form(command)])),
    },
  };
}

/** One value per key serves every operation's form, so only a default all of them share is filled in. */
function defaults(commands: readonly Command[]): Record<string, string> {
  const shared = commands.flatMap(formFields).flatMap((field) => {
    const value = sharedDefault(field, commands);
    return value === undefined ? [] : [[sharedKeyOf(field), value]];
  });
  return { operation: commands[0]?.id ?? '', ...Object.fromEntries(shared) };
}

function form(command: Command): OperationForm {
  const controls = formFields(command).flatMap((field): ToolJetControl[] => {
    return [control(field), ...insertionFields(field).map((each) => insertionControl(field, each))];
  });
  return Object.fromEntries(controls.map((each) => [each.key, each]));
}

const LONG_TEXT: ReadonlySet<ValueKind> = new Set(['records', 'object', 'any', 'expression']);

function control(field: FormField): ToolJetControl {
  const { label, help, kind, choices, lookup, placeholder = '' } = field;
  const base = { label, key: sharedKeyOf(field), description: help };
  if (choices) {
    const list = choices.map((choice) => ({ name: choice.label, value: choice.value }));
    return { ...base, type: 'dropdown', list };
  }
  if (lookup) {
    return {
      ...base,
      ...selector(lookup),
      placeholder,
      ...(kind === 'list' ? { isMulti: true as const } : {}),
    };
  }
  return {
    ...base,
    type: 'codehinter',
    lineNumbers: false,
    height: LONG_TEXT.has(kind) ? '150px' : '36px',
    className: 'codehinter-plugins',
    placeholder,
  };
}

function insertionControl(
  field: FormField,
  { key, label, lookup, path, as }: InsertionField,
): ToolJetControl {
  return {
    label,
    key,
    description: `Written into ${field.label} as ${path.join('.')}.`,
    ...selector(lookup),
    ...(as === 'list' ? { isMulti: true as const } : {}),
    placeholder: '',
  };
}

function selector(lookup: Lookup) {
  const { noun, queries, needs } = LOOKUP_INFO[lookup];
  // One sees what it costs before one presses it.
  const label = `Fetch ${noun}${queries === 0 ? '' : ` (${queries} query)`}`;
  return {
    type: 'dynamic-selector' as const,
    operation: { invokeMethod: lookup, label },
    ...(needs.length > 0 ? { dependsOn: [...needs] } : {}),
    fxEnabled: true as const,
  };
}
