import { type CheckedDatasource, checkDatasource, type Datasource } from '../command/datasource.js';
import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import { type Issue, PluginError } from '../errors.js';
import type { MixpanelRequest } from '../mixpanel/request.js';
import type { QuotaScope } from '../rate-limit/types.js';
import type { DatesMeta } from '../result/query-result.js';
import type { TransferProgress } from '../transfer/index.js';
import { invalidInput, type ReadInput } from './input-reader.js';
import { quotaScopeOf } from './transport.js';

export interface QueryRequest {
  datasource: Datasource;
  /** A command's id, such as `GET_TOP_EVENTS`. */
  command: string;
  /** Values by field key, in the host's format. */
  parameters?: Record<string, unknown>;
  /** Timeout of the whole query: queue, request and formatting. Defaults to the plugin's `timeoutMs`, 60 seconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface StreamRequest extends Omit<QueryRequest, 'timeoutMs'> {
  /** Called after each chunk. */
  onProgress?: (progress: TransferProgress) => void;
  /** Called with notices: what was doubtful, skipped or truncated. */
  onMessage?: (message: string) => void;
  /** Continues after the rows already delivered. Comes from the error of a stream or from a checkpoint. */
  resumeToken?: string;
}

/** Sends a list of any length, such as the lines of a file. */
export interface SendRequest extends StreamRequest {
  /** The items to send, instead of the form's list. */
  items: AsyncIterable<unknown> | Iterable<unknown>;
  /**
   * Number of leading items that were sent before. They are read but not sent, because the id of an item without one
   * depends on its content and on how many equal items precede it.
   */
  skip?: number;
  /** Whether the items come from an `EventUpload`, which has read and checked them. */
  arePrepared?: boolean;
}

/** A validated query, ready to be sent. */
export interface PreparedQuery {
  command: Command;
  input: InputValues;
  datasource: CheckedDatasource;
  context: CommandContext;
  /** The REST call, and the limit it counts against. */
  request: MixpanelRequest;
  scope: QuotaScope;
  deadline: number;
  signal?: AbortSignal;
  /** The days that relative dates became; absent if there are none. */
  dates?: DatesMeta;
  /** What was assumed in reading the parameters, a sentence each. */
  assumptions: readonly string[];
}

/** A query before its input is read. */
export type UnreadQuery = Pick<PreparedQuery, 'command' | 'datasource' | 'context' | 'deadline' | 'signal'>;

/**
 * Validates a query and builds its request, once. `read` reads the form's values; `send` reads none, because its items
 * do not come from a form.
 *
 * @throws `PluginError` that lists every problem.
 */
export async function prepareQuery(
  commands: readonly Command[],
  request: QueryRequest,
  timeoutMs: number,
  read: (query: UnreadQuery, parameters: Record<string, unknown>) => ReadInput | Promise<ReadInput>,
): Promise<PreparedQuery> {
  const now = Date.now();
  checkCallOptions(request);
  const command = commands.find(({ id }) => id === request.command);
  if (!command) throw unknownCommand(request.command, commands);
  const datasource = checkDatasource(request.datasource);
  const context: CommandContext = { region: datasource.region, projectId: datasource.projectId, now };
  const deadline = now + (request.timeoutMs ?? timeoutMs);
  const query: UnreadQuery = { command, datasource, context, deadline, signal: request.signal };
  const { input, dates, assumptions } = await read(query, request.parameters ?? {});
  const mixpanelRequest = command.request(input, context);
  return {
    ...query,
    input,
    request: mixpanelRequest,
    scope: quotaScopeOf(mixpanelRequest, context),
    dates,
    assumptions,
  };
}

/** Validates the options of a call that are not form values. */
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
      : 'No command is selected';
  return new PluginError(
    'UNKNOWN_COMMAND',
    `${finding}. Choose one of ${commands.map((each) => each.id).join(', ')}.`,
  );
}
