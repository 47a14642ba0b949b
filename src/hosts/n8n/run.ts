import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { PluginError } from '../../errors.js';
import type { MixpanelPlugin } from '../../plugin.js';
import type { StreamRequest } from '../../query/prepared-query.js';
import { SECOND_MS } from '../../time/durations.js';
import { getHostRuntime } from '../runtime.js';
import { itemOf, itemsOf } from './items.js';
import {
  DEFAULT_MAX_ITEMS,
  DEFAULT_TIMEOUT_SECONDS,
  isStreamed,
  MAX_ITEMS,
  TIMEOUT_SECONDS,
} from './options.js';
import { CREDENTIAL, datasourceOf, readParameters } from './parameters.js';

/** One query of a workflow. */
interface Query {
  context: IExecuteFunctions;
  plugin: MixpanelPlugin;
  request: StreamRequest;
  /** The node's own options among those of the form. */
  options: Record<string, unknown>;
  /** The item of the input it is made for. */
  item: number;
}

/** Runs the operation for one item of the input and returns the items it gives. Throws `PluginError`. */
export async function runCommand(context: IExecuteFunctions, item: number): Promise<INodeExecutionData[]> {
  const { plugin, withInsertions } = await getHostRuntime();
  const id = context.getNodeParameter('operation', item) as string;
  const command = plugin.commands.find((each) => each.id === id);
  const { parameters, options } = readParameters(context, id, item);
  const request: StreamRequest = {
    datasource: datasourceOf(await context.getCredentials(CREDENTIAL, item)),
    command: id,
    parameters: command ? withInsertions(command, parameters) : parameters,
    signal: context.getExecutionCancelSignal(),
    onMessage: (message) => hint(context, message),
  };
  // A stream is always new; what may be served from the cache is a single result.
  const streams = command && isStreamed(command) && !(Number(options.cacheSeconds ?? 0) > 0);
  return await (streams ? stream : execute)({ context, plugin, request, options, item });
}

async function execute({ context, plugin, request, options, item }: Query): Promise<INodeExecutionData[]> {
  const seconds = Number(options[TIMEOUT_SECONDS] ?? DEFAULT_TIMEOUT_SECONDS);
  const result = await plugin.execute({ ...request, timeoutMs: seconds * SECOND_MS });
  if (!result.ok) throw result.error;
  for (const message of result.messages) hint(context, message);
  return await itemsOf(context, result.body, `${request.command.toLowerCase()}.csv`, item);
}

async function stream({ context, plugin, request, options, item }: Query): Promise<INodeExecutionData[]> {
  const maxItems = Number(options[MAX_ITEMS] ?? DEFAULT_MAX_ITEMS);
  const timeout = timeoutSignal(options[TIMEOUT_SECONDS]);
  const signals = [request.signal, timeout].filter((signal) => signal !== undefined);
  const items: INodeExecutionData[] = [];
  try {
    for await (const row of plugin.stream({ ...request, signal: AbortSignal.any(signals) })) {
      if (items.length >= maxItems) {
        hint(context, tellCut(maxItems));
        break;
      }
      items.push(itemOf(row, item));
    }
  } catch (error) {
    throw timeout?.aborted ? timedOut(items.length) : error;
  }
  return items;
}

function timeoutSignal(seconds: unknown): AbortSignal | undefined {
  return seconds === undefined ? undefined : AbortSignal.timeout(Number(seconds) * SECOND_MS);
}

function tellCut(maxItems: number): string {
  return `Only the first ${maxItems.toLocaleString('en-US')} items are here, and there are more. Narrow the query, or increase Max Items.`;
}

function timedOut(rows: number): PluginError {
  const read = rows.toLocaleString('en-US');
  return new PluginError(
    'TIMEOUT',
    `Timed out with ${read} rows read. Increase the timeout, or narrow the query.`,
  );
}

function hint(context: IExecuteFunctions, message: string): void {
  context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
}
