import { readFile, stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { Datasource } from '../../command/datasource.js';
import { PluginError } from '../../errors.js';

export interface ConnectionOptions {
  credentials?: string;
  sandbox?: boolean;
  mixpanelUrl?: string;
}

/** The options every subcommand that talks to Mixpanel has. A password is never one: arguments are public. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--credentials <file>', 'a JSON file with username, password, region and projectId'),
    )
    .addOption(
      new Option('--mixpanel-url <url>', 'ask a local Mixpanel that runs already')
        .conflicts('sandbox')
        .argParser(parseLoopbackUrl),
    )
    .addOption(
      new Option('--sandbox', 'start the local Mixpanel for this run and ask that').conflicts('credentials'),
    );
}

/** Credentials go nowhere but to Mixpanel and this machine. */
function parseLoopbackUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !LOOPBACK_HOSTS.has(url.hostname)) {
    throw new InvalidArgumentError('It must be on this machine, such as http://127.0.0.1:8100.');
  }
  return url.origin;
}

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

const credentialsFileSchema = z.object({
  username: z.string(),
  password: z.string(),
  region: z.string().optional(),
  projectId: z.union([z.string(), z.number()]).transform(String).optional(),
});

const GROUP_AND_OTHERS_MODE = 0o077;

/** The datasource of the environment or of a file; what is missing is named, nothing is guessed. */
export async function readCredentials({ credentials }: ConnectionOptions): Promise<Datasource> {
  if (credentials) return readCredentialsFile(credentials);
  const { MIXPANEL_USERNAME, MIXPANEL_PASSWORD, MIXPANEL_REGION, MIXPANEL_PROJECT_ID } = process.env;
  if (!MIXPANEL_USERNAME || !MIXPANEL_PASSWORD) {
    throw new PluginError(
      'INVALID_DATASOURCE',
      'No credentials. Set MIXPANEL_USERNAME and MIXPANEL_PASSWORD, give a file with --credentials, or add --sandbox to use the local Mixpanel.',
    );
  }
  return toDatasource({
    username: MIXPANEL_USERNAME,
    password: MIXPANEL_PASSWORD,
    region: MIXPANEL_REGION,
    projectId: MIXPANEL_PROJECT_ID,
  });
}

async function readCredentialsFile(path: string): Promise<Datasource> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new PluginError('INVALID_DATASOURCE', `The credentials file ${path} cannot be read.`);
  if (((await stat(path)).mode & GROUP_AND_OTHERS_MODE) !== 0) {
    process.stderr.write(
      `Warning: others on this machine can read ${path}; "chmod 600 ${path}" keeps it to you.\n`,
    );
  }
  // Neither the parser's words nor the schema's values are shown: they could hold the password.
  const parsed = credentialsFileSchema.safeParse(tryParseJson(text));
  if (!parsed.success) {
    throw new PluginError(
      'INVALID_DATASOURCE',
      `The credentials file ${path} must be a JSON object with "username" and "password", and may have "region" and "projectId".`,
    );
  }
  return toDatasource(parsed.data);
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// The region's spelling is checked where every host's is, by the plugin.
function toDatasource({
  region,
  ...rest
}: {
  username: string;
  password: string;
  region?: string;
  projectId?: string;
}): Datasource {
  return { ...rest, region: region as Datasource['region'] };
}
