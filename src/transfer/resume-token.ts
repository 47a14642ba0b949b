import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import * as z from 'zod';
import type { Command, CommandContext } from '../command/definition.js';
import type { InputValues } from '../command/field.js';
import type { DateRange } from '../command/transfer-spec.js';
import { PluginError } from '../errors.js';
import { FINGERPRINT_BYTES, FingerprintLog } from './fingerprint.js';

/** Where an export stopped. */
export interface ResumePoint {
  /** Rows delivered so far. */
  rows: number;
  /** Days still to be read, those under way first. */
  inProgress: DateRange[];
  /** Days that belong to no slice yet. */
  rest?: DateRange;
  /** The records of `inProgress` that have been delivered. */
  delivered: FingerprintLog;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const daySchema = z
  .string()
  .regex(DAY)
  .refine((day) => !Number.isNaN(Date.parse(day)));
const rangeSchema = z.object({ from: daySchema, to: daySchema }).refine(({ from, to }) => from <= to);
/** A slice is halved at most until each part is a day. */
const MAX_RANGES = 10_000;
const pointSchema = z.object({
  rows: z.int().nonnegative(),
  begun: z.array(rangeSchema).max(MAX_RANGES),
  rest: rangeSchema.optional(),
  delivered: z.string(),
});

/** The days that the relative dates of a query became. */
export interface TokenDates {
  from?: string;
  to?: string;
}

// Behind the payload, so that they can be read before the query is known; its hash, in the payload, covers them.
const MAX_DATES_CHARACTERS = '.2026-11-24.2026-11-24'.length;
const DATES_IN_TOKEN = /\.(\d{4}-\d{2}-\d{2})?\.(\d{4}-\d{2}-\d{2})?$/;

/** Returns the days that a token's query had relative dates for; `undefined` if it had none. */
export function datesOfToken(token: unknown): TokenDates | undefined {
  const [found, from, to] = (typeof token === 'string' && matchDates(token)) || [];
  return found === undefined ? undefined : { from, to };
}

function matchDates(token: string): RegExpExecArray | null {
  return DATES_IN_TOKEN.exec(token.slice(-MAX_DATES_CHARACTERS));
}

/** Returns a token for another process. It grows by eleven characters for each record delivered of its slice. */
export async function encodeResumePoint(
  query: string,
  { delivered, inProgress, ...point }: ResumePoint,
  dates?: TokenDates,
): Promise<string> {
  const written: z.output<typeof pointSchema> = {
    ...point,
    begun: inProgress,
    delivered: delivered.toBytes().toString('base64'),
  };
  const token = await encodeToken(query, written);
  return dates ? `${token}.${dates.from ?? ''}.${dates.to ?? ''}` : token;
}

/** @throws `INVALID_INPUT` when the text is not a token, or is another query's. */
export async function decodeResumePoint(query: string, token: string): Promise<ResumePoint> {
  const [dates = ''] = (typeof token === 'string' && matchDates(token)) || [];
  const payload = dates === '' ? token : token.slice(0, -dates.length);
  const { delivered, begun, ...point } = await decodeToken(query, payload, pointSchema);
  const bytes = Buffer.from(delivered, 'base64');
  // The decoder skips what is not base64.
  if (bytes.toString('base64') !== delivered || bytes.length % FINGERPRINT_BYTES !== 0)
    throw unreadableToken();
  return { ...point, inProgress: begun, delivered: FingerprintLog.fromBytes(bytes) };
}

const VERSION = 1;
const tokenSchema = z.object({ version: z.literal(VERSION), query: z.string(), point: z.unknown() });

/** Eleven million records of one day. */
export const MAX_TOKEN_CHARACTERS = 128 * 1024 * 1024;
/** A token never unpacks to more than this many times its own length, so a small one cannot fill the memory. */
const MAX_EXPANSION = 4;
// On another thread: a token of a million records takes a while.
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Returns a token that names its query by a hash, and holds no credentials and no data. */
export async function encodeToken(query: string, point: object): Promise<string> {
  const token: z.output<typeof tokenSchema> = { version: VERSION, query, point };
  const json = Buffer.from(JSON.stringify(token));
  const compressed = toText(await deflate(json));
  // Records that are all the same compress further than a reader accepts.
  return json.length <= compressed.length * MAX_EXPANSION
    ? compressed
    : toText(await deflate(json, { level: constants.Z_NO_COMPRESSION }));
}

function toText(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** @throws `INVALID_INPUT` when the text is not a token, or is another query's. */
export async function decodeToken<S extends z.ZodType>(
  query: string,
  token: string,
  schema: S,
): Promise<z.output<S>> {
  const parsed = tokenSchema.safeParse(await unpack(token));
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

/** Returns a hash that names a query, so that a token is not used for another. */
export function hashQuery(command: Command, input: InputValues, { region }: CommandContext): string {
  const { cacheSeconds: _, ...values } = input;
  return createHash('sha256')
    .update(JSON.stringify([command.id, region, Object.entries(values).sort()]))
    .digest('base64url');
}

async function unpack(token: unknown): Promise<unknown> {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_CHARACTERS) return undefined;
  try {
    const maxOutputLength = Math.max(1, token.length * MAX_EXPANSION);
    const json = await inflate(Buffer.from(token, 'base64url'), { maxOutputLength });
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}
