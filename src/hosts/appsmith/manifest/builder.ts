import { datasourceForm } from '../../../command/datasource.js';
import type { Command } from '../../../command/definition.js';
import { type FormField, formFields, sharedKeyOf, type ValueKind } from '../../../command/field.js';
import { isFilledByDatasource, sharedDefault } from '../../../command/form.js';
import { ICON } from './icon.js';
import { COMMAND_PROPERTY, type Control, type Manifest } from './schema.js';
import { SETTINGS } from './settings.js';

const FORM_DATA = 'actionConfiguration.formData';

/** Where the datasource form keeps each field. Only `authentication.password` is encrypted by Appsmith. */
const DATASOURCE_PROPERTIES: Record<string, string> = {
  username: 'datasourceConfiguration.authentication.username',
  password: 'datasourceConfiguration.authentication.password',
  projectId: 'datasourceConfiguration.properties[0].value',
  region: 'datasourceConfiguration.properties[1].value',
};

/** Builds the plugin document of Appsmith from the registry; nothing in here knows a command by name. */
export function buildManifest(commands: readonly Command[]): Manifest {
  return {
    name: 'Mixpanel',
    type: 'REMOTE',
    packageName: 'saas-plugin',
    pluginName: 'mixpanel-1.0-plugin',
    version: '1.0',
    iconLocation: ICON,
    documentationLink: 'https://developer.mixpanel.com/reference/overview',
    responseType: 'JSON',
    uiComponent: 'UQIDbEditorForm',
    datasourceComponent: 'AutoForm',
    allowUserDatasources: true,
    isRemotePlugin: true,
    remotePlugin: true,
    defaultInstall: true,
    templates: {},
    datasourceUiConfig: {
      form: [{ sectionName: 'Connection', id: 1, children: buildDatasourceControls() }],
      formButton: ['CANCEL', 'SAVE'],
    },
    actionUiConfig: {
      editor: [buildSelector(commands), ...commands.map((command) => buildSection(command, commands))],
      setting: SETTINGS,
    },
  };
}

function buildDatasourceControls(): Control[] {
  const formControls = datasourceForm().map((field): Control => {
    const base = {
      label: field.label,
      configProperty: DATASOURCE_PROPERTIES[field.key]!,
      isRequired: field.required,
      initialValue: field.default ?? '',
      tooltipText: field.help,
      ...(field.placeholder ? { placeholderText: field.placeholder } : {}),
      field: buildFieldHint(field),
    };
    if (field.choices) return { ...base, controlType: 'DROP_DOWN', options: [...field.choices] };
    if (field.key === 'password')
      return { ...base, controlType: 'INPUT_TEXT', dataType: 'PASSWORD', encrypted: true };
    return { ...base, controlType: 'INPUT_TEXT' };
  });
  return [
    // Appsmith refuses to execute a remote query whose datasource has no authentication type.
    buildHiddenText(
      'Authentication type',
      'datasourceConfiguration.authentication.authenticationType',
      'basic',
    ),
    ...formControls,
    buildHiddenText('Default project key', 'datasourceConfiguration.properties[0].key', 'projectId'),
    buildHiddenText('Region key', 'datasourceConfiguration.properties[1].key', 'region'),
  ];
}

function buildHiddenText(label: string, configProperty: string, initialValue: string): Control {
  return { label, configProperty, controlType: 'INPUT_TEXT', initialValue, hidden: true };
}

function buildSelector(commands: readonly Command[]): Manifest['actionUiConfig']['editor'][number] {
  return {
    controlType: 'SECTION_V2',
    identifier: 'SELECTOR',
    children: [
      {
        controlType: 'DOUBLE_COLUMN_ZONE',
        identifier: 'SELECTOR-Z1',
        children: [
          {
            label: 'Command',
            configProperty: COMMAND_PROPERTY,
            controlType: 'DROP_DOWN',
            isRequired: true,
            isSearchable: true,
            initialValue: commands[0]?.id ?? '',
            tooltipText: 'What to ask of Mixpanel.',
            options: commands.map(({ id, label, description }) => ({
              label,
              value: id,
              subText: description,
            })),
          },
        ],
      },
    ],
  };
}

function buildSection(
  command: Command,
  commands: readonly Command[],
): Manifest['actionUiConfig']['editor'][number] {
  return {
    controlType: 'SECTION_V2',
    identifier: command.id,
    name: command.label,
    description: command.description,
    documentation: command.documentation,
    conditionals: { show: `{{${COMMAND_PROPERTY} === '${command.id}'}}` },
    children: buildZones(command, commands),
  };
}

type Zone = Manifest['actionUiConfig']['editor'][number]['children'][number];

/** What the query costs, a link and the examples; then what is asked; then what shapes the answer. */
function buildZones(command: Command, commands: readonly Command[]): Zone[] {
  const fields = formFields(command);
  const controls = (advanced: boolean) =>
    fields
      .filter((field) => Boolean(field.advanced) === advanced)
      .map((field) => buildControl(command, field, commands));
  return [
    ...groupControls([buildIntroduction(command), ...buildExampleGroups(command), ...controls(false)]),
    ...groupControls([buildAdvancedHeading(command), ...controls(true)]),
  ].map((zone, index) => ({ ...zone, identifier: `${command.id}-Z${index + 1}` }));
}

/**
 * Appsmith draws a label, a line below it and a link for this control, and a button for each option, which writes its
 * values into the form. Source: Appsmith CE, `FormTemplateControl.tsx`, `FormConfig.tsx`.
 */
