import type { Command } from '../command/definition.js';
import { commands, uploads } from '../commands/index.js';

/** Returns the command that sends the events of a file: `TRACK_EVENTS`, or the one for `/import`. */
export function findUploadCommand(byImport: boolean | undefined): Command {
  const command = (byImport ? uploads : commands).find(({ transfer }) => transfer?.kind === 'batches');
  if (!command) throw new TypeError('No command sends lists');
  return command;
}
