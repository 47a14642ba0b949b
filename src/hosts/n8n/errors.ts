import { type IDataObject, type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { PluginError } from '../../errors.js';

/** Returns the error as n8n shows it: our sentence, and below it what kind it is and when to try again. */
export function nodeError(
  node: INode,
  thrown: unknown,
  itemIndex?: number,
): NodeApiError | NodeOperationError {
  if (thrown instanceof NodeOperationError || thrown instanceof NodeApiError) return thrown;
  if (!PluginError.is(thrown)) return new NodeOperationError(node, thrown as Error, { itemIndex });
  const { message } = thrown;
  const details = { message, description: describe(thrown), itemIndex };
  // Nothing but these words goes along: n8n keeps and shows whatever the response of an error holds.
  const error = thrown.issues
    ? new NodeOperationError(node, new Error(message), details)
    : new NodeApiError(node, { message }, { ...details, httpCode: String(thrown.status) });
  // n8n replaces a message in which it finds a code such as ECONNRESET by a general one.
  error.message = message;
  return error;
}

/** Returns the item that stands in place of a failed one where the node goes on. */
export function toJson(thrown: unknown): IDataObject {
  if (!PluginError.is(thrown)) return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  const { message, code, status, retryAt } = thrown;
  return { error: message, code, status, ...(retryAt === undefined ? {} : { retryAt: isoOf(retryAt) }) };
}

function describe({ title, retryAt }: PluginError): string {
  return retryAt === undefined ? `${title}.` : `${title}. Try again at ${isoOf(retryAt)}.`;
}

function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
