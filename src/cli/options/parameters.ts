import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError } from 'commander';
import { PluginError } from '../../errors.js';
import { parseJson } from '../../json/large-integers.js';
import { describeJsonError } from '../../json/syntax-error.js';

/** `-p key=value`, repeatable; only the first `=` divides, since filters hold more of them. */
export function collectParameter(pair: string, previous: Record<string, string>): Record<string, string> {
  const separatorIndex = pair.indexOf('=');
  if (separatorIndex < 1) throw new InvalidArgumentError(`It takes key=value, not ${JSON.stringify(pair)}.`);
  return { ...previous, [pair.slice(0, separatorIndex)]: pair.slice(separatorIndex + 1) };
}

/** The parameters of a JSON file, or of standard input for `-`. */
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
