import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Command, CommandContext, DayRange, InputValues } from '../command/definition.js';
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

const days = z.object({ from: z.string(), to: z.string() });
const pointShape = z.object({
  rows: z.number(),
  begun: z.array(days),
  rest: days.optional(),
  delivered: z.string(),
});

/** Writes a point down for another process; grows by eleven characters for each record delivered of its slice. */
export function writeToken(query: string, { delivered, ...point }: ResumePoint): string {
  const written: z.output<typeof pointShape> = {
    ...point,
    delivered: delivered.toBytes().toString('base64'),
  };
  return sealToken(query, written);
}

/** @throws `INVALID_INPUT` for what is no token, or another query's. */
export function readToken(query: string, token: string): ResumePoint {
  const { delivered, ...point } = openToken(query, token, pointShape);
  return { ...point, delivered: FingerprintLog.fromBytes(Buffer.from(delivered, 'base64')) };
}

const VERSION = 1;
const envelope = z.object({ version: z.literal(VERSION), query: z.string(), point: z.unknown() });

/** A token names its query by a hash, and holds no credentials and no data. */
export function sealToken(query: string, point: object): string {
  const token: z.output<typeof envelope> = { version: VERSION, query, point };
  return deflateRawSync(JSON.stringify(token)).toString('base64url');
}

/** @throws `INVALID_INPUT` for what is no token, or another query's. */
export function openToken<S extends z.ZodType>(query: string, token: string, shape: S): z.output<S> {
  const read = envelope.safeParse(decode(token));
  if (!read.success) throw unreadable();
  if (read.data.query !== query) {
    throw new PluginError(
      'INVALID_INPUT',
      'The resume token belongs to another query. Repeat the query it came from unchanged, or start without it.',
    );
  }
  const point = shape.safeParse(read.data.point);
  if (!point.success) throw unreadable();
  return point.data;
}

function unreadable(): PluginError {
  return new PluginError('INVALID_INPUT', 'The resume token cannot be read. Start without it.');
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