function buildIntroduction(command: Command): Control {
  return {
    label: command.label,
    subtitle: command.cost,
    url: command.documentation,
    urlText: "Mixpanel's documentation",
    configProperty: '',
    propertyName: `${command.id}_examples`,
    controlType: 'FORM_TEMPLATE',
    options: buildExamples(command, undefined),
  };
}

/** A row of buttons does not wrap in Appsmith, so examples in groups have a row for each group. */
function buildExampleGroups(command: Command): Control[] {
  const groups = new Set(command.examples?.flatMap(({ group }) => group ?? []));
  return [...groups].map((group, index) => ({
    label: group,
    configProperty: '',
    propertyName: `${command.id}_examples${index + 1}`,
    controlType: 'FORM_TEMPLATE',
    options: buildExamples(command, group),
  }));
}

/** Without options, only the label and the line below it are drawn: a heading, for which there is no control. */
function buildAdvancedHeading(command: Command): Control {
  return {
    label: 'Advanced',
    subtitle: 'The shape of the answer, and how long it may be used again',
    configProperty: '',
    propertyName: `${command.id}_advanced`,
    controlType: 'FORM_TEMPLATE',
    options: [],
  };
}

interface ExampleOption {
  label: string;
  description?: string;
  value: Record<string, string>;
}

/** Returns the examples of a group. An example also resets what the others would fill in. */
function buildExamples({ examples = [], fields }: Command, group: string | undefined): ExampleOption[] {
  const filled = formFields({ fields }).filter(({ key }) => examples.some(({ values }) => key in values));
  return examples
    .filter((example) => example.group === group)
    .map(({ label, description, values }) => ({
      label,
      ...(description ? { description } : {}),
      value: Object.fromEntries(
        filled.map((field) => [
          propertyOf(field),
          values[field.key] ?? (field.choices && field.default) ?? '',
        ]),
      ),
    }));
}

/** Long texts have a line of their own, short ones stand in pairs. */
function groupControls(controls: readonly Control[]): Omit<Zone, 'identifier'>[] {
  const grouped: Omit<Zone, 'identifier'>[] = [];
  for (const each of controls) {
    const controlType = WIDE_CONTROLS.has(each.controlType) ? 'SINGLE_COLUMN_ZONE' : 'DOUBLE_COLUMN_ZONE';
    const last = grouped.at(-1);
    if (last?.controlType === controlType) last.children.push(each);
    else grouped.push({ controlType, children: [each] });
  }
  return grouped;
}

const WIDE_CONTROLS: ReadonlySet<Control['controlType']> = new Set(['QUERY_DYNAMIC_TEXT', 'FORM_TEMPLATE']);

const MULTILINE_KINDS: ReadonlySet<ValueKind> = new Set(['records', 'object', 'any', 'expression']);

function buildControl(command: Command, field: FormField, commands: readonly Command[]): Control {
  const base = {
    label: field.label,
    configProperty: propertyOf(field),
    // Commands share their values but not their state: each control has a key of its own.
    propertyName: `${command.id}_${field.key}`,
    // A star on what the datasource fills in would ask for it twice.
    isRequired: field.required && !isFilledByDatasource(field),
    tooltipText: field.help,
    ...subtitle(field, commands),
    ...(field.placeholder ? { placeholderText: field.placeholder } : {}),
    ...initialValue(field, commands),
    field: buildFieldHint(field),
  };
  if (field.choices)
    return { ...base, controlType: 'DROP_DOWN', alternateViewTypes: ['json'], options: [...field.choices] };
  if (MULTILINE_KINDS.has(field.kind))
    return { ...base, controlType: 'QUERY_DYNAMIC_TEXT', evaluationSubstitutionType: 'TEMPLATE' };
  return { ...base, controlType: 'QUERY_DYNAMIC_INPUT_TEXT', evaluationSubstitutionType: 'TEMPLATE' };
}

/**
 * Where a query keeps the field. A dropdown can be bound only at a path that ends in `.data`, where Appsmith shows a
 * switch to JavaScript and looks for bindings. Source: Appsmith CE, `formControls/utils.ts` (`getViewType`).
 */
function propertyOf(field: FormField): string {
  return `${FORM_DATA}.${sharedKeyOf(field)}${field.choices ? '.data' : ''}`;
}

/**
 * Appsmith writes the initial values of all forms into a new query at once, and a field has one value whichever
 * form shows it: commands that disagree on a default would overwrite each other's. Such a field starts empty,
 * with its default in words, and the executor fills it in.
 */
function initialValue(field: FormField, commands: readonly Command[]): { initialValue: string } {
  return { initialValue: sharedDefault(field, commands) ?? '' };
}

function subtitle(field: FormField, commands: readonly Command[]): { subtitle?: string } {
  const { note, default: defaultValue } = field;
  if (note) return { subtitle: note };
  const isHidden = defaultValue !== undefined && sharedDefault(field, commands) === undefined;
  return isHidden ? { subtitle: `Default: ${defaultValue}` } : {};
}

function buildFieldHint({
  key,
  kind,
  lookup,
  completes,
  inserts,
  default: defaultValue,
}: FormField): Control['field'] {
  return {
    key,
    kind,
    ...(lookup ? { lookup } : {}),
    ...(completes ? { completes } : {}),
    ...(inserts ? { inserts: inserts.map((each) => ({ ...each, path: [...each.path] })) } : {}),
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
  };
}
