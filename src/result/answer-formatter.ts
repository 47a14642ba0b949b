import type { Command, InputValues } from '../command/definition.js';
import { PluginError } from '../errors.js';
import { parseJson } from '../json/large-integers.js';
import type { MixpanelResponse } from '../mixpanel/client.js';
import { toCsv } from './csv.js';
import type { HeaderValues } from './query-result.js';
import { areRows } from './rows.js';

export interface Shaped {
  body: unknown;
  headers: HeaderValues;
  /** What a person should know beside it. */
  messages?: string[];
}

/** Turns an answer into what the query asked for: rows, CSV text, or the answer itself. */
export async function shapeAnswer(
  command: Command,
  input: InputValues,
  answer: MixpanelResponse,
): Promise<Shaped> {
  const wantsCsv = input.format === 'csv';
  if (wantsCsv && isCsv(answer)) return { body: answer.text, headers: {} };
  const body = readBody(command, answer);
  return shapeBody(command, input, body);
}

/** The same for a body already parsed. */
export async function shapeBody(command: Command, input: InputValues, body: unknown): Promise<Shaped> {
  const checked = command.answer.safeParse(body);
  if (!checked.success)
    throw unexpected(
      command,
      checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const headers = command.headers?.(checked.data, input) ?? {};
  if (input.response === 'raw') return { body, headers };
  const rows = command.rows(checked.data, input);
  if (input.format === 'csv' && areRows(rows)) return { body: await toCsv(rows), headers };
  return { body: rows, headers: areRows(rows) ? { ...headers, 'x-rows': rows.length } : headers };
}

function isCsv({ headers, text }: MixpanelResponse): boolean {
  const type = headers['content-type'] ?? '';
  return type.includes('csv') || (!type.includes('json') && !/^\s*[[{]/.test(text) && !/^\s*</.test(text));
}

/** An answer's body, parsed. */
export function readBody(command: Command, { text, headers }: MixpanelResponse): unknown {
  try {
    return parseJson(text);
  } catch {
    // Text is a right answer where the command promises nothing of it.
    if (command.answer.safeParse(text).success) return text;
    throw unexpected(
      command,
      `${headers['content-type'] ?? 'no content type'}, beginning with ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
}

function unexpected(command: Command, found: string): PluginError {
  return new PluginError(
    'UNEXPECTED_ANSWER',
    `Mixpanel's answer to ${command.label} is not what its API promises (${found}). Try again; if it stays so, set Response to Raw to see it, or check what stands between this host and Mixpanel.`,
  );
}
