import type { Command } from 'commander';
import { describeColumns, type Command as MixpanelCommand } from '../command/definition.js';
import { formFields } from '../command/field.js';
import { commands } from '../commands/index.js';
import { renderTable } from './ui/table.js';

/** `commands [--json]`: what there is to run, and the fields of each. */
export function addCommandsCommand(program: Command): void {
  program
    .command('commands')
    .description('list the commands and their fields')
    .argument('[id]', 'show the fields of this command')
    .option('--json', 'as JSON')
    .action((id: string | undefined, { json }: { json?: boolean }) => {
      const selected = id ? commands.filter((each) => each.id === id.toUpperCase()) : commands;
      if (selected.length === 0) program.error(`There is no command ${id}.`, { exitCode: 2 });
      if (json) process.stdout.write(`${JSON.stringify(selected.map(describeCommand), null, 2)}\n`);
      else process.stdout.write(id ? renderFieldList(selected[0]!) : renderCommandTable());
    });
}

function describeCommand(command: MixpanelCommand) {
  const { id, label, description, documentation, columns, moreColumns } = command;
  const fields = formFields(command).map(({ schema: _, ...field }) => field);
  return { id, label, description, documentation, columns, moreColumns, fields };
}

/** A line each in a pipe, where nobody draws tables. */
function renderCommandTable(): string {
  if (!process.stdout.isTTY) return commands.map(({ id, label }) => `${id}\t${label}\n`).join('');
  return renderTable(commands.map(({ id, description }) => ({ command: id, description })));
}

/** A table would cut the help texts, which are what one came for. */
function renderFieldList(command: MixpanelCommand): string {
  const fields = formFields(command).map(({ key, label, required, default: defaultValue, choices, help }) => {
    const notes = [
      label,
      required && 'required',
      defaultValue !== undefined && `default ${defaultValue}`,
    ].filter(Boolean);
    const values = choices ? `\n    One of ${choices.map(({ value }) => value).join(', ')}.` : '';
    return `  ${key} (${notes.join(', ')})\n    ${help}${values}\n`;
  });
  return `${command.label}: ${command.description}\n\n${fields.join('')}\nRows: ${describeColumns(command)}.\n${command.documentation}\n`;
}
