import type { z } from 'zod';
import { PluginError } from '../errors.js';
import { parseJsonInOrder } from '../json/key-order.js';
import type { MixpanelResponse } from '../mixpanel/client.js';
import { toCsv } from '../result/csv.js';
import type { FormattedAnswer } from '../result/query-result.js';
import { isRows } from '../result/rows.js';
import type { Command, CommandContext } from './definition.js';
import type { InputValues } from './field.js';

/**
 * Returns an answer in the requested format: rows, CSV text, or the answer itself.
 *
 * @throws `PluginError` with code `UNEXPECTED_ANSWER` when the answer does not match the command's schema.
 */
export async function formatAnswer(
  command: Command,
  input: InputValues,
  answer: MixpanelResponse,
  context: CommandContext,
): Promise<FormattedAnswer> {
  const wantsCsv = input.format === 'csv';
  if (wantsCsv && isCsvAnswer(answer)) return { body: answer.text, meta: {} };
  const body = parseBody(command, input, answer);
  return formatBody(command, input, body, context);
}

/** Formats a parsed body. */
export async function formatBody(
  command: Command,
  input: InputValues,
  body: unknown,
  context: CommandContext,
): Promise<FormattedAnswer> {
  const checked = command.answer.safeParse(body);
  // A raw response is returned unchanged, whatever its shape.
  if (!checked.success && input.response === 'raw') return { body, meta: {} };
  if (!checked.success) throw misshapenAnswer(command, checked.error);
  const meta = command.meta?.(checked.data, input) ?? {};
  const messages = [...(command.messages?.(checked.data, input, context) ?? [])];
  if (input.response === 'raw') return { body, meta, messages };
  const rows = command.rows(checked.data, input);
  if (input.format === 'csv' && isRows(rows)) return { body: await toCsv(rows), meta, messages };
  return { body: rows, meta: isRows(rows) ? { ...meta, rows: rows.length } : meta, messages };
}

function isCsvAnswer({ headers, text }: MixpanelResponse): boolean {
  const type = headers['content-type'] ?? '';
  return type.includes('csv') || (!type.includes('json') && !/^\s*[[{]/.test(text) && !/^\s*</.test(text));
}

/** Parses an answer's body as JSON. Text passes if the command's schema accepts text. */
export function parseBody(
  command: Command,
  input: InputValues,
  { text, headers, redactor }: MixpanelResponse,
): unknown {
  try {
    return parseJsonInOrder(text);
  } catch {
    // Text is valid for commands whose schema accepts it.
    if (input.response === 'raw' || command.answer.safeParse(text).success) return text;
    throw unexpectedAnswer(
      command,
      `${headers['content-type'] ?? 'no content type'}, beginning with ${JSON.stringify(redactor.quote(text, MAX_QUOTED_CHARACTERS))}`,
    );
  }
}

/** Validates an answer against its command's schema. Throws `PluginError` when it has another shape. */
export function checkAnswer(command: Command, body: unknown): unknown {
  const checked = command.answer.safeParse(body);
  if (!checked.success) throw misshapenAnswer(command, checked.error);
  return checked.data;
}

const MAX_NAMED_ISSUES = 5;
const MAX_QUOTED_CHARACTERS = 80;
const MAX_MESSAGE_CHARACTERS = 300;

function misshapenAnswer(command: Command, { issues }: z.ZodError): PluginError {
  return unexpectedAnswer(
    command,
    issues
      .slice(0, MAX_NAMED_ISSUES)
      // A name within the answer may be as long as the answer.
      .map(
        ({ path, message }) =>
          `${path.join('.').slice(0, MAX_QUOTED_CHARACTERS)}: ${message.slice(0, MAX_MESSAGE_CHARACTERS)}`,
      )
      .join('; '),
  );
}

function unexpectedAnswer(command: Command, finding: string): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    `Mixpanel's answer to ${command.label} does not have the documented shape (${finding}). Try again. If it happens again, set Response to Raw to see the answer, or check for a proxy between this host and Mixpanel.`,
  );
}
