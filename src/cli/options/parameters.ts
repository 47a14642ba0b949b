import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { formFields } from '../../command/field.js';
import { commands } from '../../commands/index.js';
import { PluginError } from '../../errors.js';
import { parseJson } from '../../json/large-integers.js';
import { describeJsonError } from '../../json/syntax-error.js';

/** Collects `-p key=value`; only the first `=` divides, since filters hold more of them. */
export function collectParameter(pair: string, previous: Record<string, string>): Record<string, string> {
  const separatorIndex = pair.indexOf('=');
  if (separatorIndex < 1) throw new InvalidArgumentError(`It takes key=value, not ${JSON.stringify(pair)}.`);
  return { ...previous, [pair.slice(0, separatorIndex)]: pair.slice(separatorIndex + 1) };
}

/** Reads the parameters of a JSON file, or of standard input for `-`. */
export async function readParametersFile(path: string): Promise<Record<string, unknown>> {
  const content =
    path === '-' ? await text(process.stdin) : await readFile(path, 'utf8').catch(() => undefined);
  if (content === undefined)
    throw new PluginError('INVALID_INPUT', `The parameters file ${path} cannot be read.`);
  try {
    JSON.parse(content);
  } catch {
    throw new PluginError(
      'INVALID_INPUT',
      `The parameters file ${path} is not valid JSON: ${describeJsonError(content)}`,
    );
  }
  const parsed = parseJson(content);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new PluginError(
      'INVALID_INPUT',
      `The parameters file ${path} must hold a JSON object, such as {"limit": 10}.`,
    );
  }
  return parsed as Record<string, unknown>;
}

/** Edits between a name and the one that was likely meant. */
const MAX_EDITS = 3;

/**
 * Throws `PluginError` for fields that the command does not have, with the name that was likely meant. Hosts send the
 * fields of all forms, so only the command line checks this.
 */
export function checkFieldNames(id: string, parameters: Readonly<Record<string, unknown>>): void {
  const command = commands.find((each) => each.id === id);
  if (!command) return;
  const names = formFields(command).map(({ key }) => key);
  const problems = Object.keys(parameters)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const nearest = closest(name, names);
      const hint =
        distance(name.toLowerCase(), nearest.toLowerCase()) <= MAX_EDITS
          ? `Did you mean ${nearest}?`
          : `It has ${names.join(', ')}.`;
      return `There is no field ${JSON.stringify(name)} in ${id}. ${hint}`;
    });
  if (problems.length > 0) throw new PluginError('INVALID_INPUT', problems.join('\n'));
}
