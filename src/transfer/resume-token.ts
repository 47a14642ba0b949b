import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import type { DateRange } from '../command/transfer-spec.js';
import { PluginError } from '../errors.js';
import { FingerprintLog } from './fingerprint.js';

/** Where an export stopped. */
export interface ResumePoint {
  /** Rows delivered so far. */
  rows: number;
  /** Days still to be asked for, the one begun first. */
  inProgress: DateRange[];
  /** Days no slice was cut from yet. */
  rest?: DateRange;
  /** The records of `begun` that have been delivered. */
  delivered: FingerprintLog;
}

const rangeSchema = z.object({ from: z.string(), to: z.string() });
const pointSchema = z.object({
  rows: z.number(),
  begun: z.array(rangeSchema),
  rest: rangeSchema.optional(),
  delivered: z.string(),
});

/** Writes a point down for another process; grows by eleven characters for each record delivered of its slice. */
export function encodeResumePoint(query: string, { delivered, inProgress, ...point }: ResumePoint): string {
  const written: z.output<typeof pointSchema> = {
    ...point,
    begun: inProgress,
    delivered: delivered.toBytes().toString('base64'),
  };
  return encodeToken(query, written);
}

/** @throws `INVALID_INPUT` for what is no token, or another query's. */
export function decodeResumePoint(query: string, token: string): ResumePoint {
  const { delivered, begun, ...point } = decodeToken(query, token, pointSchema);
  return {
    ...point,
    inProgress: begun,
    delivered: FingerprintLog.fromBytes(Buffer.from(delivered, 'base64')),
  };
}

const VERSION = 1;
const tokenSchema = z.object({ version: z.literal(VERSION), query: z.string(), point: z.unknown() });

/** A token names its query by a hash, and holds no credentials and no data. */
export function encodeToken(query: string, point: object): string {
  const token: z.output<typeof tokenSchema> = { version: VERSION, query, point };
  return deflateRawSync(JSON.stringify(token)).toString('base64url');
}

/** @throws `INVALID_INPUT` for what is no token, or another query's. */
export function decodeToken<S extends z.ZodType>(query: string, token: string, schema: S): z.output<S> {
  const parsed = tokenSchema.safeParse(inflateToken(token));
  if (!parsed.success) throw unreadableToken();
  if (parsed.data.query !== query) {
    throw new PluginError(
      'INVALID_INPUT',
      'The resume token belongs to another query. Repeat the query it came from unchanged, or start without it.',
    );
  }
  const point = schema.safeParse(parsed.data.point);
  if (!point.success) throw unreadableToken();
  return point.data;
}

function unreadableToken(): PluginError {
  return new PluginError('INVALID_INPUT', 'The resume token cannot be read. Start without it.');
}

/** Names a query, so that a token is not used for another. */
export function hashQuery(command: Command, input: InputValues, { region }: CommandContext): string {
  const { cacheSeconds: _, ...values } = input;
  return createHash('sha256')
    .update(JSON.stringify([command.id, region, Object.entries(values).sort()]))
    .digest('base64url');
}

function inflateToken(token: string): unknown {
  try {
    return JSON.parse(inflateRawSync(Buffer.from(token, 'base64url')).toString('utf8'));
  } catch {
    return undefined;
  }
}
