import {
  type CommandExample,
  describeColumns,
  type Command as MixpanelCommand,
} from '../command/definition.js';
import { type FormField, formFields } from '../command/field.js';
import { commands } from '../commands/index.js';
import { findCommand, shortName } from './options/command-id.js';
import { exampleOf } from './options/parameters.js';
import { quote } from './shell-words.js';
import { columnsOf, type OutputStream } from './terminal.js';
import { wrap } from './ui/wrap.js';

/** The commands by what one wants to know. A test compares the list with the registry. */
const PURPOSES: readonly (readonly [purpose: string, ids: readonly string[]])[] = [
  [
    'Count events',
    ['GET_AGGREGATE_EVENT_COUNTS', 'GET_AGGREGATED_EVENT_PROPERTY_VALUES', 'GET_TODAYS_TOP_EVENTS'],
  ],
  ['See what is tracked', ['GET_TOP_EVENTS', 'GET_TOP_EVENT_PROPERTIES', 'GET_TOP_EVENT_PROPERTY_VALUES']],
  ['Get raw events', ['DOWNLOAD_DATA', 'GET_PROFILE_EVENT_ACTIVITY']],
  ['Get users and groups', ['QUERY_PROFILES', 'LIST_SAVED_COHORTS']],
  ['Get saved reports', ['QUERY_INSIGHTS_REPORT']],
  ['Send events', ['TRACK_EVENTS']],
  ['Anything else', ['GET_PROJECTS', 'CUSTOM_ACTION']],
];

/** Prints all commands, or the fields of one. */
export function listCommands(
  name: string | undefined,
  { json }: { json?: boolean },
  { stdout }: { stdout: OutputStream },
): void {
  const selected = name === undefined ? undefined : findCommand(name);
  if (json) {
    const listed = (selected ? [selected] : commands).map(describeCommand);
    stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
  } else if (selected) stdout.write(renderFields(selected, columnsOf(stdout)));
  else stdout.write(stdout.isTTY ? renderPurposes(columnsOf(stdout)) : renderLines());
}

function describeCommand(command: MixpanelCommand) {
  const { id, label, description, documentation, columns, moreColumns, examples = [] } = command;
  const fields = formFields(command).map(({ schema: _, ...field }) => field);
  return {
    id,
    name: shortName(command),
    label,
    description,
    documentation,
    columns,
    moreColumns,
    fields,
    examples: examples.map((example) => ({ ...example, run: commandLineOf(command, example) })),
  };
}

/** A line each in a pipe. */
function renderLines(): string {
  return commands.map(({ id, description }) => `${id}\t${description}\n`).join('');
}

function renderPurposes(width: number): string {
  const sections = PURPOSES.map(([purpose, ids]) => {
    const entries = commands
      .filter(({ id }) => ids.includes(id))
      .map((each) => `  ${each.id} (${shortName(each)})\n${wrap(each.description, width, 6)}\n`);
    return `${purpose}\n${entries.join('')}`;
  });
  return `${sections.join('\n')}\n"mixpanel-datasource commands <command>" shows the fields of one.\n`;
}

function renderFields(command: MixpanelCommand, width: number): string {
  const { id, label, description, documentation } = command;
  const fields = formFields(command);
  const required = fields
    .filter((field) => field.required && field.default === undefined)
    .map((field) => ` -p ${field.key}=${quote(exampleOf(field) ?? '…')}`);
  return [
    `${label} – ${id}, or ${shortName(command)}`,
    wrap(description, width, 0),
    '',
    ...fields.map((field) => renderField(field, width)),
    `Rows\n${wrap(`${describeColumns(command)}.`, width, 6)}\n`,
    `Example\n      mixpanel-datasource run ${shortName(command)}${required.join('')}\n`,
    ...renderRequests(command, width),
    `${documentation}\n`,
  ].join('\n');
}

/** Examples in groups are requests of their own: each with what it is for and its command line. */
function renderRequests(command: MixpanelCommand, width: number): string[] {
  const { examples = [] } = command;
  const groups = [...new Set(examples.flatMap(({ group }) => group ?? []))];
  return groups.flatMap((group) => [
    group,
    ...examples
      .filter((example) => example.group === group)
      .map((example) =>
        [
          `  ${example.label}`,
          ...(example.description ? [wrap(example.description, width, 6)] : []),
          ...(example.rows ? [wrap(`Rows: ${example.rows}.`, width, 6)] : []),
          `      ${commandLineOf(command, example)}\n`,
        ].join('\n'),
      ),
  ]);
}

/** Returns the command line of an example, without what is the default. */
export function commandLineOf(command: MixpanelCommand, { values }: CommandExample): string {
  const given = formFields(command).filter(
    ({ key, default: byDefault }) => values[key] !== undefined && values[key] !== byDefault,
  );
  const options = given.map(({ key }) => ` -p ${quote(`${key}=${values[key]}`)}`);
  return `mixpanel-datasource run ${shortName(command)}${options.join('')}`;
}

function renderField(field: FormField, width: number): string {
  const { key, label, required, help, choices } = field;
  const example = exampleOf(field);
  const notes = [
    label,
    ...(field.default === undefined ? (required ? ['required'] : []) : [`default ${field.default}`]),
  ];
  const values = choices ? ` One of ${choices.map(({ value }) => value).join(', ')}.` : '';
  const shown = example === undefined || choices ? '' : `      -p ${key}=${quote(example)}\n`;
  return `  ${key} (${notes.join(', ')})\n${wrap(`${help}${values}`, width, 6)}\n${shown}`;
}
