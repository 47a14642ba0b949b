import type { Command } from '../../command/definition.js';
import { commands } from '../../commands/index.js';
import { PluginError } from '../../errors.js';
import { suggest } from '../suggestions.js';

/** Verbs of reading, which a name may leave out. */
const READING_VERB = /^(?:GET|LIST|QUERY)_/;
const MAX_SHOWN_CHARACTERS = 60;

/** Returns a command's name as one types it, such as `top-events`. */
export function shortName({ id }: Pick<Command, 'id'>): string {
  return id.replace(READING_VERB, '').toLowerCase().replaceAll('_', '-');
}

/**
 * Returns the command of a name: its id or label in any spelling, such as `get-top-events`, or its short name, such as
 * `top-events`. Throws `PluginError` with the names that were likely meant.
 */
export function findCommand(name: string): Command {
  const wanted = normalize(name);
  const command = commands.find((each) =>
    [each.id, each.label, each.id.replace(READING_VERB, '')].some((known) => normalize(known) === wanted),
  );
  if (command) return command;
  const hint = suggest(
    wanted,
    commands.flatMap((each) => [
      { name: normalize(each.id), shown: each.id },
      { name: normalize(shortName(each)), shown: each.id },
    ]),
  );
  throw new PluginError(
    'UNKNOWN_COMMAND',
    `There is no command ${JSON.stringify(name.slice(0, MAX_SHOWN_CHARACTERS))}. ${hint ?? '"mixpanel-datasource commands" lists them.'}`,
  );
}

function normalize(name: string): string {
  return name
    .toUpperCase()
    .replace(/['’]/g, '')
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
