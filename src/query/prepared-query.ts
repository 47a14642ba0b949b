import { type CheckedDatasource, checkDatasource, type Datasource } from '../command/datasource.js';
import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import { type Issue, PluginError } from '../errors.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { QuotaScope } from '../rate-limit/types.js';
import type { TransferProgress } from '../transfer/index.js';
import { invalidInput, readInput } from './input-reader.js';
import { quotaScopeOf } from './transport.js';

export interface QueryRequest {
  datasource: Datasource;
  /** A command's id, such as `GET_TOP_EVENTS`. */
  command: string;
  /** Values by field key, as the host has them. */
  parameters?: Record<string, unknown>;
  /** Bounds the whole query: queue, request and formatting. Defaults to the plugin's `timeoutMs`, 60 seconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface StreamRequest extends Omit<QueryRequest, 'timeoutMs'> {
  /** Called with the progress after each chunk. */
  onProgress?: (progress: TransferProgress) => void;
  /** Called with what a person should know: what was doubtful, skipped, cut. */
  onMessage?: (message: string) => void;
  /** Continues after what was delivered: from the error a stream ended with, or from a checkpoint. */
  resumeToken?: string;
}

/** Sends a list of any length, such as the lines of a file. */
export interface SendRequest extends StreamRequest {
  /** What is sent in place of the form's own list. */
  items: AsyncIterable<unknown> | Iterable<unknown>;
  /**
   * Items at the front that were sent before. They are read and not sent: the id of an item without one is made of
   * its content and of how many equal items came before it.
   */
  skip?: number;
}

/** A query whose every part has been checked: only Mixpanel's answer can still be wrong. */
export interface PreparedQuery {
  command: Command;
  input: InputValues;
  datasource: CheckedDatasource;
  context: CommandContext;
  /** The REST call this query means, and what it counts against. */
  request: MixpanelRequest;
  scope: QuotaScope;
  deadline: number;
  signal?: AbortSignal;
  /** What was assumed in reading the parameters, a sentence each. */
  assumptions: readonly string[];
}

/** Reads a host's parameters into a command's input. */
export type InputReader = typeof readInput;

/**
 * Checks every part of a query and builds its request, once. `reader` reads the form's values; a sending brings its
 * items another way.
 *
 * @throws `PluginError` that lists every problem when something is wrong.
 */
export function prepareQuery(
  commands: readonly Command[],
  request: QueryRequest,
  timeoutMs: number,
  reader: InputReader = readInput,
): PreparedQuery {
  const now = Date.now();
  checkCallOptions(request);
  const command = commands.find(({ id }) => id === request.command);
  if (!command) throw unknownCommand(request.command, commands);
  const datasource = checkDatasource(request.datasource);
  const context: CommandContext = { region: datasource.region, projectId: datasource.projectId, now };
  const assumptions: string[] = [];
  const input = reader(command, request.parameters ?? {}, context, (assumption) =>
    assumptions.push(assumption),
  );
  const mixpanelRequest = command.request(input, context);
  return {
    command,
    input,
    datasource,
    context,
    request: mixpanelRequest,
    scope: quotaScopeOf(mixpanelRequest, context),
    deadline: now + (request.timeoutMs ?? timeoutMs),
    signal: request.signal,
    assumptions,
  };
}

/** Checks what a caller sets beside the form's values. */
function checkCallOptions({ timeoutMs, signal }: QueryRequest): void {
  const problems: Issue[] = [];
  if (timeoutMs !== undefined && (typeof timeoutMs !== 'number' || Number.isNaN(timeoutMs))) {
    problems.push({
      field: 'timeoutMs',
      label: 'timeoutMs',
      message: `must be a number of milliseconds, such as 60000, not ${nameOfKind(timeoutMs)}.`,
    });
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    problems.push({
      field: 'signal',
      label: 'signal',
      message: `must be an AbortSignal, not ${nameOfKind(signal)}.`,
    });
  }
  if (problems.length > 0) throw invalidInput('The query', problems);
}

function nameOfKind(value: unknown): string {
  if (value === null || Number.isNaN(value)) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
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
