import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Datasource } from '../../command/datasource.js';
import { PluginError } from '../../errors.js';
import type { Terminal } from '../terminal.js';
import type { ConnectionOptions } from './connection.js';

const credentialsFileSchema = z.object({
  username: z.string(),
  password: z.string(),
  region: z.string().optional(),
  projectId: z.union([z.string(), z.number()]).transform(String).optional(),
});

const GROUP_AND_OTHERS_MODE = 0o077;

/** The datasource of the environment or of a file; what is missing is named, nothing is guessed. */
export async function readCredentials(
  { credentials }: ConnectionOptions,
  terminal: Terminal,
): Promise<Datasource> {
  if (credentials) return readCredentialsFile(credentials, terminal);
  const { MIXPANEL_USERNAME, MIXPANEL_PASSWORD, MIXPANEL_REGION, MIXPANEL_PROJECT_ID } = terminal.env;
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

async function readCredentialsFile(path: string, { stderr }: Terminal): Promise<Datasource> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new PluginError('INVALID_DATASOURCE', `The credentials file ${path} cannot be read.`);
  if (((await stat(path)).mode & GROUP_AND_OTHERS_MODE) !== 0) {
    stderr.write(`Warning: others on this machine can read ${path}; "chmod 600 ${path}" keeps it to you.\n`);
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
