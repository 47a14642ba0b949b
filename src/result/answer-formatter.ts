import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import { PluginError } from '../errors.js';
import { parseJsonInOrder } from '../json/key-order.js';
import type { MixpanelResponse } from '../mixpanel/client.js';
import { toCsv } from './csv.js';
import type { HeaderValues } from './query-result.js';
import { isRows } from './rows.js';

export interface FormattedAnswer {
  body: unknown;
  headers: HeaderValues;
  /** What a person should know beside it. */
  messages?: string[];
}

/** Turns an answer into what the query asked for: rows, CSV text, or the answer itself. */
export async function formatAnswer(
  command: Command,
  input: InputValues,
  answer: MixpanelResponse,
  context: CommandContext,
): Promise<FormattedAnswer> {
  const wantsCsv = input.format === 'csv';
  if (wantsCsv && isCsvAnswer(answer)) return { body: answer.text, headers: {} };
  const body = parseBody(command, input, answer);
  return formatBody(command, input, body, context);
}

/** The same for a body already parsed. */
export async function formatBody(
  command: Command,
  input: InputValues,
  body: unknown,
  context: CommandContext,
): Promise<FormattedAnswer> {
  const checked = command.answer.safeParse(body);
  // What is asked for untouched is given, whatever its shape.
  if (!checked.success && input.response === 'raw') return { body, headers: {} };
  if (!checked.success)
    throw unexpectedAnswer(
      command,
      checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const headers = command.headers?.(checked.data, input) ?? {};
  const messages = [...(command.messages?.(checked.data, input, context) ?? [])];
  if (input.response === 'raw') return { body, headers, messages };
  const rows = command.rows(checked.data, input);
  if (input.format === 'csv' && isRows(rows)) return { body: await toCsv(rows), headers, messages };
  return {
    body: rows,
    headers: isRows(rows) ? { ...headers, 'x-rows': rows.length } : headers,
    messages,
  };
}

function isCsvAnswer({ headers, text }: MixpanelResponse): boolean {
  const type = headers['content-type'] ?? '';
  return type.includes('csv') || (!type.includes('json') && !/^\s*[[{]/.test(text) && !/^\s*</.test(text));
}

/** An answer's body, parsed. */
export function parseBody(
  command: Command,
  input: InputValues,
  { text, headers }: MixpanelResponse,
): unknown {
  try {
    return parseJsonInOrder(text);
  } catch {
    // Text is a right answer where the command promises nothing of it.
    if (input.response === 'raw' || command.answer.safeParse(text).success) return text;
    throw unexpectedAnswer(
      command,
      `${headers['content-type'] ?? 'no content type'}, beginning with ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}

function unexpectedAnswer(command: Command, finding: string): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    `Mixpanel's answer to ${command.label} is not what its API promises (${finding}). Try again; if it stays so, set Response to Raw to see it, or check what stands between this host and Mixpanel.`,
  );
}
