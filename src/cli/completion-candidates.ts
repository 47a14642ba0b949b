import type { Command, Option } from 'commander';
import { FILES, type Shell } from './completion-scripts.js';
import type { Terminal } from './terminal.js';

interface Candidate {
  value: string;
  description?: string;
}

/** Options whose value is a file. */
const FILE_OPTION = /<(?:file|directory)>|\[file\]/;

/**
 * Returns what may stand at the cursor, a candidate a line, with a tab before its description; for bash without one.
 * `words` are those after the program's name up to the cursor, the last one being completed.
 */
export async function completeWords(
  program: Command,
  shell: Shell,
  words: readonly string[],
  loadSubcommand: (name: string) => Promise<Command | undefined>,
  terminal: Terminal,
): Promise<string> {
  const joined = shell === 'bash' ? joinAtEquals(words) : words;
  const current = joined.at(-1) ?? '';
  const earlier = joined.slice(0, -1);
  const name = earlier.find((word) => !word.startsWith('-'));
  const candidates =
    name === undefined || name === 'help'
      ? topLevel(program, current)
      : await ofSubcommand(await loadSubcommand(name), earlier, current, terminal);
  if (candidates === FILES) return `${FILES}\n`;
  // Bash replaces only what comes after the last "=".
  const replacedFrom = shell === 'bash' ? current.lastIndexOf('=') + 1 : 0;
  return candidates
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => {
      const shown = value.slice(replacedFrom);
      return shell === 'bash' ? `${shown}\n` : `${shown}\t${firstSentence(description)}\n`;
    })
    .join('');
}

/** Bash divides `unit=day` into three words. */
function joinAtEquals(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const [index, word] of words.entries()) {
    const isJoined = index > 0 && (word === '=' || words[index - 1] === '=');
    if (isJoined && joined.length > 0) joined[joined.length - 1] += word;
    else joined.push(word);
  }
  return joined;
}

function topLevel(program: Command, current: string): Candidate[] {
  if (current.startsWith('-')) return optionsOf(program);
  return program
    .createHelp()
    .visibleCommands(program)
    .map((each) => ({
      value: each.name(),
      description: each.description(),
    }));
}

async function ofSubcommand(
  command: Command | undefined,
  earlier: readonly string[],
  current: string,
  terminal: Terminal,
): Promise<Candidate[] | typeof FILES> {
  if (!command) return [];
  const before = earlier.at(-1) ?? '';
  const option = command.options.find((each) => isNamed(each, before));
  if (option && (option.required || (option.optional && !current.startsWith('-')))) {
    return valuesOf(option, earlier, current, terminal);
  }
  const [, inline, value] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const named = inline && command.options.find((each) => isNamed(each, inline));
  if (named) {
    const values = await valuesOf(named, earlier, value ?? '', terminal);
    return values === FILES ? [] : values.map((each) => ({ ...each, value: `${inline}=${each.value}` }));
  }
  if (current.startsWith('-')) return optionsOf(command);
  return argumentsOf(command, earlier, current);
}

function optionsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ short, long, description }) =>
      [long, short].filter((each) => each !== undefined).map((value) => ({ value, description })),
    );
}

async function valuesOf(
  option: Option,
  earlier: readonly string[],
  current: string,
  terminal: Terminal,
): Promise<Candidate[] | typeof FILES> {
  if (isNamed(option, '--param')) return fieldsOf(earlier, current);
  if (isNamed(option, '--profile')) {
    const { ProfileFile } = await import('./files/profile-file.js');
    const file = await ProfileFile.open(terminal);
    return file.names.map((value) => ({ value, description: file.get(value)?.username }));
  }
  if (option.argChoices) return option.argChoices.map((value) => ({ value }));
  return FILE_OPTION.test(option.flags) ? FILES : [];
}

/** Returns the fields of the command that is run, or behind `=` the values of one. */
async function fieldsOf(earlier: readonly string[], current: string): Promise<Candidate[]> {
  const { findCommand } = await import('./options/command-id.js');
  const { formFields } = await import('../command/field.js');
  const command = earlier
    .slice(1)
    .map((word) => tryFind(findCommand, word))
    .find((each) => each !== undefined);
  if (!command) return [];
  const fields = formFields(command);
  const separator = current.indexOf('=');
  if (separator < 0) return fields.map(({ key, help }) => ({ value: `${key}=`, description: help }));
  const field = fields.find(({ key }) => key === current.slice(0, separator));
  return (field?.choices ?? []).map(({ value, label }) => ({
    value: `${field?.key}=${value}`,
    description: label,
  }));
}

async function argumentsOf(
  command: Command,
  earlier: readonly string[],
  current: string,
): Promise<Candidate[]> {
  const [argument] = command.registeredArguments;
  const given = earlier.filter((word) => !word.startsWith('-')).length - 1;
  if (!argument || given > 0) return optionsOf(command);
  if (argument.argChoices) return argument.argChoices.map((value) => ({ value }));
  const { shortName } = await import('./options/command-id.js');
  const { commands } = await import('../commands/index.js');
  // Who has begun with capitals wants the id.
  const isId = /^[A-Z]/.test(current);
  return commands.map((each) => ({ value: isId ? each.id : shortName(each), description: each.description }));
}

function firstSentence(text = ''): string {
  return /^.*?(?:\.(?=\s)|$)/s.exec(text.replace(/\s+/g, ' '))?.[0] ?? '';
}

function tryFind<T>(find: (name: string) => T, name: string): T | undefined {
  try {
    return find(name);
  } catch {
    return undefined;
  }
}

function isNamed({ short, long }: Option, name: string): boolean {
  return name === short || name === long;
}
