import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export interface LoggingOptions {
  /** pino's level: `trace` to `fatal`, or `silent`. Defaults to `info`. */
  level?: string;
  /** Texts that must never appear in a line, such as the path prefix. */
  secrets?: readonly string[];
  /** Where the lines go. Defaults to stderr. */
  destination?: DestinationStream;
}

const REDACTED = '[redacted]';

/** Names of members that may hold a secret, at the top of what is logged and up to three levels below. */
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
 * Creates the service's log, a JSON object per line. Requests are never logged; should a secret get here all the same,
 * it is removed by its name, and known secrets wherever they appear.
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

/** Returns name, message and stack of an error. Its other members may hold a request. */
function describeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  return { type: thrown.name, message: thrown.message, stack: thrown.stack };
}
