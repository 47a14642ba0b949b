import { type CheckedDatasource, checkDatasource, type Datasource } from '../command/datasource.js';
import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import { PluginError } from '../errors.js';
import type { TransferProgress } from '../transfer/index.js';
import { readInput } from './input-reader.js';

export interface QueryRequest {
  datasource: Datasource;
  /** A command's id, such as `GET_TOP_EVENTS`. */
  command: string;
  /** Values by field key, as the host has them. */
  parameters?: Record<string, unknown>;
  /** Bounds the whole stay: queue, call and shaping. 60 seconds unless the plugin was made otherwise. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface StreamRequest extends Omit<QueryRequest, 'timeoutMs'> {
  /** Hears how far it has come, piece by piece. */
  onProgress?: (progress: TransferProgress) => void;
  /** Hears what a person should know: what was doubtful, skipped, cut. */
  onMessage?: (message: string) => void;
  /** From the error a stream ended with, or from a checkpoint: goes on after what had been delivered. */
  resumeToken?: string;
}

/** Sends a list of any length, such as the lines of a file. */
export interface SendRequest extends StreamRequest {
  /** What is sent in place of the form's own list. */
  items: AsyncIterable<unknown> | Iterable<unknown>;
  /** The same seed gives the same item the same id, in another process too: nothing is doubled. */
  idSeed?: string;
  /** Index of the first item, where the list goes on from somewhere; 0 by default. */
  firstIndex?: number;
}

/** A call whose every part has been checked: nothing can be wrong with it but Mixpanel's answer. */
export interface PreparedQuery {
  command: Command;
  input: InputValues;
  datasource: CheckedDatasource;
  context: CommandContext;
  deadline: number;
  signal?: AbortSignal;
}

/** Reads a host's parameters into a command's input. */
export type InputReader = typeof readInput;

/** Checks every part of a call. `inputOf` reads what the form holds; a sending brings its items another way. */
export function prepareQuery(
  commands: readonly Command[],
  request: QueryRequest,
  timeoutMs: number,
  reader: InputReader = readInput,
): PreparedQuery {
  const now = Date.now();
  const command = commands.find(({ id }) => id === request.command);
  if (!command) throw unknownCommand(request.command, commands);
  const datasource = checkDatasource(request.datasource);
  const context: CommandContext = { region: datasource.region, projectId: datasource.projectId, now };
  const input = reader(command, request.parameters ?? {}, context);
  return {
    command,
    input,
    datasource,
    context,
    deadline: now + (request.timeoutMs ?? timeoutMs),
    signal: request.signal,
  };
}

const MAX_SHOWN_CHARACTERS = 60;

function unknownCommand(id: unknown, commands: readonly Command[]): PluginError {
  const finding =
    typeof id === 'string' && id !== ''
      ? `There is no command ${JSON.stringify(id.slice(0, MAX_SHOWN_CHARACTERS))}`
      : 'No command was chosen';
  return new PluginError(
    'UNKNOWN_COMMAND',
    `${finding}. Choose one of ${commands.map((each) => each.id).join(', ')}.`,
  );
}
