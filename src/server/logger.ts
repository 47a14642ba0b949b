import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export interface LoggingOptions {
  /** pino's level: `trace` to `fatal`, or `silent`; `info` unless told. */
  level?: string;
  /** Texts that must never stand in a line, such as the path prefix. */
  secrets?: readonly string[];
  /** Where the lines go; stderr unless told. */
  destination?: DestinationStream;
}

const REDACTED = '[redacted]';

/** Names under which a secret may come along in what is logged, at the top and up to three levels below. */
const SECRET_NAMES = [
  'password',
  'secret',
  'authorization',
  'Authorization',
  'cookie',
  'Cookie',
  '["set-cookie"]',
  'authentication',
  'credentials',
  'body',
];
const DEPTHS = ['', '*.', '*.*.', '*.*.*.'];

/**
 * The service's log: a JSON object per line. Requests are never handed to it; should a secret get here all the same,
 * it is taken out by its name, and the ones known by their text wherever they stand.
 */
export function createLogger({ level = 'info', secrets = [], destination }: LoggingOptions = {}): Logger {
  const paths = DEPTHS.flatMap((depth) =>
    SECRET_NAMES.map((name) => (name.startsWith('[') ? `${depth.slice(0, -1)}${name}` : `${depth}${name}`)),
  );
  const options = { level, redact: { paths, censor: REDACTED }, serializers: { err: describeError } };
  const lines = destination ?? pino.destination({ dest: 2, sync: true });
  return pino(options, {
    write: (line: string) =>
      lines.write(secrets.reduce((text, secret) => text.replaceAll(secret, REDACTED), line)),
  });
}

/** Kind, words and place of an error; the rest of it may hold a request. */
function describeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  return { type: thrown.name, message: thrown.message, stack: thrown.stack };
}
