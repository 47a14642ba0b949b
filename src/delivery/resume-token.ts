import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Command, CommandContext, DayRange, InputValues } from '../command.js';
import { PluginError } from '../errors.js';
import { FingerprintLog } from './fingerprint.js';

/** Where an export stopped. */
export interface ResumePoint {
  /** Rows delivered so far. */
  rows: number;
  /** Days still to be asked for, the one begun first. */
  begun: DayRange[];
  /** Days no slice was cut from yet. */
  rest?: DayRange;
  /** The records of `begun` that have been delivered. */
  delivered: FingerprintLog;
}

const VERSION = 1;
const days = z.object({ from: z.string(), to: z.string() });
const tokenShape = z.object({
  version: z.literal(VERSION),
  query: z.string(),
  rows: z.number(),
  begun: z.array(days),
  rest: days.optional(),
  delivered: z.string(),
});

/**
 * Writes a point down for another process. The token names the query by a hash and holds no credentials and no
 * data; it grows by eleven characters for each record delivered of the slice that was under way.
 */
export function writeToken(query: string, { delivered, ...point }: ResumePoint): string {
  const token: z.output<typeof tokenShape> = {
    version: VERSION,
    query,
    ...point,
    delivered: delivered.toBytes().toString('base64'),
  };
  return deflateRawSync(JSON.stringify(token)).toString('base64url');
}

/** @throws `INVALID_INPUT` for what is no token, or another query's. */
export function readToken(query: string, token: string): ResumePoint {
  const read = tokenShape.safeParse(decode(token));
  if (!read.success) {
    throw new PluginError('INVALID_INPUT', 'The resume token cannot be read. Start without it.');
  }
  if (read.data.query !== query) {
    throw new PluginError(
      'INVALID_INPUT',
      'The resume token belongs to another query. Repeat the query it came from unchanged, or start without it.',
    );
  }
  const { rows, begun, rest, delivered } = read.data;
  return { rows, begun, rest, delivered: FingerprintLog.fromBytes(Buffer.from(delivered, 'base64')) };
}

/** Names a query, so that a token is not used for another. */
export function nameQuery(command: Command, input: InputValues, { region }: CommandContext): string {
  const { cacheSeconds: _, ...asked } = input;
  return createHash('sha256')
    .update(JSON.stringify([command.id, region, Object.entries(asked).sort()]))
    .digest('base64url');
}

function decode(token: string): unknown {
  try {
    return JSON.parse(inflateRawSync(Buffer.from(token, 'base64url')).toString('utf8'));
  } catch {
    return undefined;
  }
}
