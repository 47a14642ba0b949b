import type { Command, CommandContext } from '../../src/command/definition.js';
import type { InputValues } from '../../src/command/field.js';
import { commands } from '../../src/commands/index.js';
import { PluginError } from '../../src/errors.js';
import type { MixpanelRequest } from '../../src/mixpanel/request.js';
import { readInput } from '../../src/query/input-reader.js';

/** Noon of a day that the tests call today. */
export const NOW = Date.UTC(2025, 10, 4, 12);

const DEFAULTS: CommandContext = { region: 'US', projectId: '1234567', now: NOW };

export function commandById(id: string): Command {
  const command = commands.find((each) => each.id === id);
  if (!command) throw new Error(`no command ${id}`);
  return command;
}

/** What a host's parameters become, or the issues they raise. */
export function readParameters(
  id: string,
  parameters: Record<string, unknown>,
  context: Partial<CommandContext> = {},
): InputValues {
  return readInput(commandById(id), parameters, { ...DEFAULTS, ...context }).input;
}

export function buildRequest(
  id: string,
  parameters: Record<string, unknown>,
  context: Partial<CommandContext> = {},
): MixpanelRequest {
  return commandById(id).request(readParameters(id, parameters, context), { ...DEFAULTS, ...context });
}

export function buildRows(id: string, parameters: Record<string, unknown>, body: unknown): unknown {
  const command = commandById(id);
  return command.rows(command.answer.parse(body), readParameters(id, parameters));
}

/** The messages of the mistakes in an input, each with its field. */
export function problemsIn(
  id: string,
  parameters: Record<string, unknown>,
  context: Partial<CommandContext> = {},
): string[] {
  try {
    readParameters(id, parameters, context);
  } catch (error) {
    if (PluginError.is(error)) return (error.issues ?? []).map(({ field, message }) => `${field} ${message}`);
    throw error;
  }
  return [];
}
